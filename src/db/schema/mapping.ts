import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { connections } from './connection.ts'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** Versions of a connection's mapping. Without an active one the connector's defaults hold. */
export const mappings = pgTable(
  'mappings',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid()
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    /** `draft`, `active` or `past`. */
    state: text().notNull(),
    /** core/mapping WrittenMapping. */
    rows: jsonb().notNull(),
    /** How it came to be: `edited`, `imported` or `undone`. */
    origin: text().notNull(),
    /** The version that this one brings back; 0: the connector's defaults. */
    restores: integer(),
    editedBy: jsonb().notNull(),
    editedAt: instant().notNull(),
    appliedBy: jsonb(),
    appliedAt: instant(),
  },
  table => [
    uniqueIndex('mappings_version').on(table.connectionId, table.version),
    uniqueIndex('mappings_one_draft').on(table.connectionId).where(sql`state = 'draft'`),
    uniqueIndex('mappings_one_active').on(table.connectionId).where(sql`state = 'active'`),
    tenantPolicy('mappings'),
  ],
)

/** Rows of a mapping that stand still, whatever its version: their values are held, neither sent nor taken. */
export const mappingPauses = pgTable(
  'mapping_pauses',
  {
    workspaceId: workspaceId(),
    connectionId: uuid()
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    rowId: text().notNull(),
    /** In words for people. */
    reason: text().notNull(),
    at: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.connectionId, table.kind, table.rowId] }), tenantPolicy('mapping_pauses')],
)

/** Fields that both sides changed and a person is to decide. Values are in our words. */
export const conflicts = pgTable(
  'conflicts',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid()
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    recordId: uuid().notNull(),
    /** Ours, such as `name` or `custom.size`. */
    field: text().notNull(),
    base: jsonb(),
    ours: jsonb(),
    theirs: jsonb(),
    /** Who changed it here, as the provenance says, and when. */
    oursBy: jsonb(),
    oursAt: instant(),
    theirsBy: jsonb(),
    theirsAt: instant(),
    openedAt: instant().notNull(),
    /** `open`, `resolved` (by a person) or `settled` (both sides came to say the same). */
    state: text().notNull(),
    /** `ours`, `theirs` or `value`. */
    decision: text(),
    decided: jsonb(),
    decidedAt: instant(),
    decidedBy: jsonb(),
  },
  table => [
    uniqueIndex('conflicts_one_open').on(table.connectionId, table.recordId, table.field).where(sql`state = 'open'`),
    index('conflicts_recent').on(table.workspaceId, table.state, table.openedAt, table.id),
    index('conflicts_record').on(table.recordId, table.state),
    tenantPolicy('conflicts'),
  ],
)
