/**
 * Takes in what a CRM said by webhook, or in its feed: replies are sent on, records that were touched are read again in batches, judged
 * (echo, stale, real), merged field by field, and carried out by the inbox's verbs with the connection as actor.
 */
import { RemoteCallError, type RemoteChange } from '../connectors/contract.ts'
import { pairOf } from '../core/contact-merge.ts'
import { insertSuggestions } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { connectionById } from '../db/connections.ts'
import { survivorsOf } from '../db/contact-merges.ts'
import { pendingOfSource, settleDeliveries, storeDeadLetter } from '../db/deliveries.ts'
import { forgetLinks, type LinkRow, linksByRemote, linksThatHeld, relink } from '../db/links.ts'
import { nextOutboxAt } from '../db/outbox.ts'
import { makeFeedDue } from '../db/remote-feeds.ts'
import { holdErased } from '../db/round-trips.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { forgetDeleted, reviveRestored } from './apply-deleted.ts'
import { applyNote } from './apply-note.ts'
import { applyReply } from './apply-reply.ts'
import { applyTouched, type Touched } from './apply-touched.ts'
import { closeReturned } from './ask-deleted.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { isOutage, twice } from './outage.ts'
import { stopConnection } from './stop-connection.ts'
import { changesIn, joined } from './told.ts'

/** Nothing left, or try again after a while. */
export type Applied = { kind: 'done'; deliveries: number } | { kind: 'retry after'; afterMs: number; reason: string }

/** A push gives its ids within the transport's deadline; ms. */
const TOO_EARLY_MS = 3_000

/** Deliveries of a pass; HubSpot puts up to 100 events in each. */
const PASS = 50

/** Nothing is read while the connection is not active: its deliveries wait. */
export async function applyDeliveries(ctx: SyncContext, connectionId: string): Promise<Applied> {
  let deliveries = 0
  for (;;) {
    const { row, pending } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const row = await connectionById(tx, connectionId)
      if (row?.state !== 'active') return { row, pending: [] }
      return { row, pending: await pendingOfSource(tx, `${row.connector}:${row.id}`, PASS) }
    })
    if (!row || pending.length === 0) {
      if (deliveries > 0) await wakeOutbox(ctx, connectionId)
      return { kind: 'done', deliveries }
    }
    const connection = await openConnection(ctx, row)
    const said: Said[] = []
    for (const delivery of pending) said.push(...(await parse(ctx, connection, delivery)))
    try {
      if ((await apply(ctx, connection, said)) === 'too early') {
        return { kind: 'retry after', afterMs: TOO_EARLY_MS, reason: 'A push whose ids are not known yet is under way' }
      }
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      const { failure } = error
      if (failure.kind === 'unauthorized') {
        await inWorkspace(ctx.db, ctx.workspaceId, tx => stopConnection(tx, ctx, row, failure.message))
        return { kind: 'done', deliveries }
      }
      return { kind: 'retry after', afterMs: 'afterMs' in failure ? failure.afterMs : 30_000, reason: failure.message }
    } finally {
      await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
    }
    const ids = pending.map(delivery => delivery.id)
    await settleDeliveries(ctx.db, ids, ctx.workspaceId, ctx.now)
    deliveries += pending.length
  }
}

/** What waited for theirs to be heard. */
async function wakeOutbox(ctx: SyncContext, connectionId: string) {
  const at = await inWorkspace(ctx.db, ctx.workspaceId, tx => nextOutboxAt(tx, connectionId))
  if (!at || at > ctx.now) return
  await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId: ctx.workspaceId, connectionId } }])
}

/** A change and the delivery it came in, which is opened again when its dead letter is replayed. */
type Said = { deliveryId: string; change: RemoteChange }

/** A body that is not what the vendor sends becomes a dead letter; the others go on. */
async function parse(
  ctx: SyncContext,
  connection: OpenConnection,
  delivery: { id: string; body: string; receivedAt: Date },
): Promise<Said[]> {
  try {
    const body: unknown = JSON.parse(delivery.body)
    if (connection.connector.webhook?.rings?.(body)) await readFeedNow(ctx, connection)
    return changesIn(connection, body, delivery.receivedAt).map(change => ({ deliveryId: delivery.id, change }))
  } catch (error) {
    await bury(ctx, delivery.id, '', causeOf(error), null)
    return []
  }
}

/**
 * Replies, deletions and merges in their order, then records: each touched one is read once, however often it was named.
 * A change that cannot be carried out becomes a dead letter of its delivery, and the others go on.
 */
