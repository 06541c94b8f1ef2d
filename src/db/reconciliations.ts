/** Both sides compared, and what was found not to be equal. */
import type { Actor } from '../core/actor.ts'
import type { SyncKind } from '../core/backfill.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

/** Linked records first, then ours without a link, then theirs; at last what was found is looked at again. */
export type ReconciliationCursor =
  | { phase: 'linked'; kind: SyncKind; after: string | null }
  | { phase: 'ours'; kind: SyncKind; at: string | null; id: string | null; message: { at: string; id: string } | null }
  | { phase: 'theirs'; kind: 'contact' | 'ticket'; page: string | null; since: string | null }
  | { phase: 'again'; after: string | null; looks: number }

export type ReconciliationRow = {
  id: string
  workspaceId: string
  connectionId: string
  reason: 'nightly' | 'on demand' | 'feed lost'
  state: 'running' | 'done' | 'cancelled' | 'failed'
  dueAt: Date | null
  cursor: ReconciliationCursor | null
  checked: number
  missingThere: number
  missingHere: number
  differing: number
  repaired: number
  stillMissing: number
  error: string | null
  requestedBy: Actor
  requestedAt: Date
  updatedAt: Date
  finishedAt: Date | null
}

export const problems = ['missing there', 'missing here', 'differing'] as const
export type FindingProblem = (typeof problems)[number]

export type FindingRow = {
  id: string
  workspaceId: string
  reconciliationId: string
  problem: FindingProblem
  kind: SyncKind
  recordId: string | null
  remoteId: string | null
  fields: Record<string, { agreed: string | null; theirs: string | null }> | null
  foundAt: Date
  outcome: 'waiting' | 'repaired' | 'still missing'
  repairedAt: Date | null
}

export function insertReconciliation(tx: Tx, row: ReconciliationRow) {
  return tx`
    insert into reconciliations select * from jsonb_populate_recordset(null::reconciliations, ${jsonRows(tx, [row])})`
}

export async function reconciliationById(sql: Queryable, id: string): Promise<ReconciliationRow | undefined> {
  const [row] = await sql<ReconciliationRow[]>`select * from reconciliations where id = ${id}`
  return row
}

export async function openReconciliation(sql: Queryable, connectionId: string): Promise<ReconciliationRow | undefined> {
  const [row] = await sql<ReconciliationRow[]>`
    select * from reconciliations where connection_id = ${connectionId} and state = 'running' limit 1`
  return row
}

/** When the last one that came to its end had begun: what has not changed since need not be listed again. */
export async function lastReconciledAt(sql: Queryable, connectionId: string): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`
    select max(requested_at) as at from reconciliations where connection_id = ${connectionId} and state = 'done'`
  return row?.at ?? null
}

export function listReconciliations(
  sql: Queryable,
  connectionId: string | null,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<ReconciliationRow[]>`
    select * from reconciliations where true ${connectionId ? sql`and connection_id = ${connectionId}` : sql``}
      ${page.after ? sql`and (requested_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by requested_at desc, id desc limit ${page.limit}`
}

/** What a slice has brought; one that was cancelled meanwhile stays so. */
export function saveReconciliation(tx: Tx, row: ReconciliationRow) {
  return tx`
    update reconciliations set cursor = ${row.cursor === null ? null : tx.json(row.cursor as never)},
      checked = ${row.checked}, missing_there = ${row.missingThere}, missing_here = ${row.missingHere},
      differing = ${row.differing}, repaired = ${row.repaired}, still_missing = ${row.stillMissing}, error = ${row.error},
      updated_at = ${row.updatedAt},
      state = case state when 'running' then ${row.state} else state end,
      due_at = case state when 'running' then ${row.dueAt}::timestamptz end,
      finished_at = case state when 'running' then ${row.finishedAt}::timestamptz else finished_at end
    where id = ${row.id}`
}

export async function cancelReconciliationRow(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await tx`
    update reconciliations set state = 'cancelled', due_at = null, finished_at = ${now}, updated_at = ${now}
    where id = ${id} and state = 'running' returning 1`
  return rows.length > 0
}

/** Each once a reconciliation. */
export function insertFindings(tx: Tx, rows: FindingRow[]) {
  return tx`
    insert into reconciliation_findings
    select * from jsonb_populate_recordset(null::reconciliation_findings, ${jsonRows(tx, rows)}) on conflict do nothing`
}

/** Those whose end is not known yet. */
export function waitingFindings(sql: Queryable, reconciliationId: string, after: string | null, limit: number) {
  return sql<FindingRow[]>`
    select * from reconciliation_findings where reconciliation_id = ${reconciliationId} and outcome = 'waiting'
      and id > ${after ?? '00000000-0000-0000-0000-000000000000'}
    order by id limit ${limit}`
}

export function settleFindings(tx: Tx, ids: string[], outcome: 'repaired' | 'still missing', now: Date) {
  return tx`
    update reconciliation_findings set outcome = ${outcome},
      repaired_at = ${outcome === 'repaired' ? now : null}::timestamptz where id = any(${ids}::uuid[])`
}

export function listFindings(
  sql: Queryable,
  reconciliationId: string,
  { outcome, after, limit }: { outcome?: FindingRow['outcome'] | undefined; after?: string | undefined; limit: number },
) {
  return sql<FindingRow[]>`
    select * from reconciliation_findings where reconciliation_id = ${reconciliationId}
      ${outcome ? sql`and outcome = ${outcome}` : sql``} ${after ? sql`and id > ${after}` : sql``}
    order by id limit ${limit}`
}

export function dueReconciliations(sql: Queryable, now: Date) {
  return sql<{ workspaceId: string; reconciliationId: string }[]>`
    select workspace_id, reconciliation_id from due_reconciliations(${now})`
}
