import { AppError } from '../core/errors.ts'
import { moveTicket, type TicketState, type TicketVerb, ticketMoves } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
import { changeTicket } from './change-ticket.ts'
import type { InboxContext } from './context.ts'

/** Waits on the customer, goes on, or is reopened, by hand. One that is there already stays as it was. */
export function moveTicketBy(
  ctx: InboxContext,
  ticketId: string,
  verb: 'wait' | 'resume' | 'reopen',
): Promise<TicketRow> {
  return changeTicket(ctx, ticketId, ticket => {
    const state = stateAfter(ticket, verb)
    if (!state) return null
    return {
      values: { state, stateAt: ctx.now, ...(verb === 'reopen' ? { resolvedAt: null } : {}) },
      events: [{ kind: ticketMoves[verb].event }],
      action: `ticket ${ticketMoves[verb].event}`,
    }
  })
}

/** Null: it is there already. Throws `impossible move`. */
export function stateAfter(ticket: TicketRow, verb: TicketVerb): TicketState | null {
  const moved = moveTicket(ticket, verb)
  if (moved.kind === 'impossible') throw new AppError('impossible move', { state: ticket.state })
  return moved.kind === 'moved' ? moved.state : null
}
