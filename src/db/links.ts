/** Our record ↔ theirs, with what both sides last agreed on. */
import type { Values } from '../core/echo.ts'
import type { Queryable, Tx } from './client.ts'
import type { OutboxKind } from './outbox.ts'
import { first, jsonRows } from './rows.ts'

/** Remote ids of contacts and tickets. */
export type Homes = { contact: string[]; ticket: string[] }

export type LinkRow = {
  id: string
  workspaceId: string
  connectionId: string
  kind: OutboxKind
  recordId: string
  remoteType: string
  remoteId: string | null
  base: Values | null
  pushing: Values | null
  pushingAt: Date | null
  /** Of a message whose push is under way: what there it may hang on. */
  pushingTo?: Homes | null
  remoteVersion: string | null
  /** What our last pushes said, by field. */
  said?: Values | null
  /** Its id before it was deleted there. */
  lostRemoteId?: string | null
  updatedAt: Date
}

/** A record that was born in a CRM: its link is there before anything is pushed. */
export function insertSourceLink(
  tx: Tx,
  id: string,
  workspaceId: string,
  messageId: string,
  source: { connectionId: string; remoteType: string; remoteId: string },
  now: Date,
) {
  return tx`
    insert into links (id, workspace_id, connection_id, kind, record_id, remote_type, remote_id, updated_at)
    values (${id}, ${workspaceId}, ${source.connectionId}, 'message', ${messageId}, ${source.remoteType},
      ${source.remoteId}, ${now})
    on conflict do nothing`
}

export function linksOf(sql: Queryable, connectionId: string, kind: OutboxKind, recordIds: string[]) {
  return sql<LinkRow[]>`
    select * from links
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])`
}

export function linksByRemote(sql: Queryable, connectionId: string, kind: OutboxKind, remoteIds: string[]) {
  return sql<LinkRow[]>`
    select * from links
    where connection_id = ${connectionId} and kind = ${kind} and remote_id = any(${remoteIds}::text[])`
}

/** A page of links in the order of their ids, after the last one of the page before. */
type LinkPage = { afterId: string | null; limit: number }

/** Of records that are there: those of whose fields not all are agreed on yet. */
export function linksWithout(
  sql: Queryable,
  connectionId: string,
  kind: OutboxKind,
  fields: string[],
  { afterId, limit }: LinkPage,
) {
  return sql<LinkRow[]>`
    select * from links
    where connection_id = ${connectionId} and kind = ${kind} and remote_id is not null
      and not coalesce(base, '{}'::jsonb) ?& ${fields}::text[] ${afterId ? sql`and id > ${afterId}` : sql``}
    order by id ${first(sql, limit)}`
}

/** Of records that are there: those that nothing was heard of, or told to, since `before`. */
export function linksBefore(
  sql: Queryable,
  connectionId: string,
  kind: OutboxKind,
  before: Date,
  { afterId, limit }: LinkPage,
) {
  return sql<LinkRow[]>`
    select * from links
    where connection_id = ${connectionId} and kind = ${kind} and remote_id is not null and updated_at < ${before}
      ${afterId ? sql`and id > ${afterId}` : sql``}
    order by id ${first(sql, limit)}`
}

/** Links of one record over all connections. */
export function linksOfRecord(sql: Queryable, recordId: string) {
  return sql<LinkRow[]>`select * from links where record_id = ${recordId} order by updated_at`
}

/** Of several records: one merged away may have kept its own beside the survivor's. */
export function linksOfRecords(sql: Queryable, recordIds: string[]) {
  return sql<LinkRow[]>`select * from links where record_id = any(${recordIds}::uuid[]) order by updated_at`
}

/** Who holds these records there. */
export function linksByPlace(
  sql: Queryable,
  connectionId: string,
  places: { remoteType: string; remoteId: string }[],
): Promise<{ recordId: string; remoteType: string; remoteId: string }[]> {
  return sql`
    select l.record_id, l.remote_type, l.remote_id
    from links l join jsonb_to_recordset(${jsonRows(sql, places)}) as p (remote_type text, remote_id text)
      on p.remote_type = l.remote_type and p.remote_id = l.remote_id
    where l.connection_id = ${connectionId}`
}

