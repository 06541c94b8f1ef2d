/** A record there is the counterpart of one of ours at the most. */
import type { ObjectKind, PushItem, PushResult } from '../connectors/contract.ts'
import { pairOf } from '../core/contact-merge.ts'
import type { Failure } from '../core/failure.ts'
import { insertSuggestions } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { survivorsOf } from '../db/contact-merges.ts'
import { dropLinks, linksByPlace } from '../db/links.ts'
import type { OutboxRow } from '../db/outbox.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'

export type Pushed = { row: OutboxRow; item: PushItem }

export type Stored = Extract<PushResult, { kind: 'stored' }> & { pushed: Pushed }

/** `holder`: the record of ours whose counterpart `remoteId` is. */
type Another = { pushed: Pushed; failure: Failure; holder: string; remoteId: string }

/**
 * What answered by another's record is a person's to look at: of contacts it is suggested that they are one. What was the record
 * of a contact that became this one is this one's from now on.
 */
export async function partOthers(
  tx: Tx,
  ctx: SyncContext,
  connectionId: string,
  kind: ObjectKind,
  stored: Stored[],
): Promise<{ mine: Stored[]; others: Another[] }> {
  const [mine, others] = [[] as Stored[], [] as Another[]]
  const news = stored.filter(({ pushed }) => pushed.item.remoteId === null)
  const places = news.map(({ pushed, remoteId }) => ({ remoteType: pushed.item.remoteType, remoteId }))
  const held = news.length > 0 ? await linksByPlace(tx, connectionId, places) : []
  const holders = new Map(held.map(link => [`${link.remoteType} ${link.remoteId}`, link.recordId]))
  const became = kind === 'contact' && held.length > 0 ? await survivorsOf(tx, [...holders.values()]) : new Map()
  const left: string[] = []
  for (const each of stored) {
    const { recordId, remoteType, remoteId } = each.pushed.item
    const place = `${remoteType} ${each.remoteId}`
    const holder = remoteId === null ? (holders.get(place) ?? recordId) : recordId
    const isMine = holder === recordId || became.get(holder) === recordId
    if (isMine && holder !== recordId) left.push(holder)
    if (remoteId === null) holders.set(place, isMine ? recordId : holder)
    if (isMine) mine.push(each)
    else {
      const message = `${each.remoteId} there is the counterpart of another record of ours already: part the two there, or merge ours`
      others.push({ pushed: each.pushed, failure: { kind: 'rejected', message }, holder, remoteId: each.remoteId })
    }
  }
  if (left.length > 0) await dropLinks(tx, connectionId, kind, left)
  if (kind === 'contact') await suggestMerges(tx, ctx, connectionId, others)
  return { mine, others }
}

/** Who are one there may be one here: people may have merged them when nobody could know of whom that was. */
async function suggestMerges(tx: Tx, { workspaceId, now }: SyncContext, connectionId: string, others: Another[]) {
  if (others.length === 0) return
  const ids = others.flatMap(({ holder, pushed }) => [holder, pushed.item.recordId])
  const became = await survivorsOf(tx, ids)
  const suggestions = others.flatMap(({ holder, remoteId, pushed: { item } }) => {
    const [one, other] = [became.get(holder), became.get(item.recordId)]
    if (!one || !other || one === other) return []
    return [
      {
        ...{ id: newId(), workspaceId, ...pairOf(one, other), reason: 'merged in CRM' as const },
        ...{ source: { connectionId, remoteId }, at: now, createdAt: now, state: 'open' as const },
        ...{ decidedAt: null, decidedBy: null, mergeId: null },
      },
    ]
  })
  if (suggestions.length > 0) await insertSuggestions(tx, suggestions)
}
