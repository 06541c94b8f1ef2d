/** The history of each field's values. */
import type { Actor } from '../core/actor.ts'
import type { FieldPolicy, MappedKind, OurValue } from '../core/mapping/row.ts'
import type { ChangeSource } from '../core/provenance.ts'
import type { Queryable, Tx } from './client.ts'
import { first, jsonRows } from './rows.ts'

export type ProvenanceRow = {
  id: string
  workspaceId: string
  kind: MappedKind
  recordId: string
  field: string
  value: OurValue
  previous: OurValue
  actor: Actor
  source: ChangeSource | null
  policy: FieldPolicy | null
  at: Date
  recordedAt: Date
}

export function insertProvenance(tx: Tx, rows: ProvenanceRow[]) {
  return tx`insert into provenance select * from jsonb_populate_recordset(null::provenance, ${jsonRows(tx, rows)})`
}

/** The last change of each field of a record. */
export function latestProvenance(sql: Queryable, recordId: string) {
  return sql<ProvenanceRow[]>`
    select distinct on (field) * from provenance where record_id = ${recordId}
    order by field, recorded_at desc, id desc`
}

/** Newest first. */
export function historyOf(
  sql: Queryable,
  recordId: string,
  field: string,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<ProvenanceRow[]>`
    select * from provenance where record_id = ${recordId} and field = ${field}
      ${page.after ? sql`and (recorded_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by recorded_at desc, id desc ${first(sql, page.limit)}`
}

export async function provenanceById(sql: Queryable, id: string) {
  const [row] = await sql<ProvenanceRow[]>`select * from provenance where id = ${id}`
  return row
}
