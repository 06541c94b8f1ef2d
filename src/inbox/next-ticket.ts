import { AppError } from '../core/errors.ts'
import { afterAssignment } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
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
 * waited longest. Two who pull at once get two. Throws `queue empty`.
 */
export async function nextTicket(ctx: InboxContext, agentId: string): Promise<TicketRow> {
  for (let n = 0; n < TRIES; n++) {
    const taken = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const ticketId = await mostUrgentUnowned(tx, ctx.sees)
      if (!ticketId) return null
      const [ticket, config] = await Promise.all([
        lockTicket(tx, ctx.sees, ticketId),
        loadInboxConfig(tx, ctx.workspaceId),
      ])
      if (!config.agents.some(agent => agent.id === agentId)) throw new AppError('not found', { what: 'agent' })
      if (!ticket || ticket.ownerId || ticket.state === 'resolved') return 'gone' as const
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
