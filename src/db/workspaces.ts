import type { Language } from '../core/errors.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type WorkspaceRow = { id: string; name: string; language: Language; graceHours: number }

export async function workspaceById(sql: Queryable, id: string) {
  const [row] = await sql<WorkspaceRow[]>`select id, name, language, grace_hours from workspaces where id = ${id}`
  return row
}

/** What a key opens; nothing for a key that is unknown, over or revoked. `hash` is SHA-256, hex. Null opens everything. */
export async function findApiKey(sql: Queryable, hash: string, now: Date) {
  type Found = { id: string; workspaceId: string; name: string; language: Language; permissions: string[] | null }
  const [row] = await sql<Found[]>`select * from find_api_key(${hash}, ${now})`
  return row
}

export async function findMetaApp(sql: Queryable, appKey: string) {
  const [row] = await sql<{ id: string; workspaceId: string; secrets: string; oldSecretUntil: Date | null }[]>`
    select id, workspace_id, secrets, old_secret_until from find_meta_app(${appKey})`
  return row
}

type Rows = Record<string, unknown>[]

/** All that a workspace begins with, in one transaction of its own. */
export async function insertWorkspace(
  tx: Tx,
  rows: {
    workspace: Record<string, unknown>
    apiKeys: Rows
    agents: Rows
    teams: Rows
    teamMembers: Rows
    routingRules: Rows
    businessHours: Rows
    slaPolicies: Rows
  },
): Promise<void> {
  const insert = (table: string, list: Rows) =>
    tx`insert into ${tx(table)} select * from jsonb_populate_recordset(null::${tx(table)}, ${jsonRows(tx, list)})`
  await insert('workspaces', [rows.workspace])
  await insert('api_keys', rows.apiKeys)
  await insert('agents', rows.agents)
  await insert('teams', rows.teams)
  await insert('team_members', rows.teamMembers)
  await insert('routing_rules', rows.routingRules)
  await insert('business_hours', rows.businessHours)
  await insert('sla_policies', rows.slaPolicies)
}

/** What people set of a workspace. */
export type Settings = {
  id: string
  name: string
  language: Language
  timeZone: string
  graceHours: number
  singleSession: boolean
}

export async function settingsOf(sql: Queryable, { lock = false } = {}) {
  const [row] = await sql<Settings[]>`
    select id, name, language, time_zone, grace_hours, single_session from workspaces ${lock ? sql`for update` : sql``}`
  return row
}

export function updateSettings(tx: Tx, values: Record<string, unknown>) {
  return tx`update workspaces set ${tx(values)}`
}

/** How far a workspace is: what is there already of what a first day needs. */
export type Progress = {
  hasNumber: boolean
  hasCrm: boolean
  hasMessage: boolean
  hasColleague: boolean
  hasRules: boolean
  hasSla: boolean
}

export async function progressOf(sql: Queryable): Promise<Progress> {
  const [row] = await sql<Progress[]>`
    select exists (select 1 from channels where state = 'connected') as has_number,
      exists (select 1 from connections) as has_crm,
      exists (select 1 from messages where direction = 'in') as has_message,
      (select count(*) > 1 from agents where user_id is not null and deactivated_at is null)
        or exists (select 1 from invitations where revoked_at is null) as has_colleague,
      exists (select 1 from routing_rules where enabled) as has_rules,
      exists (select 1 from sla_policies) as has_sla`
  if (!row) throw new Error('The workspace is not there')
  return row
}
