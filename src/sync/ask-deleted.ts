/**
 * Records that somebody deleted there. Most CRMs keep what was deleted in a bin and ask twice; in a spreadsheet it is one key.
 * There a person is asked, and until they have answered, or the record is back, nothing of it is written: `preparePush` holds it.
 */
import { DELETED, DELETION, KEPT } from '../core/deletion.ts'
import type { MappedKind } from '../core/mapping/row.ts'
import type { Tx } from '../db/client.ts'
import { type ConflictRow, openConflicts, settleDeletions } from '../db/conflicts.ts'
import { forgetLinks, linksByRemote } from '../db/links.ts'
import { tellOnly } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { loadRecords, type SyncRecord } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'

/** Asks, or forgets what there was. Answers those of which a person is asked, or was: they are not told anew. */
export async function takeDeleted(
  tx: Tx,
  ctx: SyncContext,
  { row, connector }: OpenConnection,
  kind: MappedKind,
  recordIds: string[],
): Promise<Set<string>> {
  const records = connector.asksOfDeleted ? await loadRecords(tx, kind, recordIds, ctx.workspaceId) : new Map()
  const asked = recordIds.filter(id => records.has(id))
  const forgotten = recordIds.filter(id => !records.has(id))
  const news = asked.filter(id => !isDeleted(records.get(id), row.id))
  if (news.length > 0)
    await openConflicts(
      tx,
      news.map(id => questionOf(ctx, row.id, kind, id)),
    )
  if (forgotten.length > 0) await forgetLinks(tx, row.id, kind, forgotten)
  return new Set(asked)
}

/** Somebody deleted it there, and nobody has had it written again. */
export function isDeleted(record: SyncRecord | undefined, connectionId: string): boolean {
  if (!record || record.kind === 'message') return false
  return record.inConflict?.some(each => each.connectionId === connectionId && each.field === DELETION) ?? false
}

function questionOf(ctx: SyncContext, connectionId: string, kind: MappedKind, recordId: string): ConflictRow {
  return {
    ...{ id: newId(), workspaceId: ctx.workspaceId, connectionId, kind, recordId, field: DELETION },
    ...{ base: KEPT, ours: KEPT, theirs: DELETED, oursBy: null, oursAt: null, theirsBy: null },
    ...{ theirsAt: ctx.now, openedAt: ctx.now, state: 'open', decision: null, decided: null },
    ...{ decidedAt: null, decidedBy: null },
  }
}

/** Touched records that are there again, because somebody took the deletion back: nobody is asked any more. Throws `RemoteCallError`. */
export async function closeReturned(
  ctx: SyncContext,
  connection: OpenConnection,
  touched: { object: MappedKind; remoteId: string }[],
): Promise<void> {
  if (!connection.connector.asksOfDeleted) return
  const { id } = connection.row
  for (const kind of ['contact', 'ticket'] as const) {
    const ids = touched.filter(({ object }) => object === kind).map(({ remoteId }) => remoteId)
    if (ids.length === 0) continue
    const away = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const links = await linksByRemote(tx, id, kind, ids)
      const recordIds = links.map(({ recordId }) => recordId)
      const records = await loadRecords(tx, kind, recordIds, ctx.workspaceId)
      return links.filter(({ recordId }) => isDeleted(records.get(recordId), id))
    })
    if (away.length === 0) continue
    const asked = away.flatMap(({ remoteId }) => remoteId ?? [])
    const there = new Set((await connection.connector[kind].read(connection.remote, asked)).map(each => each.remoteId))
    const back = away.filter(({ remoteId }) => there.has(remoteId ?? ''))
    await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      for (const { recordId } of back) {
        await settleDeletions(tx, id, recordId, ctx.now)
        // What changed here meanwhile was held.
        await tellOnly(tx, ctx.workspaceId, [id], { kind, recordId }, ctx.now)
      }
    })
  }
}
