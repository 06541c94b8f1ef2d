/** What each connection has yet to hear of. */
import type { Lane } from '../core/lane.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type OutboxKind = 'contact' | 'ticket' | 'message'

/**
 * Tells every active or interrupted connection of these records, but the one that spoke. Ten changes to one record are
 * one row; its version grows so that a push under way does not clear what came after it. A connection whose mapping tells
 * when contacts last wrote is told of the contact of each message and ticket too: `contactId` names it where the record is
 * written by the same statement, which does not see it yet.
 */
export function tellConnections(
  tx: Tx,
  workspaceId: string,
  records: { kind: OutboxKind; recordId: string; contactId?: string }[],
  now: Date,
  except: string | null,
) {
  return tx<{ connectionId: string }[]>`
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
    with named as (
      select * from unnest(${records.map(record => record.kind)}::text[],
        ${records.map(record => record.recordId)}::uuid[],
        ${records.map(record => record.contactId ?? null)}::uuid[]) as r (kind, record_id, contact_id)
    ), followed as (
      select kind, record_id, false as is_beside from named
      union all select 'contact', contact_id, true from named where contact_id is not null
      union all select 'contact', t.contact_id, true from named n join tickets t on t.id = n.record_id
        where n.kind = 'ticket' and (select bool_or(tells_activity) from connections)
    ), records as (
      select kind, record_id, bool_and(is_beside) as is_beside from followed group by kind, record_id
    )
    select gen_random_uuid(), ${workspaceId}, c.id, r.kind, r.record_id, 1, ${now}, ${now}, 0
    from connections c, records r
    where c.id is distinct from ${except}::uuid and (not r.is_beside or c.tells_activity)
    on conflict (connection_id, kind, record_id) do update set version = outbox.version + 1, dirty_at = excluded.dirty_at,
      lane = 'live'
    returning connection_id`
}

/** Tells one connection anew of records it refused before, as if it had never failed on them. */
export function tellAgain(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  records: { kind: OutboxKind; recordId: string }[],
  now: Date,
) {
  return tx`
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
    select gen_random_uuid(), ${workspaceId}, ${connectionId}, r.kind, r.record_id, 1, ${now}, ${now}, 0
    from unnest(${records.map(record => record.kind)}::text[], ${records.map(record => record.recordId)}::uuid[])
      as r (kind, record_id)
    on conflict (connection_id, kind, record_id) do update set version = outbox.version + 1,
      available_at = excluded.available_at, attempts = 0, lane = 'live'`
}

/** Tells these connections alone. */
export function tellOnly(
  tx: Tx,
  workspaceId: string,
  connectionIds: string[],
  record: { kind: OutboxKind; recordId: string },
  now: Date,
) {
  return tx`
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
    select gen_random_uuid(), ${workspaceId}, c, ${record.kind}, ${record.recordId}, 1, ${now}, ${now}, 0
    from unnest(${connectionIds}::uuid[]) as c
    on conflict (connection_id, kind, record_id) do update set version = outbox.version + 1, dirty_at = excluded.dirty_at,
      lane = 'live'`
}

/** Tells of a private note the connections that are set to carry them, but the one that spoke; they hear of it among the messages. */
export function tellOfNote(tx: Tx, workspaceId: string, noteId: string, now: Date, except: string | null) {
  return tx<{ connectionId: string }[]>`
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
    select gen_random_uuid(), ${workspaceId}, c.id, 'message', ${noteId}, 1, ${now}, ${now}, 0
    from connections c where c.settings ->> 'sendNotes' = 'true' and c.id is distinct from ${except}::uuid
    on conflict (connection_id, kind, record_id) do nothing
    returning connection_id`
}

/**
 * Has one connection look at these records, in a lane of their own: nothing of ours has changed, so nothing of theirs gives way
 * to it. What waits already stays as it is. Answers how many were put there.
 */
export async function queueOutbox(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  records: { kind: OutboxKind; recordId: string }[],
  lane: Lane,
  now: Date,
): Promise<number> {
  const rows = await tx`
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts, lane)
    select gen_random_uuid(), ${workspaceId}, ${connectionId}, r.kind, r.record_id, 1, 'epoch', ${now}, 0, ${lane}
    from unnest(${records.map(record => record.kind)}::text[], ${records.map(record => record.recordId)}::uuid[])
      as r (kind, record_id)
    on conflict (connection_id, kind, record_id) do nothing returning 1`
  return rows.length
}

/** Has one connection look at a record once more, also after a push of it that is under way. Nothing of ours has changed. */
export function lookAgain(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { kind, recordId }: { kind: OutboxKind; recordId: string },
  now: Date,
) {
  return tx`
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
    values (gen_random_uuid(), ${workspaceId}, ${connectionId}, ${kind}, ${recordId}, 1, 'epoch', ${now}, 0)
    on conflict (connection_id, kind, record_id) do update set version = outbox.version + 1`
}

/** What somebody waits for is no longer a part of what is carried over in bulk. */
export function raiseLane(tx: Tx, connectionId: string, records: { kind: OutboxKind; recordId: string }[]) {
  return tx`
    update outbox o set lane = 'live'
    from unnest(${records.map(record => record.kind)}::text[], ${records.map(record => record.recordId)}::uuid[])
      as r (kind, record_id)
    where o.connection_id = ${connectionId} and o.kind = r.kind and o.record_id = r.record_id and o.lane = 'backfill'`
}