/** Two records that were found to be one. Answers those that were linked: another may have been first. */
export function insertLinks(tx: Tx, rows: LinkRow[]) {
  return tx<{ recordId: string }[]>`
    insert into links as l select * from jsonb_populate_recordset(null::links, ${jsonRows(tx, rows)})
    on conflict (connection_id, kind, record_id) do update set remote_id = excluded.remote_id, base = excluded.base,
      pushing = excluded.pushing, pushing_at = excluded.pushing_at, lost_remote_id = null, updated_at = excluded.updated_at
    where l.remote_id is null and l.pushing is null
    returning record_id`
}

/** Linked records after a place, in the order of their links: for a walk over all of them. */
export function linksAfter(
  sql: Queryable,
  connectionId: string,
  kind: OutboxKind,
  afterRecordId: string | null,
  limit: number,
) {
  return sql<(LinkRow & { remoteId: string })[]>`
    select * from links where connection_id = ${connectionId} and kind = ${kind} and remote_id is not null
      and record_id > ${afterRecordId ?? '00000000-0000-0000-0000-000000000000'}
    order by record_id limit ${limit}`
}

/** Nobody else changes it until the transaction ends. */
export async function lockLink(tx: Tx, id: string): Promise<LinkRow | undefined> {
  const [row] = await tx<LinkRow[]>`select * from links where id = ${id} for update`
  return row
}

/**
 * What was heard of a record: it moves the base, and leaves a push that is under way alone. One that was merged away answers by
 * its survivor's id, and keeps its own, which leads there. Answers the base as it is then.
 */
export async function saveHeard(
  tx: Tx,
  connectionId: string,
  kind: OutboxKind,
  heard: Omit<Agreed, 'remoteId'>,
  now: Date,
): Promise<Values> {
  const [row] = await tx<{ base: Values }[]>`
    update links set base = coalesce(base, '{}'::jsonb) || ${tx.json(heard.base)},
      remote_version = coalesce(${heard.remoteVersion}, remote_version), updated_at = ${now}
    where connection_id = ${connectionId} and kind = ${kind} and record_id = ${heard.recordId}
    returning base`
  return row?.base ?? heard.base
}

/** Written and committed before a push leaves. */
export function savePushing(sql: Queryable, rows: LinkRow[]) {
  return sql`
    insert into links select * from jsonb_populate_recordset(null::links, ${jsonRows(sql, rows)})
    on conflict (connection_id, kind, record_id) do update set remote_type = excluded.remote_type,
      pushing = coalesce(links.pushing, '{}'::jsonb) || excluded.pushing, pushing_at = excluded.pushing_at,
      pushing_to = excluded.pushing_to, updated_at = excluded.updated_at`
}

type Agreed = { recordId: string; remoteId: string; base: Values; remoteVersion: string | null }

/** After a push was stored: both sides agree on what was sent. `said`: what the push itself said. */
export function saveAgreed(
  tx: Tx,
  connectionId: string,
  kind: OutboxKind,
  rows: (Agreed & { said: Values | null })[],
  now: Date,
) {
  return tx`
    update links l set remote_id = r.remote_id, base = coalesce(l.base, '{}'::jsonb) || r.base, pushing = null,
      pushing_at = null, pushing_to = null, updated_at = ${now},
      remote_version = coalesce(r.remote_version, l.remote_version),
      said = case when r.said is null then l.said else coalesce(l.said, '{}'::jsonb) || r.said end
    from jsonb_to_recordset(${jsonRows(tx, rows)})
      as r (record_id uuid, remote_id text, base jsonb, remote_version text, said jsonb)
    where l.connection_id = ${connectionId} and l.kind = ${kind} and l.record_id = r.record_id`
}

/** What was made of these fields is known and counted. */
export function forgetSaid(
  tx: Tx,
  connectionId: string,
  kind: OutboxKind,
  rows: { recordId: string; fields: string[] }[],
) {
  return tx`
    update links l set said = l.said - r.fields
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as r (record_id uuid, fields text[])
    where l.connection_id = ${connectionId} and l.kind = ${kind} and l.record_id = r.record_id`
}

/** What these hold there nobody knows: it is heard before anything is said of them. */
export function doubtLinks(tx: Tx, connectionId: string, kind: OutboxKind, recordIds: string[]) {
  return tx`
    update links set pushing = coalesce(pushing, '{}'::jsonb)
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])`
}

