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
  /** Until when a stream of events beside it is held open; null where none was. */
  streamUntil: Date | null
  streamError: string | null
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

/** Of all active connections of these connectors, over all workspaces, whenever they are due. */
export function feedsOf(sql: Queryable, connectors: string[]) {
  return sql<{ workspaceId: string; connectionId: string }[]>`
    select workspace_id, connection_id from due_feeds('infinity', ${connectors}::text[])`
}

/**
 * Takes the stream of events beside a feed for the process `by`. Undefined while another has it, or before the feed was begun;
 * `position`: where it was left.
 */
export async function takeStream(
  tx: Tx,
  { connectionId, by }: StreamHolder,
  now: Date,
  until: Date,
): Promise<{ position: string | null } | undefined> {
  const [row] = await tx<{ position: string | null }[]>`
    update remote_feeds set stream_by = ${by}, stream_until = ${until}
    where connection_id = ${connectionId} and (stream_until is null or stream_until <= ${now} or stream_by = ${by})
    returning stream_position as position`
  return row
}

export type StreamHolder = { connectionId: string; by: string }

/** Holds it on, and moves it to `position` where one is given. False: another process has taken over. */
export async function keepStream(
  tx: Tx,
  { connectionId, by }: StreamHolder,
  until: Date,
  place?: { position: string | null },
): Promise<boolean> {
  const rows = await tx`
    update remote_feeds set stream_until = ${until}, stream_error = null,
      stream_position = case when ${place !== undefined} then ${place?.position ?? null} else stream_position end
    where connection_id = ${connectionId} and stream_by = ${by} returning 1`
  return rows.length > 0
}

/** Gives it up, and says why where it broke. From then on the feed alone brings the news. */
export function endStream(tx: Tx, { connectionId, by }: StreamHolder, error: string | null) {
  return tx`
    update remote_feeds set stream_by = null, stream_until = null, stream_error = ${error}
    where connection_id = ${connectionId} and stream_by = ${by}`
}
