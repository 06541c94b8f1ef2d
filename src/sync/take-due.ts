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
import { hearFirst, type Linked, mustBeHeard } from './hear-first.ts'
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
  /** More would have been taken, had it been heard. */
  isCut: boolean
}

/** Records that are heard at once: a call of most vendors, so that few calls that are allowed are enough to hear and to say. */
const HEARD_AT_ONCE = 100

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
  const heard: Heard = new Map()
  let taken = await take(ctx, connection, lease, wanted, along, null)
  if (taken.unheard.length > 0 && kind !== 'message') {
    const [now, later] = [taken.unheard.slice(0, HEARD_AT_ONCE), taken.unheard.slice(HEARD_AT_ONCE)]
    const failure = await hearFirst(ctx, connection, kind, now)
    for (const link of now) heard.set(link.recordId, isWaitedFor(link, failure) ? failure : null)
    for (const { recordId } of later) heard.set(recordId, 'later')
    taken = await take(ctx, connection, lease, wanted, along, heard)
  }
  const { ready, isWhole, isCut } = taken
  const past = wanted.lane === 'backfill' ? ({ isHistory: true } as const) : {}
  const items = ready.flatMap(({ item }) => (heard.get(item.recordId) ? [] : [{ ...item, ...past }]))
  const unheard = [...heard].flatMap(([recordId, failure]): PushResult[] =>
    failure && failure !== 'later' ? [{ recordId, kind: 'failed', failure }] : [],
  )
  return { kind, ready, items, unheard, isWhole, isCut }
}

/** A CRM that refuses the question for what it asks (a field that is gone there) would keep all that we say waiting. */
function isWaitedFor({ pushing }: Linked, failure: Failure | null): boolean {
  return pushing !== null || failure?.kind !== 'rejected'
}

/** Records of which what is there is to be heard first: null where it was, or why not, and then nothing is said of them. */
type Heard = Map<string, Failure | 'later' | null>

type Taken = {
  ready: Ready<OutboxRow>[]
  /** Nothing is taken before these are heard. */
  unheard: Linked[]
  isWhole: boolean
  isCut: boolean
}

/** `heard`: null before anything was. What has become due since, and is to be heard too, is left for later. */
function take(
  ctx: SyncContext,
  connection: OpenConnection,
  lease: Lease,
  { lane, kind, limit }: Wanted,
  along: Parents,
  heard: Heard | null,
): Promise<Taken> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await renew(tx, ctx, lease)
    const all = await dueOutbox(tx, connection.row.id, { lane, kind }, ctx.now, limit)
    const rows = all.filter(row => heard?.get(row.recordId) !== 'later')
    if (all.length === 0) return { ready: [], unheard: [], isWhole: true, isCut: false }
    const { ready: due, done, arrived, waiting, held } = await preparePush(tx, connection, kind, rows, along)
    const unheard = due.flatMap(({ link, item: { recordId, changed } }) =>
      !heard?.has(recordId) && mustBeHeard(connection, kind, link, changed) ? [link] : [],
    )
    if (unheard.length > 0 && !heard) return { ready: [], unheard, isWhole: false, isCut: true }
    const late = new Set(unheard.map(link => link.recordId))
    const ready = due.filter(({ item }) => !late.has(item.recordId))
    const calm = await breakStorms(tx, ctx, connection, kind, ready)
    const said = calm.filter(({ item }) => !heard?.get(item.recordId))
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
    const isCut = late.size > 0 || rows.length < all.length
    return { ready: calm, unheard: [], isWhole: all.length < limit && !isCut, isCut }
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
