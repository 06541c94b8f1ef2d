/** What becomes of each item of a push. Here alone it is decided what is tried again, and when. */
import type { ObjectKind, PushResult, RemoteValues } from '../connectors/contract.ts'
import type { Failure } from '../core/failure.ts'
import { differing } from '../core/merge.ts'
import type { Tx } from '../db/client.ts'
import { pushPlace, settlePushLetters, storePushLetter, takeDependentLetters } from '../db/ledger-views.ts'
import { quietLimiter } from '../db/limiters.ts'
import { clearPushing, doubtLinks, forgetLinks, saveAgreed, unsayPushing } from '../db/links.ts'
import { clearOutbox, deferOutbox, postponeOutbox, tellAgain } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { takeDeleted } from './ask-deleted.ts'
import type { SyncContext } from './context.ts'
import { type Lease, renew } from './lease.ts'
import { loadRecords } from './load-records.ts'
import { ALLOWANCE_USED_UP, keepAccount, type OpenConnection } from './open-connection.ts'
import { type Pushed, partOthers, type Stored } from './part-others.ts'
import { stopConnection } from './stop-connection.ts'
import { toRemote } from './to-remote.ts'

/** Tries after which a record that fails while others of its push succeed becomes a dead letter. */
const MAX_ATTEMPTS = 12

/** 5 s, 10 s, 20 s … at most five minutes. */
export function backoffMs(attempts: number): number {
  return Math.min(5_000 * 2 ** attempts, 300_000)
}

/** What waited longer is said only after what is there was heard: a call more for as many as are read at once. */
const MOMENT_MS = 10_000

/** A vendor that names its own wait is asked at least once a minute past it. */
const LONGEST_WAIT_MS = 60_000

/** `stop`: what stops the whole connection. `refusedUntil`: until when our own limiter lets this lane make no more calls. */
export type Recorded = { stop: Failure | null; refusedUntil: Date | null; stored: boolean }

/** `works`: something was stored by this flush before. Throws `LeaseLost`, and then nothing was kept. */
export async function recordResults(
  ctx: SyncContext,
  connection: OpenConnection,
  lease: Lease,
  kind: ObjectKind,
  pushed: Pushed[],
  results: PushResult[],
  works: boolean,
): Promise<Recorded> {
  const byRecord = new Map(results.map(result => [result.recordId, result]))
  const stored: Stored[] = []
  const failed: { pushed: Pushed; failure: Failure }[] = []
  for (const each of pushed) {
    const result = byRecord.get(each.item.recordId)
    // A record that was merged away answers by its survivor's id, and stays what it was.
    if (result?.kind === 'stored')
      stored.push({ ...result, remoteId: each.item.remoteId ?? result.remoteId, pushed: each })
    else
      failed.push({ pushed: each, failure: result?.failure ?? { kind: 'ambiguous', message: 'No result was given' } })
  }
  const { id } = connection.row
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await renew(tx, ctx, lease)
    const { mine, others } = await partOthers(tx, ctx, id, kind, stored)
    const plan = planFailures(ctx.now, [...failed, ...others], works || mine.length > 0)
    const agreed = mine.map(({ pushed: { item }, remoteId, version, there }) => {
      const said = Object.fromEntries(item.changed.map(field => [field, item.values[field] ?? null]))
      // Messages are told, and never heard of again.
      const kept = there || kind === 'message' ? null : said
      return { recordId: item.recordId, remoteId, base: there ?? said, remoteVersion: version, said: kept }
    })
    const moved = await movedOn(tx, ctx, connection, kind, mine)
    const isTold = (each: Stored) => !each.there && !moved.has(each.pushed.item.recordId)
    const told = mine.filter(isTold).map(each => each.pushed.row)
    const again = mine.flatMap(each => (isTold(each) ? [] : [{ id: each.pushed.row.id, availableAt: ctx.now }]))
    await Promise.all([
      keepAccount(tx, connection),
      agreed.length > 0 ? saveAgreed(tx, id, kind, agreed, ctx.now) : null,
      clearOutbox(tx, [...told, ...plan.buried.map(each => each.pushed.row)]),
      plan.unsent.length > 0 ? clearPushing(tx, id, kind, plan.unsent) : null,
      plan.unsaid.length > 0 ? unsayPushing(tx, id, kind, plan.unsaid) : null,
      plan.gone.length > 0 ? takeGone(tx, ctx, connection, kind, plan.gone) : null,
      plan.postponed.length > 0 ? postponeOutbox(tx, plan.postponed) : null,
      plan.deferred.length + again.length > 0 ? deferOutbox(tx, [...plan.deferred, ...again]) : null,
      plan.quietUntil ? quietLimiter(tx, id, plan.quietUntil) : null,
      plan.stop ? stopConnection(tx, ctx, connection.row, plan.stop.message) : null,
    ])
    for (const {
      pushed: { item },
      failure,
    } of plan.buried) {
      await buryPush(tx, ctx, { connectionId: id, kind, recordId: item.recordId, values: item.values, failure })
    }
    // Theirs may have been heard while it was under way, and which of the two they hold is not known.
    const crossed = mine.flatMap(({ there, pushed: { item } }) =>
      !there && moved.has(item.recordId) ? [item.recordId] : [],
    )
    if (crossed.length > 0) await doubtLinks(tx, id, kind, crossed)
    const recordIds = mine.map(each => each.pushed.item.recordId)
    if (recordIds.length > 0) await settleLetters(tx, ctx, id, kind, recordIds)
    return { stop: plan.stop, refusedUntil: plan.refusedUntil, stored: mine.length > 0 }
  })
}

