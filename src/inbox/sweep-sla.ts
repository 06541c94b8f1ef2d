import { type EscalationStep, stepsAfter, whoIsTold } from '../core/escalation.ts'
import type { Notice } from '../core/notification.ts'
import { insertTicketEvents, type TicketEventRow } from '../db/arrivals.ts'
import type { Db, Tx } from '../db/client.ts'
import { type EscalationRow, insertEscalations, ticketsToEscalate } from '../db/escalations.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import { type Marked, markBreaches, markWarnings } from '../db/sweeps.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from './context.ts'
import { notify } from './notify.ts'

type Context = { db: Db; workspaceId: string; now: Date }
type Noticed = Marked & { after: EscalationStep['after'] }

/**
 * Records the clocks of a workspace that have passed their warning or their deadline, at the true instant and not at
 * that of the sweep, tells those whose ticket it is, and sets the chains of their policies in motion. Each is recorded
 * once, however many sweep.
 */
export async function sweepSla(ctx: Context): Promise<{ breached: number; warned: number }> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [breached, warned] = await Promise.all([markBreaches(tx, ctx.now), markWarnings(tx, ctx.now)])
    const noticed = [
      ...breached.map(clock => ({ ...clock, after: 'breach' as const })),
      ...warned.map(clock => ({ ...clock, after: 'warning' as const })),
    ]
    if (noticed.length > 0) {
      await insertTicketEvents(
        tx,
        noticed.map(clock => eventOf(ctx, clock)),
      )
      await react(tx, ctx, noticed)
    }
    return { breached: breached.length, warned: warned.length }
  })
}

function eventOf(ctx: Context, { ticketId, kind: clock, after, at }: Noticed): TicketEventRow {
  return {
    ...{ id: newId(), workspaceId: ctx.workspaceId, ticketId, kind: after === 'breach' ? 'breached' : 'warned', at },
    ...{ recordedAt: ctx.now, actor: { kind: 'system' }, data: { clock } },
  }
}

async function react(tx: Tx, ctx: Context, noticed: Noticed[]) {
  const [config, tickets] = await Promise.all([
    loadInboxConfig(tx, ctx.workspaceId),
    ticketsToEscalate(tx, [...new Set(noticed.map(clock => clock.ticketId))]),
  ])
  const byId = new Map(tickets.map(ticket => [ticket.id, ticket]))
  const notices: Notice[] = []
  const steps: EscalationRow[] = []
  for (const clock of noticed) {
    const ticket = byId.get(clock.ticketId)
    if (!ticket) continue
    const policyId = ticket.slaPolicyId
    if (policyId) steps.push(...stepsOf(ctx, config, { ...clock, policyId }))
    const team = config.teams.find(row => row.id === ticket.teamId)
    // A warning is for the owner; a breach is for whoever leads too.
    const notified = clock.after === 'breach' ? (['owner', 'lead'] as const) : (['owner'] as const)
    notices.push({
      agentIds: whoIsTold({ notify: [...notified], notifyAgentIds: [] }, ticket, team),
      kind: clock.after === 'breach' ? 'sla breached' : 'sla warned',
      key: `${clock.ticketId} ${clock.kind} ${clock.turn} ${clock.at.toISOString()}`,
      ticketId: clock.ticketId,
      data: { clock: clock.kind, at: clock.at },
    })
  }
  if (steps.length > 0) await insertEscalations(tx, steps)
  await notify(tx, ctx, notices)
}

function stepsOf(ctx: Context, config: InboxConfig, clock: Noticed & { policyId: string }): EscalationRow[] {
  const { ticketId, policyId, kind, turn, after, at } = clock
  const policy = config.policies.find(row => row.id === policyId)
  const calendar = config.calendars.find(row => row.id === policy?.businessHoursId)?.calendar ?? null
  const chain = policy?.escalation ?? []
  return stepsAfter(chain, { after, clock: kind, at }, calendar).flatMap(({ step, dueAt }) => {
    const says = chain[step]
    if (!says) return []
    const row = { workspaceId: ctx.workspaceId, ticketId, policyId, kind, turn, step, says, dueAt }
    return [{ id: newId(), ...row, takenAt: null, outcome: null, createdAt: ctx.now }]
  })
}
