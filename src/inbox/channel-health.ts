/** How numbers are: what their last check found, with what has been told of them since. */
import { type Check, type CheckState, keptChecks, worstOf } from '../core/channel-checks.ts'
import { diagnoseAtHand } from '../core/channel-diagnosis.ts'
import { accountNews, lastChannelChecks, newestHealth } from '../db/channel-checks.ts'
import type { ChannelRow } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'

export type ChannelHealthView = {
  /** Of all checks; `unknown` before the first. */
  state: CheckState
  checkedAt: Date | null
  /** All of them, those at hand as they are now. */
  checks: Check[]
  /** What Meta last said, and when: `quality`, `messagingLimit`, `verifiedName`, `perSecond`, `state`. */
  told: { key: string; value: string; at: Date }[]
}

/** By the number's id. */
export async function channelHealth(
  tx: Tx,
  channels: ChannelRow[],
  now: Date,
): Promise<Map<string, ChannelHealthView>> {
  const ids = channels.map(channel => channel.id)
  const [checked, news, told] = await Promise.all([
    lastChannelChecks(tx, ids),
    accountNews(tx, ids),
    newestHealth(tx, ids),
  ])
  return new Map(
    channels.map(channel => {
      const last = checked.find(row => row.channelId === channel.id)
      const { state, stateReason: reason, phoneNumberId, wabaId } = channel
      const own = news.filter(each => each.channelId === channel.id)
      const atHand = diagnoseAtHand({ channel: { state, reason, phoneNumberId, wabaId }, news: own, now })
      const kept = last ? keptChecks.parse(last.checks) : []
      const checks = [
        ...atHand.filter(check => !kept.some(({ id }) => id === check.id)),
        ...kept.map(check => atHand.find(({ id }) => id === check.id) ?? check),
      ]
      const worst = worstOf(checks)
      const view: ChannelHealthView = {
        state: worst === 'ok' && !last ? 'unknown' : worst,
        checkedAt: last?.checkedAt ?? null,
        checks,
        told: told.filter(each => each.channelId === channel.id).map(({ key, value, at }) => ({ key, value, at })),
      }
      return [channel.id, view]
    }),
  )
}
