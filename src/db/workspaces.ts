import type { Language } from '../core/errors.ts'
import type { Queryable } from './client.ts'

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
  const [row] = await sql<{ id: string; workspaceId: string; secrets: string }[]>`
    select id, workspace_id, secrets from find_meta_app(${appKey})`
  return row
}
