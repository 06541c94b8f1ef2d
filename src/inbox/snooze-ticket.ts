import { invalidInput } from '../core/invalid-input.ts'
import type { TicketRow } from '../db/arrivals.ts'
import { changeTicket } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { stateAfter } from './move-ticket.ts'

/**
 * Lets the ticket sleep until that time, or without one until the customer writes, who wakes it in any case. Its clocks go
 * on: what was promised to the customer does not sleep.
 */
export function snoozeTicket(ctx: InboxContext, ticketId: string, until: Date | null): Promise<TicketRow> {
  if (until && until <= ctx.now) throw invalidInput('until', 'must be in the future')
  return changeTicket(ctx, ticketId, ticket => {
    stateAfter(ticket, 'snooze')
    if (ticket.snoozedAt && ticket.snoozedUntil?.getTime() === until?.getTime()) return null
    return {
      values: { snoozedAt: ctx.now, snoozedUntil: until },
      events: [{ kind: 'snoozed', data: { until } }],
      action: 'ticket snoozed',
    }
  })
}

/** `dueBefore`: only if its time has come, which the sweep found and somebody may have changed since. */
export function wakeTicket(ctx: InboxContext, ticketId: string, dueBefore?: Date): Promise<TicketRow> {
  return changeTicket(ctx, ticketId, ticket => {
    if (!ticket.snoozedAt && !ticket.snoozedUntil) return null
    if (dueBefore && !(ticket.snoozedUntil && ticket.snoozedUntil <= dueBefore)) return null
    return {
      values: { snoozedAt: null, snoozedUntil: null },
      events: [{ kind: 'woke' }],
      action: 'ticket woken',
    }
  })
}
