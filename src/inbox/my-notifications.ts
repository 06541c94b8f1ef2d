/** An agent's own notifications: read, and what they want to be told of. */
import { changesOf, isUnchanged } from '../core/changes.ts'
import { DEFAULT_CHOICES, type NotificationChoices } from '../core/notification.ts'
import { writeAudit } from '../db/audit.ts'
import { markNotificationsRead, notificationChoicesOf, saveNotificationChoices } from '../db/notifications.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'

/** All without `ids`. Returns how many were unread. */
export function readNotifications(ctx: InboxContext, agentId: string, ids: string[] | null): Promise<number> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const read = await markNotificationsRead(tx, agentId, ids, ctx.now)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'notifications read', subjectKind: 'agent', subjectId: agentId, data: { read } },
    })
    return read
  })
}

export async function notificationChoice(ctx: InboxContext, agentId: string): Promise<NotificationChoices> {
  const [row] = await inWorkspace(ctx.db, ctx.workspaceId, tx => notificationChoicesOf(tx, [agentId]))
  return row?.notifications ?? DEFAULT_CHOICES
}

export function chooseNotifications(
  ctx: InboxContext,
  agentId: string,
  choices: NotificationChoices,
): Promise<NotificationChoices> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [row] = await notificationChoicesOf(tx, [agentId])
    const changes = changesOf(row?.notifications ?? DEFAULT_CHOICES, choices)
    if (isUnchanged(changes)) return choices
    await saveNotificationChoices(tx, agentId, choices)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'notifications chosen', subjectKind: 'agent', subjectId: agentId },
      ...changes,
    })
    return choices
  })
}
