/** Webhooks to the customer's own systems, by the Standard Webhooks specification. */
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: id(),
    workspaceId: workspaceId(),
    url: text().notNull(),
    description: text().notNull(),
    /** Event types it hears of. */
    events: text().array().notNull(),
    /** `whsec_…`, sealed. */
    secret: text().notNull(),
    /** `active`, `disabled` (by a person) or `failing` (it failed for days; a person takes it up again). */
    state: text().notNull(),
    /** Since when nothing has arrived. */
    failingSince: instant(),
    createdAt: instant().notNull(),
  },
  () => [tenantPolicy('webhook_endpoints')],
)

export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: uuid()
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: 'cascade' }),
    /** The change it tells of: one endpoint hears of it once. Also the `webhook-id`. */
    eventId: text().notNull(),
    eventType: text().notNull(),
    /** The body, as it is sent and signed. */
    payload: jsonb().notNull(),
    /** `pending`, `delivered` or `failed`. */
    state: text().notNull(),
    attempts: integer().notNull(),
    /** When it is tried next; while somebody is at it, when they must be gone. Null: nothing is to be done. */
    nextAt: instant(),
    lastStatus: integer(),
    /** The first words of the answer, or why there was none. */
    lastAnswer: text(),
    createdAt: instant().notNull(),
    deliveredAt: instant(),
  },
  table => [
    uniqueIndex('webhook_deliveries_once').on(table.endpointId, table.eventId),
    index('webhook_deliveries_recent').on(table.endpointId, table.createdAt, table.id),
    index('webhook_deliveries_due').on(table.nextAt).where(sql`next_at is not null`),
    tenantPolicy('webhook_deliveries'),
  ],
)
