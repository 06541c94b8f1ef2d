/** Connections to CRMs, and their calls. */
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type ConnectionRow = {
  id: string
  workspaceId: string
  connector: string
  name: string
  credentials: string
  settings: unknown
  state: 'active' | 'paused' | 'unauthorized'
  stateReason: string | null
  nearMisses: number
  createdAt: Date
}

/** What a webhook needs before the workspace is known. */
export async function findConnection(sql: Queryable, id: string) {
  const [row] = await sql<{ id: string; workspaceId: string; connector: string; credentials: string }[]>`
    select id, workspace_id, connector, credentials from find_connection(${id})`
  return row
}

/** What waits to be told, and what of it failed before. */
export async function connectionCounts(sql: Queryable, id: string): Promise<{ waiting: number; failing: number }> {
  const [row] = await sql<{ waiting: number; failing: number }[]>`
    select count(*)::integer as waiting, (count(*) filter (where attempts > 0))::integer as failing
    from outbox where connection_id = ${id}`
  return row ?? { waiting: 0, failing: 0 }
}

export async function connectionById(sql: Queryable, id: string) {
  const [row] = await sql<ConnectionRow[]>`select * from connections where id = ${id}`
  return row
}

/** For what may be under way but once. */
export function lockConnection(tx: Tx, id: string) {
  return tx`select 1 from connections where id = ${id} for update`
}

/** Over all workspaces, ids only. */
export function activeConnections(sql: Queryable) {
  return sql<
    { workspaceId: string; connectionId: string }[]
  >`select workspace_id, connection_id from active_connections()`
}

export function listConnections(sql: Queryable) {
  return sql<(ConnectionRow & { waiting: number; failing: number })[]>`
    select c.*, (select count(*)::integer from outbox o where o.connection_id = c.id) as waiting,
      (select count(*)::integer from outbox o where o.connection_id = c.id and o.attempts > 0) as failing
    from connections c order by c.created_at, c.id`
}

export function insertConnection(sql: Queryable, row: ConnectionRow) {
  return sql`
    insert into connections (id, workspace_id, connector, name, credentials, settings, state, near_misses, created_at)
    values (${row.id}, ${row.workspaceId}, ${row.connector}, ${row.name}, ${row.credentials},
      ${sql.json(row.settings as never)}, ${row.state}, 0, ${row.createdAt})`
}

export function setConnectionState(sql: Queryable, id: string, state: ConnectionRow['state'], reason: string | null) {
  return sql`update connections set state = ${state}, state_reason = ${reason} where id = ${id}`
}

/** These credentials are refused: whether that stopped it. Others, given meanwhile, are not; and a pause stays one. */
export async function refuseCredentials(sql: Queryable, { id, credentials }: ConnectionRow, reason: string) {
  const rows = await sql`
    update connections set state = 'unauthorized', state_reason = ${reason}
    where id = ${id} and credentials = ${credentials} and state = 'active' returning id`
  return rows.length > 0
}

/** What a reconnection replaces. */
export function saveConnection(sql: Queryable, row: ConnectionRow) {
  return sql`
    update connections set credentials = ${row.credentials}, settings = ${sql.json(row.settings as never)},
      state = ${row.state}, state_reason = ${row.stateReason}
    where id = ${row.id}`
}

export function countNearMiss(sql: Queryable, id: string, count: number) {
  return sql`update connections set near_misses = near_misses + ${count} where id = ${id}`
}

export type AttemptRow = {
  id: string
  workspaceId: string
  connectionId: string
  method: string
  path: string
  items: number | null
  /** Records of ours that the call named; null where it named none. */
  recordIds: string[] | null
  status: number | null
  durationMs: number
  answer: string | null
  at: Date
}

export function insertAttempts(sql: Queryable, rows: AttemptRow[]) {
  return sql`insert into attempts select * from jsonb_populate_recordset(null::attempts, ${jsonRows(sql, rows)})`
}

export type AttemptFilter = {
  connectionId: string | null
  status?: 'ok' | 'failed' | 'unanswered' | undefined
  /** A part of the address. */
  path?: string | undefined
  /** One of ours that the call named. */
  recordId?: string | undefined
}

export function listAttempts(
  sql: Queryable,
  { connectionId, status, path, recordId }: AttemptFilter,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  const like = path && `%${path.replace(/[\\%_]/g, '\\$&')}%`
  return sql<AttemptRow[]>`
    select * from attempts where true
      ${connectionId ? sql`and connection_id = ${connectionId}` : sql``}
      ${status === 'ok' ? sql`and status between 200 and 299` : sql``}
      ${status === 'failed' ? sql`and status not between 200 and 299` : sql``}
      ${status === 'unanswered' ? sql`and status is null` : sql``}
      ${like ? sql`and path like ${like}` : sql``}
      ${recordId ? sql`and record_ids @> array[${recordId}::uuid]` : sql``}
      ${page.after ? sql`and (at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by at desc, id desc limit ${page.limit}`
}
