/** Saved filters of tickets. */
import type { TicketFilter, TicketSort } from '../core/ticket-filter.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export const viewScopes = ['own', 'team', 'shared'] as const
export type ViewScope = (typeof viewScopes)[number]

export type ViewRow = {
  id: string
  workspaceId: string
  name: string
  scope: ViewScope
  agentId: string | null
  teamId: string | null
  filter: TicketFilter
  sort: TicketSort
  createdAt: Date
}

export type ViewUser = { agentId: string | null; teamIds: readonly string[]; seesAll: boolean }

/** One's own, those of one's teams, and those of all; in one's own order, the others after it by age. */
export function listViews(sql: Queryable, user: ViewUser) {
  return sql<ViewRow[]>`
    select * from views v where ${visible(sql, user)}
    order by array_position((select view_ids from view_orders where agent_id = ${user.agentId}::uuid), v.id), created_at, id`
}

export function orderViews(tx: Tx, row: { workspaceId: string; agentId: string; viewIds: string[] }) {
  return tx`
    insert into view_orders (agent_id, workspace_id, view_ids) values (${row.agentId}, ${row.workspaceId}, ${row.viewIds}::uuid[])
    on conflict (agent_id) do update set view_ids = excluded.view_ids`
}

export async function viewById(sql: Queryable, user: ViewUser, id: string) {
  const [row] = await sql<ViewRow[]>`select * from views where id = ${id} and ${visible(sql, user)}`
  return row
}

function visible(sql: Queryable, { agentId, teamIds, seesAll }: ViewUser) {
  return sql`(scope = 'shared' or (scope = 'own' and agent_id is not distinct from ${agentId}::uuid)
    or (scope = 'team' and (${seesAll} or team_id = any(${[...teamIds]}::uuid[]))))`
}

export function saveView(tx: Tx, row: ViewRow) {
  return tx`
    insert into views select * from jsonb_populate_recordset(null::views, ${jsonRows(tx, [row])})
    on conflict (id) do update set name = excluded.name, scope = excluded.scope, team_id = excluded.team_id,
      agent_id = excluded.agent_id, filter = excluded.filter, sort = excluded.sort`
}

export function deleteView(tx: Tx, id: string) {
  return tx`delete from views where id = ${id}`
}
