/**
 * What of the outbox is due of a kind, prepared and written down as about to be said. Nothing leaves before that is committed.
 */
import type { ObjectKind, PushItem, PushResult } from '../connectors/contract.ts'
import type { Failure } from '../core/failure.ts'
import type { Lane } from '../core/lane.ts'
import { clearPushing, type LinkRow, savePushing } from '../db/links.ts'
import { clearOutbox, dueOutbox, type OutboxRow } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { hearUnanswered, isUnanswered } from './hear-unanswered.ts'
import { holdBack } from './hold-back.ts'
import { type Lease, renew } from './lease.ts'
import type { OpenConnection } from './open-connection.ts'
import { type Parents, preparePush, type Ready } from './prepare-push.ts'
import { breakStorms } from './storm.ts'

export type Due = {
  kind: ObjectKind
  ready: Ready<OutboxRow>[]
  /** Those of them that are to be said. */
  items: PushItem[]
  /** The others: what is there could not be heard, and so nothing is said over it. */
  unheard: PushResult[]
  /** No more was due. */
  isWhole: boolean
}

type Wanted = { lane: Lane; kind: ObjectKind; limit: number }

/** `along`: parents without a link that are pushed with it, as the connector is to be told of them. */
export async function takeDue(
  ctx: SyncContext,
  connection: OpenConnection,
  lease: Lease,
  wanted: Wanted,
  along: Parents,
): Promise<Due> {
  const { kind } = wanted
  const heard = new Map<string, Failure | null>()
  let taken = await take(ctx, connection, lease, wanted, along, heard)
  if (taken.unanswered.length > 0 && kind !== 'message') {
    const failure = await hearUnanswered(ctx, connection, kind, taken.unanswered)
    for (const { recordId } of taken.unanswered) heard.set(recordId, failure)
    taken = await take(ctx, connection, lease, wanted, along, heard)
  }
  const { ready, isWhole } = taken
  const past = wanted.lane === 'backfill' ? ({ isHistory: true } as const) : {}
  const items = ready.flatMap(({ item }) => (heard.get(item.recordId) ? [] : [{ ...item, ...past }]))
  const unheard = [...heard].flatMap(([recordId, failure]): PushResult[] =>
    failure ? [{ recordId, kind: 'failed', failure }] : [],
  )
  return { kind, ready, items, unheard, isWhole }
}

type Taken = {
  ready: Ready<OutboxRow>[]
  /** Not one is taken before these are heard. */
  unanswered: (LinkRow & { remoteId: string })[]
  isWhole: boolean
}

/** `heard`: records whose last push was not answered, and why what is there could not be heard, which then are not said. */
function take(
  ctx: SyncContext,
  connection: OpenConnection,
  lease: Lease,
  { lane, kind, limit }: Wanted,
  along: Parents,
  heard: Map<string, Failure | null>,
): Promise<Taken> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await renew(tx, ctx, lease)
    const rows = await dueOutbox(tx, connection.row.id, { lane, kind }, ctx.now, limit)
    if (rows.length === 0) return { ready: [], unanswered: [], isWhole: true }
    const { ready, done, arrived, waiting, held } = await preparePush(tx, connection, kind, rows, along)
    const unanswered = ready.flatMap(({ link, item }) =>
      kind !== 'message' && isUnanswered(link) && !heard.has(item.recordId) ? [link] : [],
    )
    if (unanswered.length > 0) return { ready: [], unanswered, isWhole: false }
    const calm = await breakStorms(tx, ctx, connection, kind, ready)
    const said = calm.filter(({ item }) => !heard.get(item.recordId))
    await Promise.all([
      // What is held is told as it is then, when it is released.
      clearOutbox(tx, [
        ...done,
        ...held.map(({ row }) => row),
        ...ready.filter(each => !calm.includes(each)).map(({ row }) => row),
      ]),
      // Else what they write next would be written over itself, for fear that what this said is yet to come.
      arrived.length > 0 ? clearPushing(tx, connection.row.id, kind, arrived) : null,
      waiting.length > 0 ? holdBack(tx, ctx, connection, kind, waiting) : null,
      said.length > 0
        ? savePushing(
            tx,
            said.map(item => pushingLink(ctx, connection, kind, item)),
          )
        : null,
    ])
    return { ready: calm, unanswered: [], isWhole: rows.length < limit }
  })
}

function pushingLink(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: ObjectKind,
  { item, link }: Ready<OutboxRow>,
): LinkRow {
  const said = Object.fromEntries(item.changed.map(field => [field, item.values[field] ?? null]))
  // Of a push that was never answered what it said first is what may be stored.
  const pushing = { ...said, ...item.unheard }
  return {
    id: link?.id ?? newId(),
    workspaceId: ctx.workspaceId,
    connectionId: connection.row.id,
    kind,
    recordId: item.recordId,
    remoteType: item.remoteType,
    remoteId: item.remoteId,
    base: link?.base ?? null,
    pushing,
    pushingAt: ctx.now,
    pushingTo: item.homes ?? null,
    remoteVersion: link?.remoteVersion ?? null,
    updatedAt: ctx.now,
  }
}
