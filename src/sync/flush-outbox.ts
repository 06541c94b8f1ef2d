/**
 * Carries what waits in the outbox of one connection, lane by lane, in the order contact → ticket → message and in batches:
 * writes down what is about to be said, says it, and keeps the answer of each item. One flush at a time works on a
 * connection, by a lease.
 */
import type { ObjectKind, PushItem, PushResult } from '../connectors/contract.ts'
import type { Failure } from '../core/failure.ts'
import { type Lane, lanes } from '../core/lane.ts'
import { connectionById } from '../db/connections.ts'
import { dueMerges } from '../db/contact-merges.ts'
import { type LinkRow, savePushing } from '../db/links.ts'
import { clearOutbox, dueLanes, dueOutbox, nextOutboxAt, type OutboxRow } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { carryOut } from './carry-out.ts'
import type { SyncContext } from './context.ts'
import { hearUnanswered, isUnanswered } from './hear-unanswered.ts'
import { holdBack } from './hold-back.ts'
import { type Lease, LeaseLost, renew, withLease } from './lease.ts'
import { mergeThere } from './merge-there.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { isOutage, twice } from './outage.ts'
import { preparePush, type Ready } from './prepare-push.ts'
import { type Recorded, recordResults } from './record-results.ts'
import { breakStorms } from './storm.ts'

/** When there is more to do: nothing left, now, or at an instant. */
export type Flushed = { kind: 'empty' } | { kind: 'more'; at: Date } | { kind: 'stopped'; reason: string }

/** Rows a pass takes of each kind. Few of a backfill, so that what comes meanwhile need not wait for long. */
const PASS: Record<Lane, number> = { live: 1_000, retry: 1_000, backfill: 200 }

/**
 * Of contacts fewer: those that are new there are searched for by number first, CRMs allow few searches a second, and a push
 * that is refused in their midst begins anew.
 */
const CONTACTS = 100

const KINDS = ['contact', 'ticket', 'message'] as const

export async function flushOutbox(ctx: SyncContext, connectionId: string): Promise<Flushed> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) return { kind: 'stopped', reason: 'The connection is gone' }
  if (row.state !== 'active') return { kind: 'stopped', reason: row.stateReason ?? row.state }
  const leased = await withLease(ctx, connectionId, async lease => {
    const connection = await openConnection(ctx, row, { lease })
    try {
      return await flushLanes(ctx, connection, lease)
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
      return { kind: 'stopped' as const, reason: error.message }
    }
  })
  return leased.kind === 'busy' ? { kind: 'more', at: leased.until } : leased.value
}

async function flushLanes(ctx: SyncContext, connection: OpenConnection, lease: Lease): Promise<Flushed> {
  const { id } = connection.row
  const [merges, due] = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    Promise.all([dueMerges(tx, id, ctx.now), dueLanes(tx, id, ctx.now)]),
  )
  // First, since what the one there holds the other may not.
  const stopped = await mergeThere(ctx, connection, merges)
  if (stopped) return { kind: 'stopped', reason: stopped.message }
  let works = false
  for (const lane of lanes) {
    for (const kind of KINDS) {
      if (!due.some(each => each.lane === lane && each.kind === kind)) continue
      const { stop, refusedUntil, stored, isWhole } = await pushKind(
        ctx,
        connection.inLane(lane),
        lease,
        lane,
        kind,
        works,
      )
      works ||= stored
      if (stop) return { kind: 'stopped', reason: stop.message }
      // What this lane may not, those behind it may still less.
      if (refusedUntil) return { kind: 'more', at: refusedUntil }
      // A kind is finished before what hangs on it: its batches are full then. But first look who has come meanwhile.
      if (!isWhole) return { kind: 'more', at: ctx.now }
    }
  }
  const at = await inWorkspace(ctx.db, ctx.workspaceId, tx => nextOutboxAt(tx, id))
  return at ? { kind: 'more', at } : { kind: 'empty' }
}

