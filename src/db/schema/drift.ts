import { index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** The fields of a CRM as they were last seen to be right. */
export const fieldSnapshots = pgTable(
  'field_snapshots',
  {
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    kind: text().notNull(),
    fields: jsonb().notNull(),
    seenAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.connectionId, table.kind] }), tenantPolicy('field_snapshots')],
)

/** What has changed in the schema of a CRM so that something of ours no longer fits. */
export const driftFindings = pgTable(
  'drift_findings',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    kind: text().notNull(),
    field: text().notNull(),
    /** `gone`, `renamed`, `read only`, `required`, `option gone`, `type changed`. */
    problem: text().notNull(),
    /** Words of the sentences: labels, options, types. */
    facts: jsonb().notNull(),
    foundAt: instant().notNull(),
    resolvedAt: instant(),
  },
  table => [
    uniqueIndex('drift_findings_open').on(table.connectionId, table.kind, table.field, table.problem),
    index('drift_findings_recent').on(table.workspaceId, table.foundAt, table.id),
    tenantPolicy('drift_findings'),
  ],
)
