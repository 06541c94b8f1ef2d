import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** One customer's account of a CRM. */
export const connections = pgTable(
  'connections',
  {
    id: id(),
    workspaceId: workspaceId(),
    connector: text().notNull(),
    name: text().notNull(),
    /** What the connector's credentials schema parses, sealed. */
    credentials: text().notNull(),
    settings: jsonb().notNull(),
    /** `active`, `paused` (by a person) or `unauthorized`. */
    state: text().notNull(),
    stateReason: text(),
    nearMisses: integer().notNull(),
    createdAt: instant().notNull(),
  },
  () => [tenantPolicy('connections')],
)

/** Our record ↔ theirs. */
export const links = pgTable(
  'links',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid()
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    recordId: uuid().notNull(),
    remoteType: text().notNull(),
    remoteId: text(),
    /** The mapped values both sides last agreed on. */
    base: jsonb(),
    /** The values of a push under way, written before it left: an echo that outruns the answer is known by them. */
    pushing: jsonb(),
    pushingAt: instant(),
    remoteVersion: text(),
    updatedAt: instant().notNull(),
  },
  table => [
    uniqueIndex('links_ours').on(table.connectionId, table.kind, table.recordId),
    uniqueIndex('links_theirs').on(table.connectionId, table.remoteType, table.remoteId),
    index('links_remote').on(table.connectionId, table.kind, table.remoteId),
    index('links_under_way')
      .on(table.connectionId, table.kind)
      .where(sql`remote_id is null and pushing_at is not null`),
    index('links_record').on(table.recordId),
    tenantPolicy('links'),
  ],
)

/** Every call to a foreign system: what was asked, what came back, what it cost. */
export const attempts = pgTable(
  'attempts',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    method: text().notNull(),
    path: text().notNull(),
    items: integer(),
    status: integer(),
    durationMs: integer().notNull(),
    /** The remote's words, for an answer that is not a success. */
    answer: text(),
    at: instant().notNull(),
  },
  table => [index('attempts_recent').on(table.connectionId, table.at, table.id), tenantPolicy('attempts')],
)

/** The allowance of a connection's API, shared by all processes. */
export const limiters = pgTable(
  'limiters',
  {
    connectionId: uuid().primaryKey(),
    workspaceId: workspaceId(),
    windowStartedAt: instant().notNull(),
    used: integer().notNull(),
    max: integer().notNull(),
    intervalMs: integer().notNull(),
    blockedUntil: instant(),
  },
  () => [tenantPolicy('limiters')],
)
