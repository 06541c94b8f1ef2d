/** Ours to the CRM, a slice at a time: whoever is there already is adopted, the others are told of in the lane of backfills. */
import type { Sought } from '../connectors/contract.ts'
import { kindsInOrder, type WalkCursor } from '../core/backfill.ts'
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
  const adopted = cursor.kind === 'contact' ? await findAndAdopt(ctx, connection, slice.ids) : []
  const done = new Set(adopted.map(pair => pair.recordId))
  const records = slice.ids.filter(id => !done.has(id)).map(recordId => ({ kind: cursor.kind, recordId }))
  const queued =
    records.length === 0
      ? 0
      : await inWorkspace(db, workspaceId, tx => queueOutbox(tx, workspaceId, connectionId, records, 'backfill', now))
  return {
    ...{ seen: slice.ids.length, adopted: adopted.length, queued, afterMs: 0 },
    cursor: slice.cursor ?? nextKind(row, cursor),
  }
}

/** Contacts of ours that are there already, by key, number or e-mail. Answers those that were linked. */
export async function findAndAdopt(ctx: SyncContext, connection: OpenConnection, recordIds: string[]): Promise<Pair[]> {
  const { connector, remote, row } = connection
  const find = connector.contact.find?.bind(connector.contact)
  if (!find || recordIds.length === 0) return []
  const sought = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const links = await linksOf(tx, row.id, 'contact', recordIds)
    const linked = new Set(links.filter(link => link.remoteId !== null || link.pushing).map(link => link.recordId))
    const records = await contactRecords(
      tx,
      recordIds.filter(id => !linked.has(id)),
    )
    return records.map(
      ({ id, waKey, phone, email }): Sought => ({
        ...{ recordId: id, waKey, phones: phone ? [phone] : [], email },
      }),
    )
  })
  if (sought.length === 0) return []
  return adopt(ctx, connection, 'contact', await find(remote, sought))
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
