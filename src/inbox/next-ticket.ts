import { hasRoom } from '../core/assignment.ts'
import { AppError } from '../core/errors.ts'
import { afterAssignment } from '../core/ticket.ts'
import { lockAssignments, type TicketRow } from '../db/arrivals.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { lockTicket, mostUrgentUnowned } from '../db/tickets.ts'
import { nameOf } from './assign-ticket.ts'
import { writeMove } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { wake } from './tell.ts'

/** Others who pull at the same moment may have taken those found first. */
const TRIES = 5

/**
 * Gives the agent the most urgent ticket that nobody owns: the least time left of its promise, then priority, then who has
 * waited longest. Two who pull at once get two. Throws `queue empty`, and `at capacity` to an agent whose hands are full.
 */
export async function nextTicket(ctx: InboxContext, agentId: string): Promise<TicketRow> {
  for (let n = 0; n < TRIES; n++) {
    const taken = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const [, config, ticketId] = await Promise.all([
        lockAssignments(tx, ctx.workspaceId).execute(),
        loadInboxConfig(tx, ctx.workspaceId, true),
        mostUrgentUnowned(tx, ctx.sees),
      ])
      const agent = config.agents.find(({ id }) => id === agentId)
      if (!agent) throw new AppError('not found', { what: 'agent' })
      if (!ticketId) return null
      const ticket = await lockTicket(tx, ctx.sees, ticketId)
      if (!ticket || ticket.ownerId || ticket.state === 'resolved') return 'gone' as const
      if (!hasRoom(agent, ticket)) throw new AppError('at capacity', { limit: String(agent.capacity) })
      const state = afterAssignment(ticket.state, agentId)
      const reason = { kind: 'by hand' as const, by: nameOf(ctx.actor) }
      const values = { ownerId: agentId, state, stateAt: ctx.now, assignmentReason: reason }
      const move = { values, events: [{ kind: 'assigned' as const, data: { ownerId: agentId, reason, pulled: true } }] }
      const connectionIds = await writeMove(tx, ctx, config, ticket, { ...move, action: 'ticket pulled' }, ctx.now)
      return { ticket: { ...ticket, ...values }, connectionIds }
    })
    if (taken === null) break
    if (taken === 'gone') continue
    await wake(ctx, taken.connectionIds)
    return taken.ticket
  }
  throw new AppError('queue empty')
}
