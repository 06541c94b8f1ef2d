import { changesOf } from '../core/changes.ts'
import { policyFor } from '../core/sla.ts'
import type { Priority, TicketState } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { changeTicket, type TicketMove } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { fitCustomValues, namedCustom, withCustom } from './custom-values.ts'

export type TicketUpdate = {
  state?: TicketState | undefined
  priority?: Priority | undefined
  subject?: string | undefined
  /** Fields of the workspace's own, by key; null empties one. */
  custom?: Record<string, unknown> | undefined
}

/** What a state entered by hand is called in the chronology; resolution included. */
const eventOf = { open: 'resumed', in_progress: 'resumed', waiting: 'waiting', resolved: 'resolved' } as const

/**
 * Moves the ticket to another state, priority or subject, or fills the workspace's own fields, by hand or on a CRM's word.
 * Unchanged values change nothing. Throws `not found`, and `invalid input` for a value that its field cannot hold.
 */
export async function updateTicket(
  ctx: InboxContext,
  ticketId: string,
  update: TicketUpdate,
  at: Date = ctx.now,
): Promise<TicketRow> {
  const fitting =
    update.custom && (await inWorkspace(ctx.db, ctx.workspaceId, tx => fitCustomValues(tx, 'ticket', update.custom)))
  return changeTicket(
    ctx,
    ticketId,
    (ticket, config) => {
      const move: TicketMove = { values: {}, events: [], action: 'ticket updated' }
      if (update.state && update.state !== ticket.state) {
        const back = ticket.state === 'resolved'
        move.values.state = update.state
        move.values.stateAt = at
        move.values.resolvedAt = update.state === 'resolved' ? at : null
        if (back) move.events.push({ kind: 'reopened' })
        // Between `open` and `in_progress` the ball stays with us: no clock moves.
        else if (eventOf[update.state] !== 'resumed' || ticket.state === 'waiting') {
          move.events.push({ kind: eventOf[update.state] })
        }
        if (back && update.state === 'waiting') move.events.push({ kind: 'waiting' })
      }
      if (update.priority && update.priority !== ticket.priority) {
        const policy = policyFor(config.policies, {
          ...ticket,
          category: ticket.contactCategory,
          priority: update.priority,
        })
        Object.assign(move.values, { priority: update.priority, slaPolicyId: policy?.id ?? null })
        move.events.push({ kind: 'priority changed', data: { from: ticket.priority, to: update.priority } })
      }
      if (update.subject !== undefined && update.subject !== ticket.subject) {
        move.values.subject = update.subject
        move.events.push({ kind: 'subject changed', data: { from: ticket.subject, to: update.subject } })
      }
      if (fitting) {
        const custom = withCustom(ticket.custom, fitting)
        const { before, after } = changesOf(namedCustom(ticket.custom), { ...emptied(ticket), ...namedCustom(custom) })
        if (Object.keys(after).length > 0) {
          move.values.custom = custom
          move.events.push({ kind: 'fields changed', data: { from: before, to: after } })
        }
      }
      return Object.keys(move.values).length > 0 ? move : null
    },
    at,
  )
}

/** All fields that the ticket has filled, as if they were not. */
function emptied({ custom }: TicketRow): Record<string, null> {
  return Object.fromEntries(Object.keys(namedCustom(custom)).map(key => [key, null]))
}