/** The other way about: what was told in the course of such work waits until live is served. */
export function lowerLane(tx: Tx, connectionId: string, kind: OutboxKind, recordIds: string[], dirtyAt: Date) {
  return tx`
    update outbox set lane = 'backfill'
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[]) and attempts = 0
      and dirty_at = ${dirtyAt} and version = 1`
}

/** Nobody is told of this record any more. */
export function untell(tx: Tx, kind: OutboxKind, recordId: string) {
  return tx`delete from outbox where kind = ${kind} and record_id = ${recordId}`
}

export type OutboxRow = {
  id: string
  connectionId: string
  kind: OutboxKind
  recordId: string
  version: number
  attempts: number
  lane: Lane
}

/** Oldest first. One flush at a time works on a connection, so nothing needs to be locked. */
export function dueOutbox(
  sql: Queryable,
  connectionId: string,
  { lane, kind }: { lane: Lane; kind: OutboxKind },
  now: Date,
  limit: number,
) {
  return sql<OutboxRow[]>`
    select id, connection_id, kind, record_id, version, attempts, lane from outbox
    where connection_id = ${connectionId} and lane = ${lane} and kind = ${kind} and available_at <= ${now}
    order by available_at, id limit ${limit}`
}

/** Which lanes and kinds have something that is due. */
export function dueLanes(sql: Queryable, connectionId: string, now: Date) {
  return sql<{ lane: Lane; kind: OutboxKind }[]>`
    select lane, kind from unnest(${['live', 'retry', 'backfill']}::text[]) lane, unnest(${['contact', 'ticket', 'message']}::text[]) kind
    where exists (
      select 1 from outbox o where o.connection_id = ${connectionId} and o.lane = lane.lane and o.kind = kind.kind
        and o.available_at <= ${now}
    )`
}

/** All that waits, whenever it is due: what a plan is made of. */
export function pendingOutbox(sql: Queryable, connectionId: string, kind: OutboxKind, limit: number) {
  return sql<OutboxRow[]>`
    select id, connection_id, kind, record_id, version, attempts, lane from outbox
    where connection_id = ${connectionId} and kind = ${kind} order by available_at, id limit ${limit}`
}

/** What waits in each lane, what of it failed before, and since when the oldest waits. */
export function outboxByLane(sql: Queryable, connectionId: string) {
  return sql<{ lane: Lane; waiting: number; failing: number; oldestAt: Date | null }[]>`
    select lane, count(*)::integer as waiting, (count(*) filter (where attempts > 0))::integer as failing,
      min(dirty_at) filter (where dirty_at > 'epoch') as oldest_at
    from outbox where connection_id = ${connectionId} group by lane`
}

export async function countLane(sql: Queryable, connectionId: string, lane: Lane): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from outbox where connection_id = ${connectionId} and lane = ${lane}`
  return row?.count ?? 0
}

/** Clears what was pushed; a row that changed meanwhile stays. */
export function clearOutbox(tx: Tx, rows: { id: string; version: number }[]) {
  return tx`
    delete from outbox o using unnest(${rows.map(row => row.id)}::uuid[], ${rows.map(row => row.version)}::integer[])
      as r (id, version)
    where o.id = r.id and o.version = r.version`
}

export function postponeOutbox(tx: Tx, rows: { id: string; availableAt: Date; failure: unknown }[]) {
  return tx`
    update outbox o set attempts = o.attempts + 1, available_at = r.available_at, last_failure = r.failure,
      lane = case o.lane when 'live' then 'retry' else o.lane end
    from jsonb_to_recordset(${tx.json(
      rows.map(row => ({ id: row.id, available_at: row.availableAt, failure: row.failure })) as never,
    )}) as r (id uuid, available_at timestamptz, failure jsonb)
    where o.id = r.id`
}

/** Until the record they hang on was told; that is no failure of theirs. */
export function deferOutbox(tx: Tx, rows: { id: string; availableAt: Date }[]) {
  return tx`
    update outbox o set available_at = r.available_at
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as r (id uuid, available_at timestamptz)
    where o.id = r.id`
}

/** Whenever they would have been tried: now. */
export function makeDue(tx: Tx, connectionId: string, records: { kind: OutboxKind; recordId: string }[], now: Date) {
  return tx`
    update outbox o set available_at = ${now}
    from unnest(${records.map(record => record.kind)}::text[], ${records.map(record => record.recordId)}::uuid[])
      as r (kind, record_id)
    where o.connection_id = ${connectionId} and o.kind = r.kind and o.record_id = r.record_id`
}

/** When records that wait to be told will be tried. */
export function outboxOf(sql: Queryable, connectionId: string, kind: OutboxKind, recordIds: string[]) {
  return sql<{ recordId: string; availableAt: Date }[]>`
    select record_id, available_at from outbox
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])`
}

/** When the earliest waiting row becomes due; null when none waits. */
export async function nextOutboxAt(sql: Queryable, connectionId: string): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`
    select min(available_at) as at from outbox where connection_id = ${connectionId}`
  return row?.at ?? null
}

/** Since when a change of ours waits to be told; null when none does. */
export async function outboxDirtyAt(sql: Queryable, connectionId: string, kind: OutboxKind, recordId: string) {
  const [row] = await sql<{ dirtyAt: Date }[]>`
    select dirty_at from outbox where connection_id = ${connectionId} and kind = ${kind} and record_id = ${recordId}`
  return row?.dirtyAt ?? null
}
