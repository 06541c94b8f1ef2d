/** How far the feeds of CRMs have been read. */
import type { Queryable, Tx } from './client.ts'

export type FeedRow = {
  connectionId: string
  workspaceId: string
  cursor: string | null
  dueAt: Date
  readAt: Date | null
  changedAt: Date | null
  lostAt: Date | null
  error: string | null
}

export async function feedOf(sql: Queryable, connectionId: string): Promise<FeedRow | undefined> {
  const [row] = await sql<FeedRow[]>`select * from remote_feeds where connection_id = ${connectionId}`
  return row
}

/** Moves on only from where it was read: of two who read at once, one does. */
export async function saveFeed(tx: Tx, row: FeedRow, from: string | null): Promise<boolean> {
  const rows = await tx`
    insert into remote_feeds as f (connection_id, workspace_id, cursor, due_at, read_at, changed_at, lost_at, error)
    values (${row.connectionId}, ${row.workspaceId}, ${row.cursor}, ${row.dueAt}, ${row.readAt}, ${row.changedAt},
      ${row.lostAt}, ${row.error})
    on conflict (connection_id) do update set cursor = excluded.cursor, due_at = excluded.due_at,
      read_at = excluded.read_at, changed_at = excluded.changed_at, lost_at = excluded.lost_at, error = excluded.error
    where f.cursor is not distinct from ${from}
    returning 1`
  return rows.length > 0
}

/** At once, whenever it would have been: after a pause, or an outage. */
export function makeFeedDue(tx: Tx, connectionId: string, now: Date) {
  return tx`update remote_feeds set due_at = ${now} where connection_id = ${connectionId}`
}

/** Of active connections of these connectors, over all workspaces. */
export function dueFeeds(sql: Queryable, now: Date, connectors: string[]) {
  return sql<{ workspaceId: string; connectionId: string }[]>`
    select workspace_id, connection_id from due_feeds(${now}, ${connectors}::text[])`
}
