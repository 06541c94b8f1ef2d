/** Somebody goes away or leaves: their tickets go to who is free in the team, or wait in its queue. */
import { chooseOwner } from '../core/assignment.ts'
import { AppError } from '../core/errors.ts'
import { afterAssignment } from '../core/ticket.ts'
import { countAssignments, lockAssignments } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import { ticketsOfOwner } from '../db/queue.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { LockedTicket } from '../db/tickets.ts'
import { writeMove } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { notify } from './notify.ts'
import { countIn } from './route-ticket.ts'
import { wake } from './tell.ts'

export type Released = { handedOn: number; queued: number; kept: number }

/**
 * `away`: what waits for the customer stays, and so does all of a team whose setting says so. `left`: everything that is
 * open goes. Each ticket keeps the reason. Throws `not found`. Twice is once.
 */
export async function releaseAgentTickets(
  ctx: InboxContext,
  agentId: string,
  because: 'away' | 'left',
): Promise<Released> {
  const { released, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const states = because === 'left' ? ['open', 'in_progress', 'waiting'] : ['open', 'in_progress']
    const [, config, tickets] = await Promise.all([
      lockAssignments(tx, ctx.workspaceId).execute(),
      loadInboxConfig(tx, ctx.workspaceId, true),
      ticketsOfOwner(tx, agentId, states),
    ])
    const leaving = config.agents.find(agent => agent.id === agentId)
    if (!leaving) throw new AppError('not found', { what: 'agent' })
    const released: Released = { handedOn: 0, queued: 0, kept: 0 }
    const told: string[] = []
    for (const ticket of tickets) {
      if (because === 'away' && !goes(config, ticket)) {
        released.kept++
        continue
      }
      const { isOwned, connectionIds } = await handOn(tx, ctx, config, ticket, leaving, because)
      released[isOwned ? 'handedOn' : 'queued']++
      told.push(...connectionIds)
    }
    return { released, connectionIds: [...new Set(told)] }
  })
  await wake(ctx, connectionIds)
  return released
}

function goes(config: InboxConfig, ticket: LockedTicket): boolean {
  const team = config.teams.find(row => row.id === ticket.teamId) ?? config.teams.find(row => row.isDefault)
  return team?.assignment.whenAway === 'reassign'
}

async function handOn(
  tx: Tx,
  ctx: InboxContext,
  config: InboxConfig,
  ticket: LockedTicket,
  from: { id: string; name: string },
  because: 'away' | 'left',
) {
  const { priority, skills } = ticket
  const wanted = { teamId: ticket.teamId ?? undefined, skills: skills ?? [], priority, at: ctx.now, now: ctx.now }
  const choice = chooseOwner(config, { ...wanted, exceptAgentId: from.id })
  const { agent, teamId, placement } = choice
  countIn(config, { agent, teamId, priority }, ctx.now)
  const ownerId = agent?.id ?? null
  const reason = { kind: 'handed on' as const, from: from.name, because, ...placement }
  const state = afterAssignment(ticket.state, ownerId)
  const stateAt = state === ticket.state ? ticket.stateAt : ctx.now
  const connectionIds = await writeMove(
    tx,
    ctx,
    config,
    ticket,
    {
      values: { ownerId, teamId, state, stateAt, assignmentReason: reason },
      events: [{ kind: 'assigned', data: { ownerId, teamId, reason } }],
      action: 'ticket assigned',
    },
    ctx.now,
  )
  if (agent) {
    await Promise.all([
      countAssignments(tx, [agent]),
      notify(tx, ctx, [
        { agentIds: [agent.id], kind: 'assigned', key: `${ticket.id} ${+ctx.now}`, ticketId: ticket.id },
      ]),
    ])
  }
  return { isOwned: agent !== null, connectionIds }
}
