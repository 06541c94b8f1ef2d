/** Versions of mappings, and rows that stand still. */
import type { Actor } from '../core/actor.ts'
import type { MappedKind } from '../core/mapping/row.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type MappingVersion = {
  id: string
  workspaceId: string
  connectionId: string
  version: number
  state: 'draft' | 'active' | 'past'
  /** As it was written; whoever reads it parses it (core/mapping mappingShape). */
  rows: unknown
  origin: 'edited' | 'imported' | 'undone'
  restores: number | null
  editedBy: Actor
  editedAt: Date
  appliedBy: Actor | null
  appliedAt: Date | null
}

export async function mappingIn(sql: Queryable, connectionId: string, state: 'draft' | 'active') {
  const [row] = await sql<MappingVersion[]>`
    select * from mappings where connection_id = ${connectionId} and state = ${state}`
  return row
}

export async function mappingVersion(sql: Queryable, connectionId: string, version: number) {
  const [row] = await sql<MappingVersion[]>`
    select * from mappings where connection_id = ${connectionId} and version = ${version}`
  return row
}

/** Newest first. */
export function mappingVersions(sql: Queryable, connectionId: string, limit: number) {
  return sql<MappingVersion[]>`
    select * from mappings where connection_id = ${connectionId} order by version desc limit ${limit}`
}

/** Whoever edits or applies waits here for the others. */
export async function lockMappings(tx: Tx, connectionId: string): Promise<boolean> {
  const rows = await tx`select 1 from connections where id = ${connectionId} for no key update`
  return rows.length > 0
}

export async function nextVersion(tx: Tx, connectionId: string): Promise<number> {
  const [row] = await tx<{ next: number }[]>`
    select coalesce(max(version), 0) + 1 as next from mappings where connection_id = ${connectionId}`
  return row?.next ?? 1
}

export function insertMapping(tx: Tx, row: MappingVersion) {
  return tx`insert into mappings select * from jsonb_populate_recordset(null::mappings, ${jsonRows(tx, [row])})`
}

export function saveDraft(tx: Tx, id: string, { rows, origin, editedBy, editedAt }: MappingVersion) {
  return tx`
    update mappings set rows = ${tx.json(rows as never)}, origin = ${origin}, edited_by = ${tx.json(editedBy as never)},
      edited_at = ${editedAt}
    where id = ${id}`
}

export function deleteMapping(tx: Tx, id: string) {
  return tx`delete from mappings where id = ${id}`
}

/** What was active is past; then this one is. */
export async function activate(tx: Tx, connectionId: string, id: string, by: Actor, now: Date) {
  await tx`update mappings set state = 'past' where connection_id = ${connectionId} and state = 'active'`
  await tx`
    update mappings set state = 'active', applied_by = ${tx.json(by as never)}, applied_at = ${now} where id = ${id}`
}

/** Whether the connection is told of a contact whenever one of its messages or tickets is new. */
export function setTellsActivity(tx: Tx, connectionId: string, tells: boolean) {
  return tx`update connections set tells_activity = ${tells} where id = ${connectionId}`
}

/** All rows of active mappings and drafts of the workspace that name this field of ours, by the connection's name. */
export async function mappingsNaming(sql: Queryable, kind: MappedKind, field: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct c.name from mappings m join connections c on c.id = m.connection_id
    where m.state in ('active', 'draft')
      and m.rows -> ${kind}::text @> ${sql.json([{ ours: field }])}`
  return rows.map(row => row.name)
}

export type MappingPause = { kind: MappedKind; rowId: string; reason: string; at: Date }

export function pausesOf(sql: Queryable, connectionId: string) {
  return sql<MappingPause[]>`
    select kind, row_id, reason, at from mapping_pauses where connection_id = ${connectionId} order by at, row_id`
}

/** Only the first reason is kept while a row stands still. */
export function insertPauses(tx: Tx, workspaceId: string, connectionId: string, pauses: MappingPause[]) {
  const rows = pauses.map(pause => ({ workspaceId, connectionId, ...pause }))
  return tx`
    insert into mapping_pauses select * from jsonb_populate_recordset(null::mapping_pauses, ${jsonRows(tx, rows)})
    on conflict do nothing`
}

/** Which of them stood still. */
export async function deletePauses(
  tx: Tx,
  connectionId: string,
  kind: MappedKind,
  rowIds: string[],
): Promise<string[]> {
  const rows = await tx<{ rowId: string }[]>`
    delete from mapping_pauses where connection_id = ${connectionId} and kind = ${kind} and row_id = any(${rowIds}::text[])
    returning row_id`
  return rows.map(row => row.rowId)
}

/** Every contact and ticket that is linked waits to be told again, after all that is live. How many. */
export async function tellLinked(tx: Tx, workspaceId: string, connectionId: string, kinds: MappedKind[], now: Date) {
  const rows = await tx`
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts, lane)
    select gen_random_uuid(), ${workspaceId}, l.connection_id, l.kind, l.record_id, 1, l.updated_at, ${now}, 0, 'backfill'
    from links l
    where l.connection_id = ${connectionId} and l.kind = any(${kinds}::text[]) and l.remote_id is not null
    on conflict (connection_id, kind, record_id) do update set version = outbox.version + 1
    returning 1`
  return rows.length
}
