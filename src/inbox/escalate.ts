/** Takes the steps of escalation chains that are due, each once, at its own instant; one that came to nothing is noted so. */
import { chooseOwner } from '../core/assignment.ts'
import { isStillWanted, whoIsTold } from '../core/escalation.ts'
import { seesAll } from '../core/permissions.ts'
import { policyFor } from '../core/sla.ts'
import { afterAssignment } from '../core/ticket.ts'
import { countAssignments, lockAssignments } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { clockOf, type EscalationRow, nextEscalation, settleEscalation } from '../db/escalations.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type LockedTicket, lockTicket } from '../db/tickets.ts'
import { type TicketMove, writeMove } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { notify } from './notify.ts'
import { countIn } from './route-ticket.ts'
import { wake } from './tell.ts'

/** Takes one step, in a transaction of its own; `none` is due any more. */
export async function escalateNext(ctx: InboxContext): Promise<'taken' | 'stopped' | 'none'> {
  const { outcome, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [, row] = await Promise.all([lockAssignments(tx, ctx.workspaceId).execute(), nextEscalation(tx, ctx.now)])
    if (!row) return { outcome: 'none' as const, connectionIds: [] }
    const [ticket, clock, config] = await Promise.all([
      lockTicket(tx, seesAll, row.ticketId),
      clockOf(tx, row.ticketId, row.kind, row.turn),
      loadInboxConfig(tx, ctx.workspaceId, true),
    ])
    const isWanted = ticket !== undefined && isStillWanted(ticket, clock)
    const connectionIds = isWanted ? await take(tx, ctx, config, ticket, row) : []
    const outcome = isWanted ? ('taken' as const) : ('stopped' as const)
    await settleEscalation(tx, row.id, outcome, ctx.now)
    return { outcome, connectionIds }
  })
  await wake(ctx, connectionIds)
  return outcome
}

async function take(
  tx: Tx,
  ctx: InboxContext,
  config: InboxConfig,
  ticket: LockedTicket,
  row: EscalationRow & { dueAt: Date },
): Promise<string[]> {
  const { says, step, kind, turn, dueAt: at } = row
  const before = config.teams.find(team => team.id === ticket.teamId)
  const move: TicketMove = { values: {}, events: [], action: 'ticket escalated' }
  const priority = says.priority ?? ticket.priority
  if (priority !== ticket.priority) {
    const facts = { ...ticket, priority, category: ticket.contactCategory }
    Object.assign(move.values, { priority, slaPolicyId: policyFor(config.policies, facts)?.id ?? null })
    move.events.push({ kind: 'priority changed', data: { from: ticket.priority, to: priority } })
  }
  if (says.level && says.level > ticket.escalationLevel) move.values.escalationLevel = says.level
  const given = says.teamId && says.teamId !== ticket.teamId ? giveTo(ctx, config, ticket, row, priority) : null
  if (given) {
    Object.assign(move.values, given.values)
    move.events.push({ kind: 'assigned', data: given.values })
  }
  const { ownerId = null } = { ...ticket, ...move.values }
  const told = whoIsTold(says, ticket, before)
  move.events.push({ kind: 'escalated', data: { clock: kind, step: step + 1, level: says.level ?? null, told } })
  const connectionIds = await writeMove(tx, ctx, config, ticket, move, at)
  const key = `${ticket.id} ${kind} ${turn} ${step}`
  const assigned = given?.agent ? [given.agent.id] : []
  await Promise.all([
    given?.agent ? countAssignments(tx, [given.agent]) : null,
    notify(tx, ctx, [
      { agentIds: told, kind: 'escalated', key, ticketId: ticket.id, data: { clock: kind, step: step + 1, ownerId } },
      { agentIds: assigned, kind: 'assigned', key, ticketId: ticket.id },
    ]),
  ])
  return connectionIds
}

/** The other team's owner; or its queue, where nobody of it is free. */
function giveTo(
  ctx: InboxContext,
  config: InboxConfig,
  ticket: LockedTicket,
  { says, step }: EscalationRow,
  priority: LockedTicket['priority'],
) {
  const wanted = { teamId: says.teamId, skills: ticket.skills ?? [], priority, at: ctx.now, now: ctx.now }
  const { agent, teamId, placement } = chooseOwner(config, wanted)
  countIn(config, { agent, teamId, priority }, ctx.now)
  const ownerId = agent?.id ?? null
  const state = afterAssignment(ticket.state, ownerId)
  const reason = { kind: 'escalated' as const, step: step + 1, ...placement }
  const stateAt = state === ticket.state ? ticket.stateAt : ctx.now
  return { agent, values: { ownerId, teamId, state, stateAt, assignmentReason: reason } }
}
