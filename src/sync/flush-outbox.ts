/**
 * Carries what waits in the outbox of one connection, lane by lane, in the order contact → ticket → message and in batches:
 * writes down what is about to be said, says it, and keeps the answer of each item. One flush at a time works on a
 * connection, by a lease.
 */
import type { ObjectKind, PushItem, PushResult, Together } from '../connectors/contract.ts'
import { type Lane, lanes } from '../core/lane.ts'
import { connectionById } from '../db/connections.ts'
import { dueMerges } from '../db/contact-merges.ts'
import { dueLanes, nextOutboxAt } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { carryOut } from './carry-out.ts'
import type { SyncContext } from './context.ts'
import { hearMet } from './hear-met.ts'
import { type Lease, LeaseLost, withLease } from './lease.ts'
import { mergeThere } from './merge-there.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { isOutage, twice } from './outage.ts'
import type { Parents } from './prepare-push.ts'
import { type Recorded, recordResults } from './record-results.ts'
import { type Due, takeDue } from './take-due.ts'

/** When there is more to do: nothing left, now, or at an instant. */
export type Flushed = { kind: 'empty' } | { kind: 'more'; at: Date } | { kind: 'stopped'; reason: string }

/** Rows a pass takes of each kind. Few of a backfill, so that what comes meanwhile need not wait for long. */
const PASS: Record<Lane, number> = { live: 1_000, retry: 1_000, backfill: 200 }

/**
 * Of contacts fewer: those that are new there are searched for by number first, CRMs allow few searches a second, and a push
 * that is refused in their midst begins anew.
 */
const CONTACTS = 100

/** What is to be heard first is taken in parts: as many as make a pass of a backfill. */
const PARTS: Record<Lane, number> = { live: 10, retry: 10, backfill: 2 }

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
    for (const kinds of connection.connector.pushTogether ? [KINDS] : KINDS.map(kind => [kind])) {
      if (!due.some(each => each.lane === lane && kinds.includes(each.kind))) continue
      for (let part = 1; ; part++) {
        const pushed = await pushKinds(ctx, connection.inLane(lane), lease, lane, kinds, works)
        const { stop, refusedUntil, isWhole, isCut } = pushed
        works ||= pushed.stored
        if (stop) return { kind: 'stopped', reason: stop.message }
        // What this lane may not, those behind it may still less.
        if (refusedUntil) return { kind: 'more', at: refusedUntil }
        if (isWhole) break
        // A kind is finished before what hangs on it: its batches are full then. But first look who has come meanwhile.
        if (!isCut || part === PARTS[lane]) return { kind: 'more', at: ctx.now }
      }
    }
  }
  const at = await inWorkspace(ctx.db, ctx.workspaceId, tx => nextOutboxAt(tx, id))
  return at ? { kind: 'more', at } : { kind: 'empty' }
}

type Pushed = Recorded & {
  /** No more of it was due. */
  isWhole: boolean
  /** More would have been said, had it been heard. */
  isCut: boolean
}

/** Several kinds go at once where the vendor stores in one call what hangs together; then a parent may be new, too. */
async function pushKinds(
  ctx: SyncContext,
  connection: OpenConnection,
  lease: Lease,
  lane: Lane,
  kinds: readonly ObjectKind[],
  works: boolean,
): Promise<Pushed> {
  const along: Parents = { contact: new Map(), ticket: new Map() }
  const going: Due[] = []
  for (const kind of kinds) {
    const limit = kinds.length === 1 && kind === 'contact' ? Math.min(PASS[lane], CONTACTS) : PASS[lane]
    const due = await takeDue(ctx, connection, lease, { lane, kind, limit }, along)
    going.push(due)
    // What hangs on those that are still to come waits for them.
    if (!due.isWhole) break
    if (kind === 'message') continue
    for (const { recordId, remoteId } of due.items) if (remoteId === null) along[kind].set(recordId, recordId)
  }
  const results = await push(connection, going)
  for (const kind of KINDS) results[kind] = await hearMet(ctx, connection, kind, results[kind])
  const pushed: Pushed = {
    ...{ stop: null, refusedUntil: null, stored: false },
    ...{ isWhole: going.every(due => due.isWhole), isCut: going.some(due => due.isCut) },
  }
  for (const { kind, ready, items, unheard } of going) {
    if (ready.length === 0) continue
    await takeTheirs(ctx, connection, kind, items, results[kind])
    const all = [...results[kind], ...unheard]
    const { stop, refusedUntil, stored } = await recordResults(
      ctx,
      connection,
      lease,
      kind,
      ready,
      all,
      works || pushed.stored,
    )
    pushed.stop ??= stop
    pushed.refusedUntil ??= refusedUntil
    pushed.stored ||= stored
  }
  return pushed
}

async function push({ connector, remote }: OpenConnection, going: Due[]): Promise<Together<PushResult>> {
  const items: Together<PushItem> = { contact: [], ticket: [], message: [] }
  for (const due of going) items[due.kind] = due.items
  if (connector.pushTogether && KINDS.some(kind => items[kind].length > 0)) return connector.pushTogether(remote, items)
  const results: Together<PushResult> = { contact: [], ticket: [], message: [] }
  for (const kind of KINDS) {
    if (items[kind].length > 0) results[kind] = await connector[kind].push(remote, items[kind])
  }
  return results
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
