import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** A saved filter of tickets. */
export const views = pgTable(
  'views',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** `own`, `team` or `shared`. */
    scope: text().notNull(),
    /** Of the agent whose own it is; null of a key's. */
    agentId: uuid(),
    teamId: uuid(),
    /** core/ticket-filter TicketFilter. */
    filter: jsonb().notNull(),
    sort: text().notNull(),
    createdAt: instant().notNull(),
  },
  table => [index('views_of').on(table.workspaceId, table.scope, table.createdAt), tenantPolicy('views')],
)

/** In which order an agent has the views they see; others, as new ones, come after these. */
export const viewOrders = pgTable(
  'view_orders',
  { agentId: uuid().primaryKey(), workspaceId: workspaceId(), viewIds: uuid().array().notNull() },
  () => [tenantPolicy('view_orders')],
)
