/**
 * Delivery states of our messages. They take any order, may come before our own send knows its id, and never open
 * conversations: each is a row, and the message shows the furthest of them.
 */
import type { StatusReport } from '../core/inbound.ts'
import { furthest } from '../core/message.ts'
import type { Tx } from '../db/client.ts'
import { advanceMessages, insertStatuses } from '../db/statuses.ts'

export type StatusItem = { channelId: string; report: StatusReport }

/** The messages whose state moved on. */
export async function applyStatuses(
  tx: Tx,
  { workspaceId, now, newId }: { workspaceId: string; now: Date; newId: () => string },
  items: StatusItem[],
): Promise<{ id: string }[]> {
  const best = new Map<string, StatusItem>()
  for (const item of items) {
    const key = `${item.channelId} ${item.report.wamid}`
    const known = best.get(key)
    if (!known || furthest(known.report.status, item.report.status) !== known.report.status) best.set(key, item)
  }
  const rows = items.map(({ channelId, report }) => ({
    ...{ id: newId(), workspaceId, channelId, recordedAt: now, providerAt: report.at },
    ...{ wamid: report.wamid, status: report.status, participant: report.participant },
    ...{ callbackMessageId: report.callbackMessageId, errorCode: report.errorCode, errorText: report.errorText },
  }))
  const [, moved] = await Promise.all([
    insertStatuses(tx, rows),
    advanceMessages(
      tx,
      [...best.values()].map(({ channelId, report }) => ({ channelId, ...report })),
    ),
  ])
  return moved
}
