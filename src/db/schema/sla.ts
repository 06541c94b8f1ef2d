import { sql } from 'drizzle-orm'
import { boolean, doublePrecision, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'
import { tickets } from './ticket.ts'

export const businessHours = pgTable(
  'business_hours',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** core/business-hours Calendar. */
    calendar: jsonb().notNull(),
    isDefault: boolean().notNull(),
  },
  () => [tenantPolicy('business_hours')],
)

export const slaPolicies = pgTable(
  'sla_policies',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** The policy is for tickets of this priority; null: for all others. */
    priority: text(),
    frtMinutes: integer(),
    nrtMinutes: integer(),
    ttrMinutes: integer(),
    /** Null: calendar time. */
    businessHoursId: uuid(),
    pauseWhileWaiting: boolean().notNull(),
    warnAt: doublePrecision().notNull(),
  },
  () => [tenantPolicy('sla_policies')],
)

export const clocks = pgTable(
  'clocks',
  {
    id: id(),
    workspaceId: workspaceId(),
    ticketId: uuid()
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    targetMinutes: integer().notNull(),
    startedAt: instant().notNull(),
    dueAt: instant(),
    warnAt: instant(),
    pausedAt: instant(),
    stoppedAt: instant(),
    warnedAt: instant(),
    /** The true instant of the breach, not when it was noticed. */
    breachedAt: instant(),
  },
  table => [
    uniqueIndex('clocks_one').on(table.ticketId, table.kind),
    index('clocks_due').on(table.dueAt).where(sql`stopped_at is null and breached_at is null and due_at is not null`),
    index('clocks_warn').on(table.warnAt).where(sql`stopped_at is null and warned_at is null and warn_at is not null`),
    tenantPolicy('clocks'),
  ],
)
