/** Rules, calendars, policies and shifts: a few rows a workspace that people change by hand. */
import type { TeamAssignment } from '../core/assignment.ts'
import type { Calendar } from '../core/business-hours.ts'
import type { RoutingRule } from '../core/routing.ts'
import type { WholePolicy } from '../core/sla.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type RuleRow = RoutingRule & { workspaceId: string; enabled: boolean; hits: number; lastHitAt: Date | null }
export type CalendarRow = { id: string; workspaceId: string; name: string; calendar: Calendar; isDefault: boolean }
export type PolicyRow = Omit<WholePolicy, 'position'> & { workspaceId: string; position: number }
export type ShiftRow = {
  id: string
  workspaceId: string
  teamId: string
  agentId: string
  fromAt: Date
  toAt: Date
}

export type ConfigRows = {
  routing_rules: RuleRow
  business_hours: CalendarRow
  sla_policies: PolicyRow
  on_call_shifts: ShiftRow
}
export type ConfigTable = keyof ConfigRows

const orders: Record<ConfigTable, [string, string]> = {
  routing_rules: ['position', 'id'],
  business_hours: ['name', 'id'],
  sla_policies: ['position', 'id'],
  on_call_shifts: ['from_at', 'id'],
}

export function configRows<T extends ConfigTable>(sql: Queryable, table: T) {
  const [first, then] = orders[table]
  const rows: Promise<unknown> = sql`select * from ${nameOf(sql, table)} order by ${sql(first)}, ${sql(then)}`
  return rows as Promise<ConfigRows[T][]>
}

export async function configRow<T extends ConfigTable>(sql: Queryable, table: T, id: string) {
  const rows: readonly unknown[] = await sql`select * from ${nameOf(sql, table)} where id = ${id}`
  return rows[0] as ConfigRows[T] | undefined
}

function nameOf(sql: Queryable, table: string) {
  return sql(table)
}

/** Whoever changes what is configured waits here for the others; and for who opens tickets, which counts on the same row. */
export function lockConfig(tx: Tx) {
  return tx`select 1 from workspaces for update`
}

export function insertConfigRow<T extends ConfigTable>(tx: Tx, table: T, row: ConfigRows[T]) {
  return tx`
    insert into ${nameOf(tx, table)} select * from jsonb_populate_recordset(null::${nameOf(tx, table)}, ${jsonRows(tx, [row])})`
}

/** Only the given columns. */
export function updateConfigRow<T extends ConfigTable>(tx: Tx, table: T, id: string, values: Partial<ConfigRows[T]>) {
  const columns = Object.keys(values).map(name => tx`${tx(name)} = r.${tx(name)}`)
  const set = columns.reduce((all, column) => tx`${all}, ${column}`)
  return tx`
    update ${nameOf(tx, table)} t set ${set} from jsonb_populate_recordset(null::${nameOf(tx, table)}, ${jsonRows(tx, [values])}) r
    where t.id = ${id}`
}

export function deleteConfigRow(tx: Tx, table: ConfigTable, id: string) {
  return tx`delete from ${nameOf(tx, table)} where id = ${id}`
}

const places = {
  team: 'teams',
  agent: 'agents',
  channel: 'channels',
  calendar: 'business_hours',
  policy: 'sla_policies',
  connection: 'connections',
} as const
export type Named = keyof typeof places

/** Of these ids, the ones that the workspace has. */
export async function knownIds(sql: Queryable, what: Named, ids: string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select id from ${sql(places[what])} where id = any(${ids}::uuid[])`
  return new Set(rows.map(row => row.id))
}

/** Of the default calendar there is one. */
export function unsetDefaultCalendars(tx: Tx, except: string) {
  return tx`update business_hours set is_default = false where is_default and id <> ${except}`
}

/** What goes by a calendar, in words for people. */
export async function usesOfCalendar(sql: Queryable, id: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name from sla_policies where business_hours_id = ${id}
    union all select name from teams where assignment ->> 'calendarId' = ${id}
    union all select name from agents where calendar_id = ${id}
    union all select name from routing_rules where conditions::text like ${`%${id}%`}`
  return rows.map(row => row.name)
}

export async function usesOfPolicy(sql: Queryable, id: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select name from routing_rules where actions ->> 'slaPolicyId' = ${id}`
  return rows.map(row => row.name)
}

export type AssignmentRow = { id: string; name: string; assignment: Partial<TeamAssignment> | null }

export async function teamAssignmentOf(sql: Queryable, id: string) {
  const [row] = await sql<AssignmentRow[]>`select id, name, assignment from teams where id = ${id}`
  return row
}

export function saveTeamAssignment(tx: Tx, id: string, assignment: TeamAssignment) {
  return tx`update teams set assignment = ${tx.json(assignment as never)} where id = ${id}`
}

export type WorkRow = {
  id: string
  name: string
  capacity: number | null
  skills: string[] | null
  calendarId: string | null
}

export async function workOf(sql: Queryable, agentId: string) {
  const [row] = await sql<WorkRow[]>`
    select id, name, capacity, skills, calendar_id from agents where id = ${agentId}`
  return row
}

export function saveWork(tx: Tx, agentId: string, { capacity, skills, calendarId }: Omit<WorkRow, 'id' | 'name'>) {
  return tx`
    update agents set capacity = ${capacity}, skills = ${skills}::text[], calendar_id = ${calendarId} where id = ${agentId}`
}
