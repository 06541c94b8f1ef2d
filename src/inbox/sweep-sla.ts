import { insertTicketEvents, type TicketEventRow } from '../db/arrivals.ts'
import type { Db } from '../db/client.ts'
import { markBreaches, markWarnings } from '../db/sweeps.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from './context.ts'

/**
 * Records the clocks of a workspace that have passed their warning or their deadline, at the true instant and not at
 * that of the sweep. Each is recorded once, however many sweep.
 */
export async function sweepSla(ctx: {
  db: Db
  workspaceId: string
  now: Date
}): Promise<{ breached: number; warned: number }> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [breached, warned] = await Promise.all([markBreaches(tx, ctx.now), markWarnings(tx, ctx.now)])
    const events: TicketEventRow[] = [
      ...breached.map(clock => eventOf('breached', clock)),
      ...warned.map(clock => eventOf('warned', clock)),
    ]
    if (events.length > 0) await insertTicketEvents(tx, events)
    return { breached: breached.length, warned: warned.length }
  })

  function eventOf(kind: 'breached' | 'warned', clock: { ticketId: string; kind: string; at: Date }): TicketEventRow {
    return {
      ...{ id: newId(), workspaceId: ctx.workspaceId, ticketId: clock.ticketId, kind, at: clock.at },
      ...{ recordedAt: ctx.now, actor: { kind: 'system' }, data: { clock: clock.kind } },
    }
  }
}