async function apply(ctx: SyncContext, connection: OpenConnection, said: Said[]): Promise<'applied' | 'too early'> {
  const touched = new Map<string, Touched>()
  const deleted = new Map<string, Touched>()
  for (const { deliveryId, change } of said) {
    if (change.kind === 'deleted') {
      const { object, remoteId, at } = change
      deleted.set(`${object} ${remoteId}`, { deliveryId, object, remoteId, at, byUs: false, values: {} })
      continue
    }
    if (change.kind === 'touched') {
      const key = `${change.object} ${change.remoteId}`
      touched.set(key, joined(touched.get(key), { ...change, deliveryId }))
      continue
    }
    const place = placeOf(change)
    try {
      const outcome = await twice(() => applyChange(ctx, connection, change))
      if (outcome.kind === 'nobody') await bury(ctx, deliveryId, place, outcome.cause, change)
    } catch (error) {
      if (isOutage(error)) throw error
      await bury(ctx, deliveryId, place, causeOf(error), change)
    }
  }
  for (const each of await forgetDeleted(ctx, connection, [...deleted.values()])) {
    const key = `${each.object} ${each.remoteId}`
    touched.set(key, joined(touched.get(key), each))
  }
  if (touched.size === 0) return 'applied'
  await reviveRestored(ctx, connection, [...touched.values()])
  await closeReturned(ctx, connection, [...touched.values()])
  const { early, broken } = await applyTouched(ctx, connection, [...touched.values()])
  for (const { touched, error } of broken) {
    const { deliveryId, ...change } = touched
    await bury(ctx, deliveryId, placeOf({ kind: 'touched', ...change }), causeOf(error), change)
  }
  return early ? 'too early' : 'applied'
}

/** Were the event lost, the sweep would find it due. */
async function readFeedNow(ctx: SyncContext, { row }: OpenConnection) {
  await inWorkspace(ctx.db, ctx.workspaceId, tx => makeFeedDue(tx, row.id, ctx.now))
  await ctx.emit([{ name: 'sync/feed.due', data: { workspaceId: ctx.workspaceId, connectionId: row.id } }])
}

type Change = Exclude<RemoteChange, { kind: 'touched' | 'deleted' }>

async function applyChange(
  ctx: SyncContext,
  connection: OpenConnection,
  change: Change,
): Promise<{ kind: 'handed on' | 'noted' } | { kind: 'nobody'; cause: string }> {
  if (change.kind === 'reply') return applyReply(ctx, connection, change)
  if (change.kind === 'note') {
    await applyNote(ctx, connection, change)
    return { kind: 'noted' }
  }
  const { id: connectionId } = connection.row
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (change.kind === 'erased') {
      await keepErased(tx, ctx, connectionId, change)
      return
    }
    await followMerge(tx, ctx, connectionId, change)
  })
  return change.kind === 'erased' ? { kind: 'nobody', cause: ERASED } : { kind: 'noted' }
}

const ERASED = 'The CRM erased this person for good, at their own request or as the law asks: erase them here too'

/**
 * Nothing of whom the CRM erased is told there any more, until a person releases them: whichever came first, this or the news of
 * their deletion.
 */
async function keepErased(
  tx: Tx,
  { workspaceId, now }: SyncContext,
  connectionId: string,
  { object: kind, remoteId, at }: Extract<RemoteChange, { kind: 'erased' }>,
) {
  const links = await linksThatHeld(tx, connectionId, kind, [remoteId])
  const held = links.map(({ recordId }) => ({ id: newId(), workspaceId, connectionId, kind, recordId }))
  await holdErased(tx, held, { at, now })
  const there = links.filter(link => link.remoteId === remoteId).map(link => link.recordId)
  await forgetLinks(tx, connectionId, kind, there)
}

/**
 * Somebody made one of records there. Two of ours cannot both be the survivor's counterpart: the one that stays there first
 * is, the others keep their old ids, which lead to it too; and that our contacts are one person is suggested.
 */
async function followMerge(
  tx: Tx,
  ctx: SyncContext,
  connectionId: string,
  { object, remoteId, mergedIds, at }: Extract<RemoteChange, { kind: 'merged' }>,
) {
  const ids = [remoteId, ...mergedIds]
  const place = (link: LinkRow) => ids.indexOf(link.remoteId ?? '')
  const links = [...(await linksByRemote(tx, connectionId, object, ids))].sort((a, b) => place(a) - place(b))
  const recordIds = links.map(link => link.recordId)
  const became = object === 'contact' ? await survivorsOf(tx, recordIds) : new Map<string, string>()
  const isOwn = (link: LinkRow) => (became.get(link.recordId) ?? link.recordId) === link.recordId
  const first = links.find(isOwn) ?? links[0]
  if (first && !links.some(link => link.remoteId === remoteId)) await relink(tx, first.id, remoteId)
  const [person, ...others] = new Set(became.values())
  if (!person || others.length === 0) return
  const suggestions = others.map(other => ({
    ...{ id: newId(), workspaceId: ctx.workspaceId, ...pairOf(person, other), reason: 'merged in CRM' as const },
    ...{ source: { connectionId, remoteId }, at, createdAt: ctx.now, state: 'open' as const },
    ...{ decidedAt: null, decidedBy: null, mergeId: null },
  }))
  await insertSuggestions(tx, suggestions)
}

function placeOf(change: RemoteChange): string {
  return change.kind === 'reply' ? `reply ${change.remoteId}` : `${change.kind} ${change.object} ${change.remoteId}`
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function bury(ctx: SyncContext, deliveryId: string, place: string, cause: string, item: unknown) {
  const letter = {
    id: newId(),
    workspaceId: ctx.workspaceId,
    kind: 'webhook item' as const,
    deliveryId,
    place,
    cause,
    item,
  }
  await inWorkspace(ctx.db, ctx.workspaceId, tx => storeDeadLetter(tx, letter, ctx.now))
}
