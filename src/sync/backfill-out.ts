/** Ours to the CRM, a slice at a time: whoever is there already is adopted, the others are told of in the lane of backfills. */
import { RemoteCallError, type Sought } from '../connectors/contract.ts'
import { kindsInOrder, type WalkCursor } from '../core/backfill.ts'
import type { ContactRecord } from '../core/contact.ts'
import type { BackfillRow } from '../db/backfills.ts'
import { linksOf } from '../db/links.ts'
import { countLane, queueOutbox } from '../db/outbox.ts'
import { contactRecords } from '../db/records.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { walkRecords } from '../db/walk-records.ts'
import { adopt, type Pair } from './adopt.ts'
import type { SliceDone } from './backfill.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'
import { pieces } from './plan.ts'

/** Records of a slice: five of HubSpot's batches. */
const SLICE = 500

/** Never more than this waits in the outbox, whatever the size of the history. */
const MOST_WAITING = 1_000

/** How long a full outbox is given; ms. */
const FULL_MS = 2_000

export async function backfillOut(ctx: SyncContext, connection: OpenConnection, row: BackfillRow): Promise<SliceDone> {
  const cursor = row.cursor as WalkCursor
  const { id: connectionId } = connection.row
  const { db, workspaceId, now } = ctx
  const slice = await inWorkspace(db, workspaceId, async tx => {
    const waiting = await countLane(tx, connectionId, 'backfill')
    return waiting + SLICE > MOST_WAITING ? null : walkRecords(tx, datesOf(row), cursor, SLICE)
  })
  if (!slice) return { cursor, afterMs: FULL_MS }
  const found = cursor.kind === 'contact' ? await findAndAdopt(ctx, connection, slice.ids) : ALL
  // As far as the search went: the rest is the next slice.
  const ids = found.refusedMs === null ? slice.ids : slice.ids.slice(0, found.asked)
  const part =
    found.refusedMs === null
      ? slice
      : await inWorkspace(db, workspaceId, tx => walkRecords(tx, datesOf(row), cursor, found.asked))
  const done = new Set(found.adopted.map(pair => pair.recordId))
  const records = ids.filter(id => !done.has(id)).map(recordId => ({ kind: cursor.kind, recordId }))
  const queued =
    records.length === 0
      ? 0
      : await inWorkspace(db, workspaceId, tx => queueOutbox(tx, workspaceId, connectionId, records, 'backfill', now))
  return {
    ...{ seen: ids.length, adopted: found.adopted.length, queued, afterMs: found.refusedMs ?? 0 },
    cursor: part.cursor ?? nextKind(row, cursor),
  }
}

/** `asked`: how many were looked for, when a later search was refused for so long; all, where none was. */
type Sighted = { adopted: Pair[]; asked: number; refusedMs: number | null }
const ALL: Sighted = { adopted: [], asked: 0, refusedMs: null }

/** Looked for at once: a CRM allows few searches a second, and one that is refused is made anew from the beginning. */
const SOUGHT = 10

/** Contacts of ours that are there already, by key, number or e-mail: linked. Throws `RemoteCallError` where not even the first was looked for. */
export async function findAndAdopt(
  ctx: SyncContext,
  connection: OpenConnection,
  recordIds: string[],
): Promise<Sighted> {
  const { connector, remote, row } = connection
  const find = connector.contact.find?.bind(connector.contact)
  if (!find || recordIds.length === 0) return ALL
  const sought = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const links = await linksOf(tx, row.id, 'contact', recordIds)
    const linked = new Set(links.filter(link => link.remoteId !== null || link.pushing).map(link => link.recordId))
    const records = await contactRecords(
      tx,
      recordIds.filter(id => !linked.has(id)),
    )
    return new Map(records.map(record => [record.id, toSought(record)]))
  })
  const adopted: Pair[] = []
  for (const [nth, part] of pieces(recordIds, SOUGHT).entries()) {
    const some = part.flatMap(id => sought.get(id) ?? [])
    if (some.length === 0) continue
    try {
      adopted.push(...(await adopt(ctx, connection, 'contact', await find(remote, some))))
    } catch (error) {
      if (nth === 0 || !(error instanceof RemoteCallError) || error.failure.kind !== 'retry after') throw error
      return { adopted, asked: nth * SOUGHT, refusedMs: error.failure.afterMs }
    }
  }
  return { adopted, asked: recordIds.length, refusedMs: null }
}

function toSought({ id, waKey, phone, email }: ContactRecord): Sought {
  return { recordId: id, waKey, phones: phone ? [phone] : [], email }
}

/** The row's dates are text in jsonb. */
function datesOf({ scope }: BackfillRow) {
  return { ...scope, since: scope.since === null ? null : new Date(scope.since) }
}

function nextKind({ scope }: BackfillRow, { kind }: WalkCursor): WalkCursor | null {
  const kinds = kindsInOrder(scope)
  const next = kinds[kinds.indexOf(kind) + 1]
  return next ? { kind: next, at: null, id: null, message: null } : null
}