type Pushed = Recorded & { /** No more of it was due. */ isWhole: boolean }

async function pushKind(
  ctx: SyncContext,
  connection: OpenConnection,
  lease: Lease,
  lane: Lane,
  kind: ObjectKind,
  works: boolean,
): Promise<Pushed> {
  const limit = kind === 'contact' ? Math.min(PASS[lane], CONTACTS) : PASS[lane]
  const heard = new Map<string, Failure | null>()
  let taken = await take(ctx, connection, lease, { lane, kind, limit }, heard)
  if (taken.unanswered.length > 0 && kind !== 'message') {
    const failure = await hearUnanswered(ctx, connection, kind, taken.unanswered)
    for (const { recordId } of taken.unanswered) heard.set(recordId, failure)
    taken = await take(ctx, connection, lease, { lane, kind, limit }, heard)
  }
  const { ready, isWhole } = taken
  if (ready.length === 0) return { stop: null, refusedUntil: null, stored: false, isWhole }
  const items = ready.flatMap(({ item }) => (heard.get(item.recordId) ? [] : [item]))
  const results = items.length > 0 ? await connection.connector[kind].push(connection.remote, items) : []
  await takeTheirs(ctx, connection, kind, items, results)
  for (const [recordId, failure] of heard) if (failure) results.push({ recordId, kind: 'failed', failure })
  return { ...(await recordResults(ctx, connection, lease, kind, ready, results, works)), isWhole }
}

type Taken = {
  ready: Ready<OutboxRow>[]
  /** Not one is taken before these are heard. */
  unanswered: (LinkRow & { remoteId: string })[]
  isWhole: boolean
}

/**
 * What is due, prepared and written down as about to be said. `heard`: records whose last push was not answered, and why what is
 * there could not be heard, which then are not said.
 */
function take(
  ctx: SyncContext,
  connection: OpenConnection,
  lease: Lease,
  { lane, kind, limit }: { lane: Lane; kind: ObjectKind; limit: number },
  heard: Map<string, Failure | null>,
): Promise<Taken> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await renew(tx, ctx, lease)
    const rows = await dueOutbox(tx, connection.row.id, { lane, kind }, ctx.now, limit)
    if (rows.length === 0) return { ready: [], unanswered: [], isWhole: true }
    const { ready, done, waiting, held } = await preparePush(tx, connection, kind, rows)
    const unanswered = ready.flatMap(({ link, item }) =>
      kind !== 'message' && isUnanswered(link) && !heard.has(item.recordId) ? [link] : [],
    )
    if (unanswered.length > 0) return { ready: [], unanswered, isWhole: false }
    const calm = await breakStorms(tx, ctx, connection, kind, ready)
    const said = calm.filter(({ item }) => !heard.get(item.recordId))
    await Promise.all([
      // What is held is told as it is then, when it is released.
      clearOutbox(tx, [...done, ...held, ...ready.filter(each => !calm.includes(each)).map(({ row }) => row)]),
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

/** Before the link is kept: after a crash in between, ours says what theirs does, and the next push finds nothing to say. */
async function takeTheirs(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: ObjectKind,
  items: PushItem[],
  results: PushResult[],
) {
  if (kind === 'message') return
  for (const [n, result] of results.entries()) {
    const values = items.find(item => item.recordId === result.recordId)?.values
    if (result.kind !== 'stored' || !result.theirs || !values) continue
    const { recordId, theirs } = result
    try {
      await twice(() => carryOut(ctx, connection, kind, recordId, values, theirs, ctx.now))
    } catch (error) {
      if (isOutage(error)) throw error
      const message = `What was changed there could not be taken: ${error instanceof Error ? error.message : error}`
      results[n] = { recordId, kind: 'failed', failure: { kind: 'ambiguous', message } }
    }
  }
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
    remoteVersion: link?.remoteVersion ?? null,
    updatedAt: ctx.now,
  }
}
