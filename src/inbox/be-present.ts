import { AppError } from '../core/errors.ts'
import { bePresent, leave, noteChange, type PresenceKind, type PresenceRow, presentAt } from '../db/collaboration.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { ticketInSight } from '../db/tickets.ts'
import type { InboxContext } from './context.ts'

/** How long a heartbeat holds: consoles send one every 20 seconds. */
export const PRESENCE_SECONDS = 45

/**
 * Says that an agent views a ticket, answers it, or has it open but is elsewhere; `null`: has closed it. Who is there is
 * told to those who follow the feed, when that changes. Returns all who are there.
 */
export function sayPresent(
  ctx: InboxContext,
  ticketId: string,
  agentId: string,
  kind: PresenceKind | null,
): Promise<PresenceRow[]> {
  const { workspaceId, now } = ctx
  return inWorkspace(ctx.db, workspaceId, async tx => {
    if (!(await ticketInSight(tx, ctx.sees, ticketId))) throw new AppError('not found', { what: 'ticket' })
    const expiresAt = new Date(now.getTime() + PRESENCE_SECONDS * 1000)
    const isNews = kind
      ? await bePresent(tx, { workspaceId, ticketId, agentId, kind, expiresAt }, now)
      : await leave(tx, ticketId, agentId)
    const [present] = await Promise.all([
      presentAt(tx, ticketId, now),
      isNews ? noteChange(tx, { workspaceId, kind: 'ticket.presence', recordId: ticketId, ticketId }) : null,
    ])
    return [...present]
  })
}