/**
 * Nothing of the push was stored. Until it is repeated people may write there what nobody hears in time: those that are there
 * are heard first.
 */
export function unsayPushing(tx: Tx, connectionId: string, kind: OutboxKind, recordIds: string[]) {
  return tx`
    update links set pushing_at = null, pushing_to = null,
      pushing = case when remote_id is null or kind = 'message' then null else '{}'::jsonb end
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])`
}

/** The push was refused, or answered for certain that it was not stored: nothing of it is under way. */
export function clearPushing(tx: Tx, connectionId: string, kind: OutboxKind, recordIds: string[]) {
  return tx`
    update links set pushing = null, pushing_at = null, pushing_to = null
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])`
}

/** The remote record is gone: what we know of it is forgotten but its id, and the next push makes it anew. */
export function forgetLinks(tx: Tx, connectionId: string, kind: OutboxKind, recordIds: string[]) {
  return tx`
    update links set lost_remote_id = coalesce(remote_id, lost_remote_id), remote_id = null, base = null, pushing = null,
      pushing_at = null, pushing_to = null, remote_version = null, said = null
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])`
}

/** What was theirs there is another's of ours. */
export function dropLinks(tx: Tx, connectionId: string, kind: OutboxKind, recordIds: string[]) {
  return tx`
    delete from links where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])`
}

/** Records of ours whose counterparts were deleted, and not made anew since. */
export function lostLinks(sql: Queryable, connectionId: string, kind: OutboxKind, remoteIds: string[]) {
  return sql<(LinkRow & { lostRemoteId: string })[]>`
    select * from links where connection_id = ${connectionId} and kind = ${kind} and remote_id is null and pushing is null
      and lost_remote_id = any(${remoteIds}::text[])`
}

/** Those that have one of these ids there, or had it when it was deleted. */
export function linksThatHeld(sql: Queryable, connectionId: string, kind: OutboxKind, remoteIds: string[]) {
  return sql<LinkRow[]>`
    select * from links where connection_id = ${connectionId} and kind = ${kind}
      and (remote_id = any(${remoteIds}::text[]) or lost_remote_id = any(${remoteIds}::text[]))`
}

/** They are there again. What was agreed is not known any more. */
export function reviveLinks(tx: Tx, ids: string[], now: Date) {
  return tx`
    update links set remote_id = lost_remote_id, lost_remote_id = null, base = '{}', updated_at = ${now}
    where id = any(${ids}::uuid[]) and remote_id is null and pushing is null`
}

/** To another record of ours. */
export function giveLinks(tx: Tx, ids: string[], recordId: string, now: Date) {
  return tx`update links set record_id = ${recordId}, updated_at = ${now} where id = any(${ids}::uuid[])`
}

/** Each has the other's id there. No two hold one at any moment. */
export async function swapLinks(tx: Tx, one: LinkRow, other: LinkRow) {
  await tx`update links set remote_id = null where id = ${one.id}`
  await relink(tx, other.id, one.remoteId)
  await relink(tx, one.id, other.remoteId)
}

export function relink(tx: Tx, id: string, remoteId: string | null) {
  return tx`update links set remote_id = ${remoteId} where id = ${id}`
}

/** Remote ids that belong to other messages of these tickets or contacts: what an uncertain message cannot be. */
export function takenByOthers(sql: Queryable, connectionId: string, parent: 'ticket' | 'contact', ids: string[]) {
  const column = parent === 'ticket' ? sql`m.ticket_id` : sql`m.contact_id`
  return sql<{ parentId: string; remoteId: string }[]>`
    select ${column} as parent_id, l.remote_id from messages m
    join links l on l.record_id = m.id and l.connection_id = ${connectionId} and l.kind = 'message'
    where ${column} = any(${ids}::uuid[]) and l.remote_id is not null`
}

/** Something has left for the CRM since `since`, and its remote id is not known yet. */
export async function pushesUnderWay(sql: Queryable, connectionId: string, kind: OutboxKind, since: Date) {
  const [row] = await sql<{ some: boolean }[]>`
    select exists (
      select 1 from links where connection_id = ${connectionId} and kind = ${kind} and remote_id is null
        and pushing_at is not null and pushing_at >= ${since}
    ) as some`
  return row?.some ?? false
}
