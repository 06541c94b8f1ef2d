/**
 * The feed of changes. Rows are read in the order of their transactions, and only of those that are older than the oldest
 * one that still runs: nothing is ever added behind what was read, whatever the order of commits.
 */
import type { FeedCursor } from '../core/change.ts'
import type { Sight } from '../core/permissions.ts'
import type { Queryable, Tx } from './client.ts'
import { ofTicketInSight } from './sight.ts'

export type ChangeRow = {
  xid: bigint
  seq: bigint
  at: Date
  kind: string
  recordId: string
  ticketId: string | null
  detail: string | null
}

type Read = Omit<ChangeRow, 'xid' | 'seq'> & { xid: string; seq: string }

const settled = (sql: Queryable) => sql`xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`

export async function changesAfter(
  sql: Queryable,
  after: Pick<FeedCursor, 'xid' | 'seq'>,
  limit: number,
): Promise<ChangeRow[]> {
  const rows = await sql<Read[]>`
    select xid, seq, at, kind, record_id, ticket_id, detail from changes
    where (xid, seq) > (${String(after.xid)}::bigint, ${String(after.seq)}::bigint) and ${settled(sql)}
    order by xid, seq limit ${limit}`
  return rows.map(numbered)
}

/** With whether this person may hear of it: of a ticket they see, of a contact all; what has no ticket, those who see all. */
export async function changesFor(
  sql: Queryable,
  sees: Sight,
  after: FeedCursor,
  limit: number,
): Promise<(ChangeRow & { isSeen: boolean })[]> {
  const rows = await sql<(Read & { isSeen: boolean })[]>`
    select xid, seq, at, kind, record_id, ticket_id, detail,
      (kind like 'contact.%' or ${ofTicketInSight(sql, sees, 'c.ticket_id')}) as is_seen
    from changes c
    where (xid, seq) > (${String(after.xid)}::bigint, ${String(after.seq)}::bigint) and ${settled(sql)}
    order by xid, seq limit ${limit}`
  return rows.map(row => ({ ...numbered(row), isSeen: row.isSeen }))
}

/** Where a reader begins who wants to hear of what comes from now on. */
export async function endOfFeed(sql: Queryable): Promise<FeedCursor> {
  const [row] = await sql<{ xid: string; at: Date }[]>`
    select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text as xid, clock_timestamp() as at`
  return { xid: BigInt(row?.xid ?? 0), seq: 2n ** 63n - 1n, at: row?.at ?? new Date(0) }
}

/** Locks the place of a reader, so that one at a time goes on from it. Undefined where another has it, to one who `yields`. */
export async function lockCursor(
  tx: Tx,
  workspaceId: string,
  consumer: string,
  yields: boolean,
): Promise<{ xid: bigint; seq: bigint } | undefined> {
  await tx`
    insert into feed_cursors (workspace_id, consumer, xid, seq) values (${workspaceId}, ${consumer}, 0, 0)
    on conflict do nothing`
  const [row] = await tx<{ xid: string; seq: string }[]>`
    select xid, seq from feed_cursors where workspace_id = ${workspaceId} and consumer = ${consumer}
    for update ${yields ? tx`skip locked` : tx``}`
  return row && { xid: BigInt(row.xid), seq: BigInt(row.seq) }
}

export function moveCursor(tx: Tx, workspaceId: string, consumer: string, { xid, seq }: { xid: bigint; seq: bigint }) {
  return tx`
    update feed_cursors set xid = ${String(xid)}::bigint, seq = ${String(seq)}::bigint
    where workspace_id = ${workspaceId} and consumer = ${consumer}`
}

/** Workspaces in which this reader has something left to read. */
export function workspacesBehind(sql: Queryable, consumer: string) {
  return sql<{ workspaceId: string }[]>`select workspaces_behind as workspace_id from workspaces_behind(${consumer})`
}

export function trimChanges(sql: Queryable, before: Date) {
  return sql`select trim_changes(${before})`
}

function numbered<R extends Read>(row: R): ChangeRow {
  const { at, kind, recordId, ticketId, detail } = row
  return { xid: BigInt(row.xid), seq: BigInt(row.seq), at, kind, recordId, ticketId, detail }
}
