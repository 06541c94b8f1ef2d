/** Tickets that wait get an owner as soon as somebody is free, in the order of the queue. */
import { chooseOwner } from '../core/assignment.ts'
import { countAssignments, lockAssignments } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import { queuedTickets } from '../db/queue.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { LockedTicket } from '../db/tickets.ts'
import { writeMove } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { notify } from './notify.ts'
import { countIn } from './route-ticket.ts'
import { wake } from './tell.ts'

/** Tickets of one transaction. */
const BATCH = 100

/** Returns how many got an owner. What nobody is free for stays, with its place. */
export async function serveQueue(ctx: InboxContext): Promise<number> {
  const { served, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const { config, tickets } = await readQueue(tx, ctx)
    const told: string[] = []
    let served = 0
    for (const ticket of tickets) {
      const given = await giveOwner(tx, ctx, config, ticket)
      if (given) {
        served++
        told.push(...given)
      }
    }
    return { served, connectionIds: [...new Set(told)] }
  })
  await wake(ctx, connectionIds)
  return served
}

/** The locks come before what is read under them. */
export async function readQueue(tx: Tx, ctx: InboxContext) {
  const [, config, tickets] = await Promise.all([
    lockAssignments(tx, ctx.workspaceId).execute(),
    loadInboxConfig(tx, ctx.workspaceId, true),
    queuedTickets(tx, BATCH),
  ])
  return { config, tickets }
}

/** The connections to wake; null where nobody is free. */
async function giveOwner(tx: Tx, ctx: InboxContext, config: InboxConfig, ticket: LockedTicket) {
  const { priority, skills } = ticket
  const teamId = ticket.teamId ?? undefined
  const wanted = { teamId, skills: skills ?? [], priority, at: ctx.now, now: ctx.now }
  const { agent, placement, ...choice } = chooseOwner(config, wanted)
  if (!agent) return null
  countIn(config, { agent, teamId: choice.teamId, priority }, ctx.now)
  const reason = { kind: 'from the queue' as const, ...placement }
  const connectionIds = await writeMove(
    tx,
    ctx,
    config,
    ticket,
    {
      values: { ownerId: agent.id, teamId: choice.teamId, assignmentReason: reason },
      events: [{ kind: 'assigned', data: { ownerId: agent.id, teamId: choice.teamId, reason } }],
      action: 'ticket assigned',
    },
    ctx.now,
  )
  await Promise.all([
    countAssignments(tx, [agent]),
    notify(tx, ctx, [{ agentIds: [agent.id], kind: 'assigned', key: `${ticket.id} ${+ctx.now}`, ticketId: ticket.id }]),
  ])
  return connectionIds
}
