import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** History carried over, slice by slice: the row says how far, and any process goes on from it. */
export const backfills = pgTable(
  'backfills',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    /** `out`: ours to the CRM. `in`: theirs to us. */
    direction: text().notNull(),
    /** What of it: core/backfill. */
    scope: jsonb().notNull(),
    /** `running`, `paused`, `done`, `cancelled` or `failed`. */
    state: text().notNull(),
    /** The next slice is due then; null of one that is over or waits for a person. */
    dueAt: instant(),
    /** Which kind is under way, and after which record. */
    cursor: jsonb(),
    /** How many there are, where that can be known. */
    total: integer(),
    /** Looked at; and what became of them. */
    seen: integer().notNull(),
    queued: integer().notNull(),
    adopted: integer().notNull(),
    created: integer().notNull(),
    skipped: integer().notNull(),
    error: text(),
    requestedBy: jsonb().notNull(),
    requestedAt: instant().notNull(),
    updatedAt: instant().notNull(),
    finishedAt: instant(),
  },
  table => [
    index('backfills_recent').on(table.workspaceId, table.requestedAt, table.id),
    index('backfills_due').on(table.dueAt),
    tenantPolicy('backfills'),
  ],
)
