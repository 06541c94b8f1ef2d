/**
 * Contacts that people made one here, made one in the CRM too, where it can and the connection lets it. Until then, and where
 * not, both records stay: what is said of either is heard, and only the survivor's is told.
 */
import type { MergeResult } from '../connectors/contract.ts'
import type { Failure } from '../core/failure.ts'
import type { Tx } from '../db/client.ts'
import { type DueMerge, setRemoteOutcome, survivorOf } from '../db/contact-merges.ts'
import { openPushLetters, pushPlace } from '../db/ledger-views.ts'
import { quietLimiter } from '../db/limiters.ts'
import { giveLinks, type LinkRow, linksByRemote, linksOf, relink, swapLinks } from '../db/links.ts'
import { clearOutbox, deferOutbox, postponeOutbox, queueOutbox, tellConnections } from '../db/outbox.ts'
import { heldRecords } from '../db/round-trips.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, type OpenConnection } from './open-connection.ts'
import { isOutage, twice } from './outage.ts'
import { backoffMs, buryPush } from './record-results.ts'
import { stopConnection } from './stop-connection.ts'

/** How long the survivor is given to be stored there first; ms. */
const SURVIVOR_MS = 5_000

/** Returns the failure that stops the whole connection, if there was one. */
export async function mergeThere(
  ctx: SyncContext,
  connection: OpenConnection,
  due: DueMerge[],
): Promise<Failure | null> {
  for (const row of due) {
    const pair = await inWorkspace(ctx.db, ctx.workspaceId, tx => pairOf(tx, ctx, connection, row))
    if (!pair) continue
    const { survivor, merged } = pair
    const result = await connection.connector.contact.merge?.(connection.remote, {
      survivor: survivor.remoteId,
      merged: merged.remoteId,
    })
    const keep = (outcome: MergeResult | undefined) =>
      inWorkspace(ctx.db, ctx.workspaceId, async tx => {
        await keepAccount(tx, connection)
        if (outcome?.kind === 'failed') return putOff(tx, ctx, connection, row, outcome.failure)
        if (outcome) await follow(tx, survivor, outcome.remoteId)
        if (outcome?.kind === 'merged') await setRemoteOutcome(tx, row.recordId, connection.row.id, 'merged')
        await clearOutbox(tx, [row])
        return null
      })
    const stop = await twice(() => keep(result)).catch(error => {
      if (isOutage(error)) throw error
      // It holds up nobody else.
      const message = `That they are one there could not be kept: ${error instanceof Error ? error.message : error}`
      return keep({ kind: 'failed', failure: { kind: 'rejected', message } })
    })
    if (stop) return stop
  }
  return null
}

type Linked = LinkRow & { remoteId: string }

/**
 * The survivor has moved there. Who had that id and is the same person takes the old one, by which what comes late is still known; where
 * somebody else has it, because people there made one of all of them, each keeps their own, which leads there too.
 */
async function follow(tx: Tx, { connectionId, recordId }: Linked, remoteId: string) {
  const [survivor] = await linksOf(tx, connectionId, 'contact', [recordId])
  if (!survivor?.remoteId || survivor.remoteId === remoteId) return
  const [holder] = await linksByRemote(tx, connectionId, 'contact', [remoteId])
  if (!holder) await relink(tx, survivor.id, remoteId)
  else if ((await survivorOf(tx, holder.recordId)) === recordId) await swapLinks(tx, survivor, holder)
}

/** Nothing where there are no two records, or not yet. */
async function pairOf(
  tx: Tx,
  ctx: SyncContext,
  { row: { id: connectionId } }: OpenConnection,
  row: DueMerge,
): Promise<{ survivor: Linked; merged: Linked } | null> {
  const survivorId = await survivorOf(tx, row.recordId)
  const links = survivorId ? await linksOf(tx, connectionId, 'contact', [survivorId, row.recordId]) : []
  const survivor = links.find(link => link.recordId === survivorId)
  const merged = links.find(link => link.recordId === row.recordId)
  if (!survivorId || !merged?.remoteId) {
    await clearOutbox(tx, [row])
    return null
  }
  if (survivor && !survivor.remoteId && (await isSilent(tx, connectionId, survivorId))) {
    await Promise.all([clearOutbox(tx, [row]), setRemoteOutcome(tx, row.recordId, connectionId, 'apart')])
    return null
  }
  if (!survivor) {
    // It has lost its own meanwhile: this one is left.
    await giveLinks(tx, [merged.id], survivorId, ctx.now)
    await Promise.all([clearOutbox(tx, [row]), setRemoteOutcome(tx, row.recordId, connectionId, 'moved')])
    await tellConnections(tx, ctx.workspaceId, [{ kind: 'contact', recordId: survivorId }], ctx.now, null)
    return null
  }
  if (!survivor.remoteId) {
    // One that was deleted there, and not touched since, is made anew first.
    await queueOutbox(tx, ctx.workspaceId, connectionId, [{ kind: 'contact', recordId: survivorId }], 'live', ctx.now)
    await deferOutbox(tx, [{ id: row.id, availableAt: new Date(ctx.now.getTime() + SURVIVOR_MS) }])
    return null
  }
  return { survivor: { ...survivor, remoteId: survivor.remoteId }, merged: { ...merged, remoteId: merged.remoteId } }
}

/** Of whom nothing is told, because the push was refused or the CRM erased them, and will not be by itself. */
async function isSilent(tx: Tx, connectionId: string, contactId: string): Promise<boolean> {
  const [letters, held] = await Promise.all([
    openPushLetters(tx, [pushPlace(connectionId, 'contact', contactId)]),
    heldRecords(tx, connectionId, 'contact', [contactId]),
  ])
  return letters.length > 0 || held.size > 0
}

async function putOff(
  tx: Tx,
  ctx: SyncContext,
  { row: connection }: OpenConnection,
  row: DueMerge,
  failure: Failure,
): Promise<Failure | null> {
  const later = (ms: number) =>
    postponeOutbox(tx, [{ id: row.id, availableAt: new Date(ctx.now.getTime() + ms), failure }])
  switch (failure.kind) {
    case 'unauthorized':
      await stopConnection(tx, ctx, connection, failure.message)
      return failure
    case 'rejected': {
      const { recordId } = row
      await clearOutbox(tx, [row])
      await buryPush(tx, ctx, { connectionId: connection.id, kind: 'contact', recordId, values: {}, failure })
      return null
    }
    case 'retry after': {
      const blockedUntil = new Date(ctx.now.getTime() + Math.max(failure.afterMs, 1))
      if (failure.status === 429) await quietLimiter(tx, connection.id, blockedUntil)
      await later(Math.max(failure.afterMs, backoffMs(row.attempts)))
      return null
    }
    case 'ambiguous':
    case 'gone':
      await later(backoffMs(row.attempts))
      return null
  }
}
