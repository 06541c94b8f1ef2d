/**
 * Delivery states of our messages. They take any order, may come before our own send knows its id, and never open
 * conversations: each is a row, and the message shows the furthest of them.
 */
import type { StatusReport } from '../core/inbound.ts'
import { furthest } from '../core/message.ts'
import type { Tx } from '../db/client.ts'
import { advanceMessages, insertStatuses } from '../db/statuses.ts'

export type StatusItem = { channelId: string; report: StatusReport }

/** One round trip, however many. The connections that have something to hear. */
export async function applyStatuses(
  tx: Tx,
  { workspaceId, now, newId }: { workspaceId: string; now: Date; newId: () => string },
  items: StatusItem[],
): Promise<{ connectionId: string }[]> {
  if (items.length === 0) return []
  const rows = eachOnce(items).map(({ channelId, report }) => {
    const { at, detail, ...said } = report
    return { ...said, detail: detail ?? {}, id: newId(), workspaceId, channelId, recordedAt: now, providerAt: at }
  })
  const [, told] = await Promise.all([
    insertStatuses(tx, rows),
    advanceMessages(tx, workspaceId, furthestOfEach(items), now),
  ])
  return told
}

/** A state that is told twice in a batch, with all that is said beside it. */
function eachOnce(items: StatusItem[]): StatusItem[] {
  const once = new Map<string, StatusItem>()
  for (const { channelId, report } of items) {
    const key = `${channelId} ${report.wamid} ${report.status} ${report.participant}`
    const known = once.get(key)
    const detail = { ...report.detail, ...known?.report.detail }
    once.set(key, { channelId, report: { ...(known?.report ?? report), detail } })
  }
  return [...once.values()]
}

/** That a message failed for one member of a group is kept, and says nothing of the whole. */
function furthestOfEach(items: StatusItem[]) {
  const best = new Map<string, StatusItem>()
  for (const item of items) {
    if (item.report.participant !== '' && item.report.status === 'failed') continue
    const key = `${item.channelId} ${item.report.wamid}`
    const known = best.get(key)
    if (!known || furthest(known.report.status, item.report.status) !== known.report.status) best.set(key, item)
  }
  return [...best.values()].map(({ channelId, report }) => {
    const { wamid, callbackMessageId, status, errorCode, errorText } = report
    return { channelId, wamid, callbackMessageId, status, errorCode, errorText }
  })
}
