/** API keys of a workspace. Of the key itself only the hash is kept. */
import type { Queryable, Tx } from './client.ts'

export type ApiKeyRow = {
  id: string
  name: string
  hint: string | null
  /** Null: everything. */
  permissions: string[] | null
  createdBy: string | null
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
}

function keysOf(sql: Queryable) {
  return sql`
    select id, name, hint, permissions, created_by, created_at, expires_at, last_used_at, revoked_at from api_keys`
}

export function listApiKeys(sql: Queryable) {
  return sql<ApiKeyRow[]>`${keysOf(sql)} order by created_at desc, id desc`
}

export async function lockApiKey(tx: Tx, id: string) {
  const [row] = await tx<ApiKeyRow[]>`${keysOf(tx)} where id = ${id} for update`
  return row
}

export function insertApiKey(tx: Tx, workspaceId: string, keyHash: string, row: ApiKeyRow) {
  const { id, name, hint, permissions, createdBy, createdAt, expiresAt } = row
  return tx`
    insert into api_keys (id, workspace_id, name, key_hash, hint, permissions, created_by, created_at, expires_at)
    values (${id}, ${workspaceId}, ${name}, ${keyHash}, ${hint}, ${permissions}::text[], ${createdBy}, ${createdAt},
      ${expiresAt})`
}

export function markRevoked(tx: Tx, id: string, at: Date) {
  return tx`update api_keys set revoked_at = ${at} where id = ${id}`
}
