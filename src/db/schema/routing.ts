import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

export const routingRules = pgTable(
  'routing_rules',
  {
    id: id(),
    workspaceId: workspaceId(),
    position: integer().notNull(),
    name: text().notNull(),
    enabled: boolean().notNull(),
    /** core/routing RuleConditions. */
    conditions: jsonb().notNull(),
    /** core/routing RuleActions. */
    actions: jsonb().notNull(),
    hits: integer().notNull(),
    lastHitAt: instant(),
  },
  table => [index('routing_rules_order').on(table.workspaceId, table.position), tenantPolicy('routing_rules')],
)
