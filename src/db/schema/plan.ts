import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** What would be written to a CRM, before it is. */
export const plans = pgTable(
  'plans',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    /** What was asked for: core/plan. */
    request: jsonb().notNull(),
    /** Counts, and the calls it would take. */
    summary: jsonb().notNull(),
    /** `ready` or `applied`. */
    state: text().notNull(),
    madeBy: jsonb().notNull(),
    madeAt: instant().notNull(),
    expiresAt: instant().notNull(),
    appliedBy: jsonb(),
    appliedAt: instant(),
  },
  table => [index('plans_recent').on(table.workspaceId, table.madeAt, table.id), tenantPolicy('plans')],
)

/** One record of a plan. */
export const planItems = pgTable(
  'plan_items',
  {
    id: id(),
    workspaceId: workspaceId(),
    planId: uuid()
      .notNull()
      .references(() => plans.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    recordId: uuid().notNull(),
    /** `create`, `update`, `conflict` or `skip`. */
    act: text().notNull(),
    /** Field → from, to. */
    fields: jsonb().notNull(),
    reason: text(),
    /** Of all it was made of: another one means that the world has moved. */
    fingerprint: text().notNull(),
  },
  table => [
    uniqueIndex('plan_items_record').on(table.planId, table.kind, table.recordId, table.act),
    tenantPolicy('plan_items'),
  ],
)
