import { index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** Roles of a workspace's own; the built-in ones are in core/permissions. */
export const roles = pgTable(
  'roles',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** core/permissions Permission. */
    permissions: text().array().notNull(),
    /** core/permissions Visibility. */
    visibility: text().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [uniqueIndex('roles_name').on(table.workspaceId, table.name), tenantPolicy('roles')],
)

export const invitations = pgTable(
  'invitations',
  {
    id: id(),
    workspaceId: workspaceId(),
    /** Who may accept it; null: whoever has the link. */
    email: text(),
    role: text().notNull(),
    roleId: uuid().references(() => roles.id),
    teamIds: uuid().array().notNull(),
    /** SHA-256 of what is in the link, hex. */
    tokenHash: text().notNull(),
    invitedBy: text().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    acceptedAt: instant(),
    agentId: uuid(),
    revokedAt: instant(),
  },
  table => [
    uniqueIndex('invitations_token').on(table.tokenHash),
    index('invitations_recent').on(table.workspaceId, table.createdAt, table.id),
    tenantPolicy('invitations'),
  ],
)

/** Answers of requests that carried an `Idempotency-Key`, kept for a day; `status` is null while the first is in hand. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    workspaceId: workspaceId(),
    /** Whose key it is: of two callers the same key is two. */
    caller: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of method, path and body, hex. */
    requestHash: text().notNull(),
    status: integer(),
    contentType: text(),
    body: text(),
    createdAt: instant().notNull(),
  },
  table => [
    primaryKey({ columns: [table.workspaceId, table.caller, table.key] }),
    index('idempotency_keys_age').on(table.createdAt),
    tenantPolicy('idempotency_keys'),
  ],
)
