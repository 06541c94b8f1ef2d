import { AppError } from '../core/errors.ts'
import { afterAssignment } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
import { changeTicket } from './change-ticket.ts'
import type { InboxContext } from './context.ts'

/** Gives the ticket an owner, or none. Throws `not found` for an agent who is not of the workspace. */
export function assignTicket(
  ctx: InboxContext,
  ticketId: string,
  ownerId: string | null,
  at: Date = ctx.now,
): Promise<TicketRow> {
  return changeTicket(
    ctx,
    ticketId,
    (ticket, config) => {
      if (ownerId && !config.agents.some(agent => agent.id === ownerId))
        throw new AppError('not found', { what: 'agent' })
      if (ticket.ownerId === ownerId) return null
      const state = afterAssignment(ticket.state, ownerId)
      const reason = { kind: 'by hand' as const, by: nameOf(ctx.actor) }
      return {
        values: { ownerId, state, stateAt: state === ticket.state ? ticket.stateAt : at, assignmentReason: reason },
        events: [{ kind: 'assigned', data: { ownerId, reason } }],
        action: 'ticket assigned',
      }
    },
    at,
  )
}

export function nameOf(actor: InboxContext['actor']): string {
  return 'name' in actor ? actor.name : actor.kind
}
