import { bigint, boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

export const workspaces = pgTable(
  'workspaces',
  {
    id: id(),
    name: text().notNull(),
    language: text().notNull(),
    /** Inbound messages reopen a resolved ticket this long; hours. */
    graceHours: integer().notNull(),
    lastTicketNumber: integer().notNull(),
    createdAt: instant().notNull(),
    /** Tickets that wait on the customer are resolved after as many days; null: they wait. */
    autoCloseDays: integer(),
    /** Another with each change of rules, policies, calendars or teams, so that they are read once. Kept by triggers. */
    configVersion: bigint({ mode: 'number' }).notNull().default(0),
    /** IANA; of reports and of what people read. Calendars have their own. */
    timeZone: text().notNull().default('UTC'),
    /** A person has one session: the newest. */
    singleSession: boolean().notNull().default(false),
  },
  () => [tenantPolicy('workspaces', 'id')],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** SHA-256 of the key, hex. */
    keyHash: text().notNull(),
    createdAt: instant().notNull(),
    revokedAt: instant(),
    /** core/permissions Permission; null: everything. */
    permissions: text().array(),
    expiresAt: instant(),
    /** To the minute. */
    lastUsedAt: instant(),
    /** The end of the key, by which people tell keys apart. */
    hint: text(),
    createdBy: text(),
  },
  table => [uniqueIndex('api_keys_hash').on(table.keyHash), tenantPolicy('api_keys')],
)

/** A Meta app of a customer's own; the default app is in the configuration. */
export const metaApps = pgTable(
  'meta_apps',
  {
    id: id(),
    workspaceId: workspaceId(),
    appKey: text().notNull(),
    /** {appSecrets: string[], verifyToken: string}, sealed. */
    secrets: text().notNull(),
    createdAt: instant().notNull(),
    /** Meta's id of the app; without it some of its settings cannot be read. */
    appId: text(),
    /** Until when the second of two secrets holds; null for as long as it is there. */
    oldSecretUntil: instant(),
  },
  table => [uniqueIndex('meta_apps_key').on(table.appKey), tenantPolicy('meta_apps')],
)

export const audit = pgTable(
  'audit',
  {
    id: id(),
    workspaceId: workspaceId(),
    at: instant().notNull(),
    actor: jsonb().notNull(),
    action: text().notNull(),
    subjectKind: text().notNull(),
    subjectId: text().notNull(),
    data: jsonb(),
    /** Of what was changed: the fields that differ, as they were and as they are. */
    before: jsonb(),
    after: jsonb(),
  },
  table => [
    // The log is read from the newest.
    index('audit_recent').on(table.workspaceId, table.at, table.id),
    index('audit_subject').on(table.workspaceId, table.subjectId, table.at),
    tenantPolicy('audit'),
  ],
)
