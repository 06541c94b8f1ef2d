import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** Both sides compared, record by record, and what was mended. */
export const reconciliations = pgTable(
  'reconciliations',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    /** `nightly`, `on demand`, or `feed lost`. */
    reason: text().notNull(),
    /** `running`, `done`, `cancelled` or `failed`. */
    state: text().notNull(),
    dueAt: instant(),
    /** Which phase, and after which record. */
    cursor: jsonb(),
    checked: integer().notNull(),
    missingThere: integer().notNull(),
    missingHere: integer().notNull(),
    differing: integer().notNull(),
    repaired: integer().notNull(),
    /** After the second look. */
    stillMissing: integer().notNull(),
    error: text(),
    requestedBy: jsonb().notNull(),
    requestedAt: instant().notNull(),
    updatedAt: instant().notNull(),
    finishedAt: instant(),
  },
  table => [
    index('reconciliations_recent').on(table.workspaceId, table.requestedAt, table.id),
    index('reconciliations_due').on(table.dueAt),
    tenantPolicy('reconciliations'),
  ],
)

/** What a reconciliation found not to be equal. */
export const reconciliationFindings = pgTable(
  'reconciliation_findings',
  {
    id: id(),
    workspaceId: workspaceId(),
    reconciliationId: uuid()
      .notNull()
      .references(() => reconciliations.id, { onDelete: 'cascade' }),
    /** `missing there`, `missing here` or `differing`. */
    problem: text().notNull(),
    kind: text().notNull(),
    recordId: uuid(),
    remoteId: text(),
    /** Of one that differs: what was agreed, and what they hold. */
    fields: jsonb(),
    foundAt: instant().notNull(),
    /** `waiting`, `repaired` or `still missing`. */
    outcome: text().notNull(),
    repairedAt: instant(),
  },
  table => [
    index('reconciliation_findings_of').on(table.reconciliationId, table.outcome, table.id),
    uniqueIndex('reconciliation_findings_once').on(table.reconciliationId, table.problem, table.kind, table.recordId),
    tenantPolicy('reconciliation_findings'),
  ],
)
