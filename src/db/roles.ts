/** Roles of a workspace's own. */
import type { Queryable, Tx } from './client.ts'

export type RoleRow = {
  id: string
  name: string
  permissions: string[]
  visibility: string
  createdAt: Date
  updatedAt: Date
}

export function listRoles(sql: Queryable) {
  return sql<RoleRow[]>`select * from roles order by name, id`
}

export async function roleById(sql: Queryable, id: string) {
  const [row] = await sql<RoleRow[]>`select * from roles where id = ${id}`
  return row
}

/** False where there is one of that name. */
export async function insertRole(tx: Tx, workspaceId: string, row: RoleRow): Promise<boolean> {
  const { id, name, permissions, visibility, createdAt, updatedAt } = row
  const rows = await tx`
    insert into roles (id, workspace_id, name, permissions, visibility, created_at, updated_at)
    values (${id}, ${workspaceId}, ${name}, ${permissions}::text[], ${visibility}, ${createdAt}, ${updatedAt})
    on conflict (workspace_id, name) do nothing returning 1`
  return rows.length > 0
}

/** False where another has that name. */
export async function updateRole(tx: Tx, row: RoleRow): Promise<boolean> {
  const { id, name, permissions, visibility, updatedAt } = row
  const rows = await tx`
    update roles set name = ${name}, permissions = ${permissions}::text[], visibility = ${visibility},
      updated_at = ${updatedAt}
    where id = ${id} and not exists (select 1 from roles o where o.name = ${name} and o.id <> ${id}) returning 1`
  return rows.length > 0
}

/** Names of those who have it; open invitations too. */
export async function holdersOfRole(sql: Queryable, roleId: string, now: Date): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name from agents where role_id = ${roleId}
    union all
    select coalesce(email, 'link') from invitations
    where role_id = ${roleId} and accepted_at is null and revoked_at is null and expires_at > ${now}`
  return rows.map(row => row.name)
}

export async function deleteRole(tx: Tx, id: string): Promise<void> {
  await tx`update invitations set role_id = null where role_id = ${id}`
  await tx`delete from roles where id = ${id}`
}
