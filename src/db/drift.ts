/** The fields of CRMs as they were seen to be right, and what of them is so no longer. */
import type { Drift, DriftProblem, RemoteField } from '../core/drift.ts'
import type { MappedKind } from '../core/mapping/row.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type DriftFinding = {
  id: string
  workspaceId: string
  connectionId: string
  kind: MappedKind
  field: string
  problem: DriftProblem
  facts: Record<string, string>
  foundAt: Date
  resolvedAt: Date | null
}

export async function snapshotOf(sql: Queryable, connectionId: string, kind: MappedKind): Promise<RemoteField[]> {
  const [row] = await sql<{ fields: RemoteField[] }[]>`
    select fields from field_snapshots where connection_id = ${connectionId} and kind = ${kind}`
  return row?.fields ?? []
}

export function saveSnapshot(
  tx: Tx,
  row: { workspaceId: string; connectionId: string; kind: MappedKind; fields: RemoteField[]; seenAt: Date },
) {
  return tx`
    insert into field_snapshots select * from jsonb_populate_recordset(null::field_snapshots, ${jsonRows(tx, [row])})
    on conflict (connection_id, kind) do update set fields = excluded.fields, seen_at = excluded.seen_at`
}

export function openDrift(sql: Queryable, connectionId: string) {
  return sql<DriftFinding[]>`
    select * from drift_findings where connection_id = ${connectionId} and resolved_at is null order by found_at, id`
}

/** What is found again after it was resolved is open again. */
export function insertDrift(tx: Tx, rows: DriftFinding[]) {
  return tx`
    insert into drift_findings as d select * from jsonb_populate_recordset(null::drift_findings, ${jsonRows(tx, rows)})
    on conflict (connection_id, kind, field, problem) do update set facts = excluded.facts, resolved_at = null,
      found_at = case when d.resolved_at is null then d.found_at else excluded.found_at end`
}

export function resolveDrift(tx: Tx, ids: string[], now: Date) {
  return tx`update drift_findings set resolved_at = ${now} where id = any(${ids}::uuid[])`
}

export function listDrift(
  sql: Queryable,
  { connectionId, open }: { connectionId: string | null; open: boolean | undefined },
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<DriftFinding[]>`
    select * from drift_findings where true ${connectionId ? sql`and connection_id = ${connectionId}` : sql``}
      ${open === undefined ? sql`` : open ? sql`and resolved_at is null` : sql`and resolved_at is not null`}
      ${page.after ? sql`and (found_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by found_at desc, id desc limit ${page.limit}`
}

export const sameDrift = (a: Drift, b: Drift): boolean =>
  a.kind === b.kind && a.field === b.field && a.problem === b.problem
