/** What becomes of records that hang on others which are not there yet. */
import type { ObjectKind } from '../connectors/contract.ts'
import type { Failure } from '../core/failure.ts'
import type { Tx } from '../db/client.ts'
import { openPushLetters, pushPlace } from '../db/ledger-views.ts'
import { clearOutbox, deferOutbox, type OutboxRow, outboxOf, queueOutbox, raiseLane } from '../db/outbox.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'
import type { Waiting as WaitingFor } from './prepare-push.ts'
import { buryPush } from './record-results.ts'

type Waiting = WaitingFor<OutboxRow>

/** How long a record waits at least for the one it hangs on; ms. */
const PARENT_MS = 5_000

/**
 * A record whose parent waits to be told waits with it. One whose parent was refused is refused with it, until that is
 * mended. Else the parent was never told of, or was forgotten, and is told of now. A parent is as urgent as what hangs on it.
 */
export async function holdBack(
  tx: Tx,
  ctx: SyncContext,
  connection: OpenConnection,
  kind: ObjectKind,
  waiting: Waiting[],
) {
  const { id: connectionId } = connection.row
  const parents = new Map(waiting.flatMap(({ missing }) => missing).map(each => [placeOf(each), each]))
  const idsOf = (parentKind: 'contact' | 'ticket') =>
    [...parents.values()].flatMap(parent => (parent.kind === parentKind ? [parent.recordId] : []))
  const [contacts, tickets, letters] = await Promise.all([
    outboxOf(tx, connectionId, 'contact', idsOf('contact')),
    outboxOf(tx, connectionId, 'ticket', idsOf('ticket')),
    openPushLetters(tx, [...parents.keys()]),
  ])
  const dueAt = new Map([
    ...contacts.map(row => [placeOf({ kind: 'contact', recordId: row.recordId }), row.availableAt] as const),
    ...tickets.map(row => [placeOf({ kind: 'ticket', recordId: row.recordId }), row.availableAt] as const),
  ])
  const causes = new Map(letters.filter(({ place }) => !dueAt.has(place)).map(({ place, cause }) => [place, cause]))
  const [refused, deferred] = [[] as (Waiting & { failure: Failure })[], [] as { id: string; availableAt: Date }[]]
  const soon = ctx.now.getTime() + PARENT_MS
  for (const each of waiting) {
    const dead = each.missing.find(parent => causes.has(placeOf(parent)))
    if (dead) {
      const message = `Its ${dead.kind} was refused: ${causes.get(placeOf(dead))}`
      refused.push({ ...each, failure: { kind: 'rejected', message } })
      continue
    }
    const times = each.missing.map(parent => dueAt.get(placeOf(parent))?.getTime() ?? 0)
    deferred.push({ id: each.row.id, availableAt: new Date(Math.max(soon, ...times)) })
  }
  const urgent = waiting.filter(({ row }) => row.lane !== 'backfill').flatMap(({ missing }) => missing)
  const lane = urgent.length > 0 ? 'live' : 'backfill'
  const untold = [...parents].filter(([place]) => !dueAt.has(place) && !causes.has(place)).map(([, parent]) => parent)
  await Promise.all([
    untold.length > 0 ? queueOutbox(tx, ctx.workspaceId, connectionId, untold, lane, ctx.now) : null,
    deferOutbox(tx, deferred),
    urgent.length > 0 ? raiseLane(tx, connectionId, urgent) : null,
    clearOutbox(
      tx,
      refused.map(({ row }) => row),
    ),
  ])
  for (const { row, mapped, failure } of refused) {
    await buryPush(tx, ctx, { connectionId, kind, recordId: row.recordId, values: mapped.values, failure })
  }

  function placeOf(parent: { kind: 'contact' | 'ticket'; recordId: string }): string {
    return pushPlace(connectionId, parent.kind, parent.recordId)
  }
}
