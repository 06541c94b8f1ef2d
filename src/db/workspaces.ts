import type { Language } from '../core/errors.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type WorkspaceRow = { id: string; name: string; language: Language; graceHours: number }

export async function workspaceById(sql: Queryable, id: string) {
  const [row] = await sql<WorkspaceRow[]>`select id, name, language, grace_hours from workspaces where id = ${id}`
  return row
}

/** What a key opens; nothing for a key that is unknown or revoked. `hash` is SHA-256, hex. */
export async function findApiKey(sql: Queryable, hash: string) {
  const [row] = await sql<{ id: string; workspaceId: string; name: string; language: Language }[]>`
    select id, workspace_id, name, language from find_api_key(${hash})`
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
