/** Fields that both sides changed: a queue for a person to decide. One is open for each connection, record and field. */
import type { Actor } from '../core/actor.ts'
import { DELETED, DELETION } from '../core/deletion.ts'
import type { MappedKind, OurValue } from '../core/mapping/row.ts'
import type { Sight } from '../core/permissions.ts'
import type { ChangeSource } from '../core/provenance.ts'
import type { Queryable, Tx } from './client.ts'
import { first, jsonRows } from './rows.ts'
import { ofTicketInSight } from './sight.ts'

/** Who changed a side: of ours the actor and what it came from; of theirs the user there, where the CRM says. */
export type ConflictSide = { actor: Actor; source: ChangeSource | null } | { user: string }

export type ConflictRow = {
  id: string
  workspaceId: string
  connectionId: string
  kind: MappedKind
  recordId: string
  field: string
  base: OurValue
  ours: OurValue
  theirs: OurValue
  oursBy: ConflictSide | null
  oursAt: Date | null
  theirsBy: ConflictSide | null
  theirsAt: Date | null
  openedAt: Date
  state: 'open' | 'resolved' | 'settled'
  decision: 'ours' | 'theirs' | 'value' | null
  decided: OurValue
  decidedAt: Date | null
  decidedBy: Actor | null
}

/** Opens them; of one that is open already what both sides say now is kept. */
export function openConflicts(tx: Tx, rows: ConflictRow[]) {
  return tx`
    insert into conflicts select * from jsonb_populate_recordset(null::conflicts, ${jsonRows(tx, rows)})
    on conflict (connection_id, record_id, field) where state = 'open' do update set ours = excluded.ours,
      theirs = excluded.theirs, ours_by = excluded.ours_by, ours_at = excluded.ours_at, theirs_by = excluded.theirs_by,
      theirs_at = excluded.theirs_at`
}

/** Fields of these records that wait for a decision; and those that were deleted there, which may have been decided to stay away. */
export function conflictingFields(sql: Queryable, recordIds: string[]) {
  return sql<{ connectionId: string; recordId: string; field: string }[]>`
    select connection_id, record_id, field from conflicts
    where record_id = any(${recordIds}::uuid[])
      and (state = 'open' or (field = ${DELETION} and state = 'resolved' and decided = ${sql.json(DELETED)}))`
}

/** Those of one record with one connection. */
export function openConflictsOf(sql: Queryable, connectionId: string, recordId: string) {
  return sql<ConflictRow[]>`
    select * from conflicts where connection_id = ${connectionId} and record_id = ${recordId} and state = 'open'`
}

/** Those of these records with one connection. */
export function openConflictsIn(sql: Queryable, connectionId: string, kind: MappedKind, recordIds: string[]) {
  return sql<ConflictRow[]>`
    select * from conflicts where connection_id = ${connectionId} and kind = ${kind}
      and record_id = any(${recordIds}::uuid[]) and state = 'open' order by opened_at, id`
}

/** Both sides have come to say the same, so nobody has to decide any more. */
export function settleConflicts(tx: Tx, ids: string[], now: Date) {
  return tx`
    update conflicts set state = 'settled', decided_at = ${now} where id = any(${ids}::uuid[]) and state = 'open'`
}

/** The record is there again, whatever was decided. */
export function settleDeletions(tx: Tx, connectionId: string, recordId: string, now: Date) {
  return tx`
    update conflicts set decided_at = case state when 'open' then ${now} else decided_at end, state = 'settled'
    where connection_id = ${connectionId} and record_id = ${recordId} and field = ${DELETION}
      and state in ('open', 'resolved')`
}

/** What ours has become is what theirs is: by value, as jsonb compares them. */
export function settleEqual(tx: Tx, recordId: string, values: { field: string; value: OurValue }[], now: Date) {
  return tx`
    update conflicts c set state = 'settled', decided_at = ${now}, ours = r.value
    from jsonb_to_recordset(${jsonRows(tx, values)}) as r (field text, value jsonb)
    where c.record_id = ${recordId} and c.state = 'open' and c.field = r.field
      and coalesce(c.theirs, 'null'::jsonb) = coalesce(r.value, 'null'::jsonb)`
}

export async function lockConflict(tx: Tx, id: string) {
  const [row] = await tx<ConflictRow[]>`select * from conflicts where id = ${id} for update`
  return row
}

export async function conflictById(sql: Queryable, id: string) {
  const [row] = await sql<ConflictRow[]>`select * from conflicts where id = ${id}`
  return row
}

export function resolveConflict(
  tx: Tx,
  id: string,
  { decision, decided, decidedAt, decidedBy }: Pick<ConflictRow, 'decision' | 'decided' | 'decidedAt' | 'decidedBy'>,
) {
  return tx`
    update conflicts set state = 'resolved', decision = ${decision}, decided = ${tx.json(decided as never)},
      decided_at = ${decidedAt}, decided_by = ${tx.json(decidedBy as never)}
    where id = ${id}`
}

export type ConflictFilter = {
  state?: ConflictRow['state'] | undefined
  connectionId?: string | undefined
  kind?: MappedKind | undefined
  recordId?: string | undefined
  field?: string | undefined
}

/** Newest first; of tickets, those in sight. */
export function listConflicts(
  sql: Queryable,
  sees: Sight,
  filter: ConflictFilter,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  const { state, connectionId, kind, recordId, field } = filter
  return sql<ConflictRow[]>`
    select c.* from conflicts c where (kind = 'contact' or ${ofTicketInSight(sql, sees, 'c.record_id')})
      ${state ? sql`and state = ${state}` : sql``} ${connectionId ? sql`and connection_id = ${connectionId}` : sql``}
      ${kind ? sql`and kind = ${kind}` : sql``} ${recordId ? sql`and record_id = ${recordId}` : sql``}
      ${field ? sql`and field = ${field}` : sql``}
      ${page.after ? sql`and (opened_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by opened_at desc, id desc ${first(sql, page.limit)}`
}

/** How many are open of each field of ours with a connection. */
export function countConflicts(sql: Queryable, connectionId: string) {
  return sql<{ kind: MappedKind; field: string; open: number }[]>`
    select kind, field, count(*)::integer as open from conflicts
    where connection_id = ${connectionId} and state = 'open' group by kind, field`
}
