/** Open tickets, slice by slice, whose clocks are folded anew; and what of them is stored. */
import type { ClockRow, TicketEventRow } from './arrivals.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'
import type { LockedTicket } from './tickets.ts'

export type RecomputeRow = {
  id: string
  workspaceId: string
  requestedAt: Date
  afterId: string | null
  tickets: number
  moved: number
  doneAt: Date | null
}

export function insertRecompute(tx: Tx, row: RecomputeRow) {
  return tx`
    insert into sla_recomputes select * from jsonb_populate_recordset(null::sla_recomputes, ${jsonRows(tx, [row])})`
}

/** The oldest that is not done, locked; what another process has in hand is passed over. */
export async function nextRecompute(tx: Tx) {
  const [row] = await tx<RecomputeRow[]>`
    select * from sla_recomputes where done_at is null order by requested_at, id limit 1 for update skip locked`
  return row
}

export function saveRecompute(tx: Tx, { id, afterId, tickets, moved, doneAt }: RecomputeRow) {
  return tx`
    update sla_recomputes set after_id = ${afterId}, tickets = ${tickets}, moved = ${moved}, done_at = ${doneAt}
    where id = ${id}`
}

/** In the order of their ids, the conversations locked as those who write in them lock them. */
export async function openTicketsAfter(tx: Tx, afterId: string | null, limit: number, isLocked: boolean) {
  const rows = await tx<{ id: string; conversationId: string }[]>`
    select id, conversation_id from tickets
    where state in ('open', 'in_progress', 'waiting') and id > ${afterId ?? '00000000-0000-0000-0000-000000000000'}
    order by id limit ${limit}`
  const ids = rows.map(row => row.id)
  const places = rows.map(row => row.conversationId)
  if (isLocked) await tx`select 1 from conversations where id = any(${places}::uuid[]) order by id for update`
  // After the locks: as those left it who held them.
  const [tickets, events, clocks] = await Promise.all([
    tx<LockedTicket[]>`
      select t.*, p.category as contact_category from tickets t join contacts p on p.id = t.contact_id
      where t.id = any(${ids}::uuid[]) order by t.id`,
    eventsOf(tx, ids),
    clocksOf(tx, ids),
  ])
  return { tickets, events, clocks }
}

export function eventsOf(sql: Queryable, ticketIds: string[]) {
  return sql<TicketEventRow[]>`select * from ticket_events where ticket_id = any(${ticketIds}::uuid[]) order by at, id`
}

export function clocksOf(sql: Queryable, ticketIds: string[]) {
  return sql<ClockRow[]>`select * from clocks where ticket_id = any(${ticketIds}::uuid[]) order by kind, turn`
}

/** Clocks that the policy of their ticket promises no more. */
export function dropClocks(tx: Tx, ids: string[]) {
  return tx`delete from clocks where id = any(${ids}::uuid[])`
}

/** What of a ticket goes by its clocks. */
export function saveStanding(tx: Tx, rows: { id: string; slaPolicyId: string | null; dueAt: Date | null }[]) {
  return tx`
    update tickets t set sla_policy_id = r.sla_policy_id, due_at = r.due_at
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as r (id uuid, sla_policy_id uuid, due_at timestamptz)
    where t.id = r.id`
}

export function workspacesToRecompute(sql: Queryable) {
  return sql<{ workspaceId: string }[]>`select workspaces_to_recompute as workspace_id from workspaces_to_recompute()`
}