/** What a person is asked about is held when it is tried again. */
function takeGone(tx: Tx, ctx: SyncContext, connection: OpenConnection, kind: ObjectKind, recordIds: string[]) {
  if (kind === 'message') return forgetLinks(tx, connection.row.id, kind, recordIds)
  return takeDeleted(tx, ctx, connection, kind, recordIds)
}

/**
 * Records that say something else by now than was said: this connection itself may have changed them while the push was
 * under way, and is told of that by nobody. What the inbox did not take of theirs is among them.
 */
async function movedOn(tx: Tx, ctx: SyncContext, connection: OpenConnection, kind: ObjectKind, stored: Stored[]) {
  const moved = new Set<string>()
  if (kind === 'message' || stored.length === 0) return moved
  const ids = stored.map(({ pushed }) => pushed.item.recordId)
  const records = await loadRecords(tx, kind, ids, ctx.workspaceId)
  for (const { pushed } of stored) {
    const { recordId, values } = pushed.item
    const ours = records.get(recordId)
    if (ours && differing(toRemote(connection, ours, values).values, values).length > 0) moved.add(recordId)
  }
  return moved
}

type Refused = { connectionId: string; kind: ObjectKind; recordId: string; values: RemoteValues; failure: Failure }

/** The record is not tried again until somebody takes up its letter, or changes it. */
export function buryPush(tx: Tx, ctx: SyncContext, refused: Refused): Promise<void> {
  const { connectionId, kind, recordId, failure } = refused
  const place = pushPlace(connectionId, kind, recordId)
  const letter = { id: newId(), workspaceId: ctx.workspaceId, place, cause: failure.message, item: refused }
  return storePushLetter(tx, letter, ctx.now)
}

/** What was refused once and is stored now is mended, and what hangs on it is told again. */
async function settleLetters(tx: Tx, ctx: SyncContext, connectionId: string, kind: ObjectKind, recordIds: string[]) {
  const places = new Map(recordIds.map(recordId => [pushPlace(connectionId, kind, recordId), recordId]))
  const settled = await settlePushLetters(tx, [...places.keys()], ctx.now)
  const mended = settled.flatMap(place => places.get(place) ?? [])
  if (mended.length > 0 && kind !== 'message') await tellDependents(tx, ctx, connectionId, kind, mended)
}

/** Those that were refused because of these records are told again. */
export async function tellDependents(
  tx: Tx,
  ctx: SyncContext,
  connectionId: string,
  kind: 'contact' | 'ticket',
  recordIds: string[],
): Promise<void> {
  const dependents = await takeDependentLetters(tx, connectionId, kind, recordIds, ctx.now)
  if (dependents.length > 0) await tellAgain(tx, ctx.workspaceId, connectionId, [...dependents], ctx.now)
}

/** Put off by our own limiter, and for no longer than people are slow. */
function isMoment(failure: Failure): boolean {
  return failure.kind === 'retry after' && failure.message === ALLOWANCE_USED_UP && failure.afterMs <= MOMENT_MS
}

function planFailures(now: Date, failed: { pushed: Pushed; failure: Failure }[], othersStored: boolean) {
  const plan = {
    postponed: [] as { id: string; availableAt: Date; failure: Failure }[],
    /** Put off by our own limiter: no try of theirs. */
    deferred: [] as { id: string; availableAt: Date }[],
    buried: [] as { pushed: Pushed; failure: Failure }[],
    /** Records that our own limiter put off for a moment, and those of which certainly nothing was stored by this push. */
    unsent: [] as string[],
    unsaid: [] as string[],
    gone: [] as string[],
    refusedUntil: null as Date | null,
    quietUntil: null as Date | null,
    stop: null as Failure | null,
  }
  for (const { pushed, failure } of failed) {
    const { row, item } = pushed
    const later = (ms: number) =>
      plan.postponed.push({ id: row.id, availableAt: new Date(now.getTime() + ms), failure })
    const worn = row.attempts + 1 >= MAX_ATTEMPTS
    // What an earlier push may have stored stays unheard, whatever this one says.
    const maybeStored = failure.kind === 'ambiguous' || failure.maybeStored
    if (!maybeStored && !item.unheard) plan[isMoment(failure) ? 'unsent' : 'unsaid'].push(item.recordId)
    switch (failure.kind) {
      case 'retry after': {
        if (failure.message === ALLOWANCE_USED_UP) {
          plan.refusedUntil = new Date(now.getTime() + failure.afterMs)
          plan.deferred.push({ id: row.id, availableAt: plan.refusedUntil })
          break
        }
        if (failure.status === 429) plan.quietUntil = new Date(now.getTime() + Math.max(failure.afterMs, 1))
        later(Math.max(failure.afterMs, Math.min(backoffMs(row.attempts), LONGEST_WAIT_MS)))
        break
      }
      case 'ambiguous':
        // Where nothing at all is stored, it is the vendor's fault and not the record's.
        if (worn && othersStored) plan.buried.push({ pushed, failure })
        else later(backoffMs(row.attempts))
        break
      case 'rejected':
        plan.buried.push({ pushed, failure })
        break
      case 'gone':
        plan.gone.push(item.recordId)
        if (worn) plan.buried.push({ pushed, failure })
        else later(0)
        break
      case 'unauthorized':
        plan.stop = failure
        break
    }
  }
  return plan
}
