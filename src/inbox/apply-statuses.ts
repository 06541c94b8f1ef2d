/**
 * Delivery states of our messages. They take any order, may come before our own send knows its id, and never open
 * conversations: each is a row, and the message shows the furthest of them.
 */
import type { StatusReport } from '../core/inbound.ts'
import type { Tx } from '../db/client.ts'
import { applyStatusRows } from '../db/statuses.ts'

export type StatusItem = { channelId: string; report: StatusReport }

/** One statement, however many; undefined for none. Answers with the connections that have something to hear. */
export function applyStatuses(
  tx: Tx,
  { workspaceId, now, newId }: { workspaceId: string; now: Date; newId: () => string },
  items: StatusItem[],
) {
  if (items.length === 0) return undefined
  const rows = eachOnce(items).map(({ channelId, report }) => {
    const { at, detail, ...said } = report
    return { ...said, detail: detail ?? {}, id: newId(), channelId, providerAt: at }
  })
  return applyStatusRows(tx, workspaceId, rows, now)
}

/** A state that is told twice in a batch, with all that is said beside it. */
function eachOnce(items: StatusItem[]): StatusItem[] {
  const once = new Map<string, StatusItem>()
  for (const { channelId, report } of items) {
    const key = `${channelId} ${report.wamid} ${report.status} ${report.participant}`
    const known = once.get(key)?.report
    const callbackMessageId = known?.callbackMessageId ?? report.callbackMessageId
    const detail = { ...report.detail, ...known?.detail }
    once.set(key, { channelId, report: { ...(known ?? report), callbackMessageId, detail } })
  }
  return [...once.values()]
}
