import type { TicketRow } from '../db/arrivals.ts'
import { changeTicket } from './change-ticket.ts'
import type { InboxContext } from './context.ts'

/** Resolves the ticket; one that is resolved already stays as it was. `at`: when it was done elsewhere. */
export function resolveTicket(ctx: InboxContext, ticketId: string, at: Date = ctx.now): Promise<TicketRow> {
  return changeTicket(
    ctx,
    ticketId,
    ticket =>
      ticket.state === 'resolved'
        ? null
        : {
            values: { state: 'resolved', stateAt: at, resolvedAt: at, snoozedUntil: null },
            events: [{ kind: 'resolved' }],
            action: 'ticket resolved',
          },
    at,
  )
}
