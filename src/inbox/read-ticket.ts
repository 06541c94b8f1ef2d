import { AppError } from '../core/errors.ts'
import { noteChange, readUpTo, unreadLast } from '../db/collaboration.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { ticketInSight } from '../db/tickets.ts'
import type { InboxContext } from './context.ts'

/**
 * Keeps that an agent has read a ticket up to a message, or, by null, that the customer's last message is to be unread for
 * them again. Consoles of theirs are told when that changes anything. Customers learn nothing of it (`markRead` tells them).
 * Throws `not found` for a ticket out of sight.
 */
export function readTicket(ctx: InboxContext, ticketId: string, agentId: string, upTo: string | null): Promise<void> {
  const { workspaceId } = ctx
  return inWorkspace(ctx.db, workspaceId, async tx => {
    if (!(await ticketInSight(tx, ctx.sees, ticketId))) throw new AppError('not found', { what: 'ticket' })
    const reader = { workspaceId, ticketId, agentId }
    if (upTo === null) await unreadLast(tx, reader)
    else if (!(await readUpTo(tx, reader, upTo))) return
    await noteChange(tx, { workspaceId, kind: 'ticket.read', recordId: ticketId, ticketId, detail: agentId })
  })
}
