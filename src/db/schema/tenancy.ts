/** What every tenant's table has in common: the workspace, and a policy that shows a session its own rows only. */
import { sql } from 'drizzle-orm'
import { pgPolicy, pgRole, timestamp, uuid } from 'drizzle-orm/pg-core'

/** The role the hub works as. It owns nothing and cannot bypass row-level security. Made by the first migration. */
export const appRole = pgRole('buzon_app').existing()

const ownWorkspace = (column: string) =>
  sql.raw(`${column} = nullif(current_setting('app.workspace_id', true), '')::uuid`)

export const tenantPolicy = (table: string, column = 'workspace_id') =>
  pgPolicy(`${table}_tenant`, { for: 'all', to: appRole, using: ownWorkspace(column), withCheck: ownWorkspace(column) })

export const id = () => uuid().primaryKey()
export const instant = () => timestamp({ withTimezone: true, precision: 3 })
export const workspaceId = () => uuid().notNull()
