import { policyFor } from '../core/sla.ts'
import type { Priority, TicketState } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
import { changeTicket, type TicketMove } from './change-ticket.ts'
import type { InboxContext } from './context.ts'

export type TicketUpdate = { state?: TicketState; priority?: Priority; subject?: string }

/** What a state entered by hand is called in the chronology; resolution included. */
const eventOf = { open: 'resumed', in_progress: 'resumed', waiting: 'waiting', resolved: 'resolved' } as const

/** Moves the ticket to another state, priority or subject, by hand or on a CRM's word. Unchanged values change nothing. */
export function updateTicket(
  ctx: InboxContext,
  ticketId: string,
  update: TicketUpdate,
  at: Date = ctx.now,
): Promise<TicketRow> {
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
      return Object.keys(move.values).length > 0 ? move : null
    },
    at,
  )
}
