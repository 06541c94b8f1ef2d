import type { EscalationStep } from '../core/escalation.ts'
import type { ClockKind } from '../core/sla.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type EscalationRow = {
  id: string
  workspaceId: string
  ticketId: string
  policyId: string
  kind: ClockKind
  turn: number
  step: number
  says: EscalationStep
  dueAt: Date | null
  takenAt: Date | null
  outcome: 'taken' | 'stopped' | null
  createdAt: Date
}

/** A step of a chain is set in motion once for a clock, however often it is noticed. */
export function insertEscalations(tx: Tx, rows: EscalationRow[]) {
  return tx`
    insert into escalations select * from jsonb_populate_recordset(null::escalations, ${jsonRows(tx, rows)})
    on conflict (ticket_id, kind, turn, step) do nothing`
}

/** The first that is due, locked until the transaction ends; one that another process has in hand is passed over. */
export async function nextEscalation(tx: Tx, now: Date) {
  const [row] = await tx<(EscalationRow & { dueAt: Date })[]>`
    select * from escalations where due_at <= ${now} order by due_at, step, id limit 1 for update skip locked`
  return row
}

export function settleEscalation(tx: Tx, id: string, outcome: 'taken' | 'stopped', now: Date) {
  return tx`update escalations set due_at = null, taken_at = ${now}, outcome = ${outcome} where id = ${id}`
}

export function escalationsOfTicket(sql: Queryable, ticketId: string) {
  return sql<EscalationRow[]>`
    select * from escalations where ticket_id = ${ticketId} order by coalesce(due_at, taken_at), kind, turn, step`
}

export function workspacesWithDueEscalations(sql: Queryable, now: Date) {
  return sql<{ workspaceId: string }[]>`
    select workspaces_with_due_escalations as workspace_id from workspaces_with_due_escalations(${now})`
}

/** What decides over the chain of each of these tickets. */
export function ticketsToEscalate(sql: Queryable, ticketIds: string[]) {
  return sql<{ id: string; slaPolicyId: string | null; ownerId: string | null; teamId: string | null }[]>`
    select id, sla_policy_id, owner_id, team_id from tickets where id = any(${ticketIds}::uuid[]) and state <> 'resolved'`
}

export async function clockOf(sql: Queryable, ticketId: string, kind: string, turn: number) {
  const [row] = await sql<{ stoppedAt: Date | null }[]>`
    select stopped_at from clocks where ticket_id = ${ticketId} and kind = ${kind} and turn = ${turn}`
  return row
}
