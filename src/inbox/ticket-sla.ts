/** A ticket's clocks at any instant, with a line for whatever they did: folded anew, not read from what is stored. */
import { AppError, type Language } from '../core/errors.ts'
import { explainClocks, type SlaLine } from '../core/explain-sla.ts'
import { type Clock, clocksAt, pausesOf, type SlaEvent, slaEventKinds } from '../core/sla.ts'
import { type EscalationRow, escalationsOfTicket } from '../db/escalations.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { ticketEvents, ticketView } from '../db/tickets.ts'
import type { InboxContext } from './context.ts'

export type TicketSla = {
  policy: { id: string; name: string } | null
  timeZone: string
  clocks: Clock[]
  lines: SlaLine[]
  escalations: EscalationRow[]
}

/** By the policy and calendar of today. Throws `not found`. */
export function ticketSla(ctx: InboxContext, ticketId: string, at: Date, language: Language): Promise<TicketSla> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [ticket, config] = await Promise.all([
      ticketView(tx, { sees: ctx.sees, agentId: null }, { id: ticketId }),
      loadInboxConfig(tx, ctx.workspaceId),
    ])
    if (!ticket) throw new AppError('not found', { what: 'ticket' })
    const [chronology, escalations] = await Promise.all([
      ticketEvents(tx, ticket.id),
      escalationsOfTicket(tx, ticket.id),
    ])
    const policy = config.policies.find(row => row.id === ticket.slaPolicyId)
    const main = config.calendars.find(row => row.isDefault)?.calendar
    const calendar = config.calendars.find(row => row.id === policy?.businessHoursId)?.calendar ?? null
    const timeZone = calendar?.timeZone ?? main?.timeZone ?? 'UTC'
    if (!policy) return { policy: null, timeZone, clocks: [], lines: [], escalations: [...escalations] }
    const known = chronology.filter(
      (event): event is typeof event & SlaEvent =>
        event.at <= at && (slaEventKinds as readonly string[]).includes(event.kind),
    )
    const clocks = clocksAt(policy, calendar, known, at)
    const lines = explainClocks(clocks, pausesOf(policy, known), language, timeZone)
    const { id, name } = policy
    return { policy: { id, name }, timeZone, clocks, lines, escalations: [...escalations] }
  })
}
