/** History that is carried over, slice by slice. */
import type { Actor } from '../core/actor.ts'
import type { BackfillScope, WalkCursor } from '../core/backfill.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export const backfillStates = ['running', 'paused', 'done', 'cancelled', 'failed'] as const
export type BackfillState = (typeof backfillStates)[number]

export type BackfillRow = {
  id: string
  workspaceId: string
  connectionId: string
  direction: 'out' | 'in'
  scope: BackfillScope
  state: BackfillState
  dueAt: Date | null
  /** Out: a place among our records. In: the kind, and the connector's own word for a page. */
  cursor: WalkCursor | RemoteCursor | null
  total: number | null
  seen: number
  queued: number
  adopted: number
  created: number
  skipped: number
  error: string | null
  requestedBy: Actor
  requestedAt: Date
  updatedAt: Date
  finishedAt: Date | null
}

export type RemoteCursor = { kind: 'contact' | 'ticket'; page: string | null }

export function insertBackfill(tx: Tx, row: BackfillRow) {
  return tx`insert into backfills select * from jsonb_populate_recordset(null::backfills, ${jsonRows(tx, [row])})`
}

export async function backfillById(sql: Queryable, id: string): Promise<BackfillRow | undefined> {
  const [row] = await sql<BackfillRow[]>`select * from backfills where id = ${id}`
  return row
}

/** One at a time works on it, and a person may stop it meanwhile. */
export async function lockBackfill(tx: Tx, id: string): Promise<BackfillRow | undefined> {
  const [row] = await tx<BackfillRow[]>`select * from backfills where id = ${id} for update`
  return row
}

/** Those that are not over, of a connection. */
export function openBackfills(sql: Queryable, connectionId: string) {
  return sql<BackfillRow[]>`
    select * from backfills where connection_id = ${connectionId} and state in ('running', 'paused') order by requested_at`
}

export function listBackfills(
  sql: Queryable,
  connectionId: string | null,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<BackfillRow[]>`
    select * from backfills where true ${connectionId ? sql`and connection_id = ${connectionId}` : sql``}
      ${page.after ? sql`and (requested_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by requested_at desc, id desc limit ${page.limit}`
}

/** What one slice has brought, as far as nobody has stopped it meanwhile: its state and its time stay theirs then. */
export function saveBackfill(tx: Tx, row: BackfillRow) {
  const { state, dueAt, cursor, total, seen, queued, adopted, created, skipped, error, updatedAt, finishedAt } = row
  return tx`
    update backfills set cursor = ${cursor === null ? null : tx.json(cursor as never)}, total = ${total}, seen = ${seen},
      queued = ${queued}, adopted = ${adopted}, created = ${created}, skipped = ${skipped}, error = ${error},
      updated_at = ${updatedAt},
      state = case state when 'running' then ${state} else state end,
      due_at = case state when 'running' then ${dueAt}::timestamptz end,
      finished_at = case state when 'running' then ${finishedAt}::timestamptz else finished_at end
    where id = ${row.id}`
}

/** What a person says of it. */
export function setBackfillState(
  tx: Tx,
  id: string,
  { state, dueAt, finishedAt }: Pick<BackfillRow, 'state' | 'dueAt' | 'finishedAt'>,
  now: Date,
) {
  return tx`
    update backfills set state = ${state}, due_at = ${dueAt}, finished_at = ${finishedAt}, error = null, updated_at = ${now}
    where id = ${id}`
}

export function dueBackfills(sql: Queryable, now: Date) {
  return sql<{ workspaceId: string; backfillId: string }[]>`
    select workspace_id, backfill_id from due_backfills(${now})`
}
