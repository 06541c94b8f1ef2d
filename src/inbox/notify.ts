/** Agents are told of something: a row for each, in the transaction of what happened. */
import type { Actor } from '../core/actor.ts'
import { DEFAULT_CHOICES, type Notice } from '../core/notification.ts'
import type { Tx } from '../db/client.ts'
import { insertNotifications, type NotificationRow, notificationChoicesOf } from '../db/notifications.ts'
import { adminIds } from '../db/people.ts'
import { newId } from './new-id.ts'

type Trouble = 'number stopped' | 'connection stopped' | 'webhook given up'

/** What only an admin can mend is told to all admins. `key`: one for each time that it happens. */
export async function notifyAdmins(
  tx: Tx,
  ctx: { workspaceId: string; now: Date },
  { kind, key, ...data }: { kind: Trouble; key: string; name: string; reason: string },
): Promise<void> {
  const agentIds = (await adminIds(tx)).map(({ id }) => id)
  await notify(tx, ctx, [{ agentIds, kind, key, ticketId: null, data }])
}

/** By each agent's choices. Whoever did it themselves is not told of it. */
export async function notify(
  tx: Tx,
  ctx: { workspaceId: string; now: Date; actor?: Actor },
  notices: Notice[],
): Promise<void> {
  const ids = [...new Set(notices.flatMap(notice => notice.agentIds))]
  if (ids.length === 0) return
  const choices = new Map(
    (await notificationChoicesOf(tx, ids)).map(row => [row.id, row.notifications ?? DEFAULT_CHOICES]),
  )
  const self = ctx.actor?.kind === 'agent' ? ctx.actor.agentId : null
  const rows = notices.flatMap(({ agentIds, kind, key, ticketId, data = {} }) =>
    agentIds.flatMap((agentId): NotificationRow[] => {
      const chosen = choices.get(agentId)
      const [app, email] = [chosen?.app.includes(kind), chosen?.email.includes(kind)]
      if (agentId === self || (!app && !email)) return []
      return [
        {
          ...{ id: newId(), workspaceId: ctx.workspaceId, agentId, kind, key, ticketId, data, createdAt: ctx.now },
          ...{ readAt: app ? null : ctx.now, mailAt: email ? ctx.now : null, mailError: null, mailedAt: null },
        },
      ]
    }),
  )
  if (rows.length > 0) await insertNotifications(tx, rows)
}
