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
    /** For tickets of these alone; null: of any. The policy that says most decides, among equals the first by position. */
    category: text(),
    teamId: uuid(),
    channelId: uuid(),
    position: integer().notNull().default(0),
    /** Share of clocks that are to be in time, 0–100. */
    targetPercent: integer(),
    /** core/escalation EscalationStep[]. */
    escalation: jsonb().notNull().default([]),
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
    /** Of NRT: which turn of the customer, from 0. */
    turn: integer().notNull().default(0),
  },
  table => [
    uniqueIndex('clocks_turn').on(table.ticketId, table.kind, table.turn),
    // Those that run, by the time left; and what was breached when.
    index('clocks_board').on(table.workspaceId, table.stoppedAt, table.dueAt),
    index('clocks_breached').on(table.workspaceId, table.breachedAt, table.id),
    index('clocks_due').on(table.dueAt).where(sql`stopped_at is null and breached_at is null and due_at is not null`),
    index('clocks_warn').on(table.warnAt).where(sql`stopped_at is null and warned_at is null and warn_at is not null`),
    tenantPolicy('clocks'),
  ],
)

/** Steps of escalation chains that a warning or a breach has set in motion. Each is taken once. */
export const escalations = pgTable(
  'escalations',
  {
    id: id(),
    workspaceId: workspaceId(),
    ticketId: uuid()
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    policyId: uuid().notNull(),
    kind: text().notNull(),
    turn: integer().notNull(),
    /** Its place in the chain, and what it said when it was set in motion: core/escalation EscalationStep. */
    step: integer().notNull(),
    says: jsonb().notNull(),
    /** Null once it was taken or is no longer wanted. */
    dueAt: instant(),
    takenAt: instant(),
    /** `taken`, or why not: `stopped` in time. Null while it waits. */
    outcome: text(),
    createdAt: instant().notNull(),
  },
  table => [
    uniqueIndex('escalations_once').on(table.ticketId, table.kind, table.turn, table.step),
    index('escalations_due').on(table.dueAt),
    tenantPolicy('escalations'),
  ],
)

/** Why a deadline was missed, as people say it afterwards. */
export const breachCauses = pgTable(
  'breach_causes',
  {
    clockId: uuid()
      .primaryKey()
      .references(() => clocks.id, { onDelete: 'cascade' }),
    workspaceId: workspaceId(),
    /** core/breach BreachCause. */
    cause: text().notNull(),
    note: text().notNull(),
    actor: jsonb().notNull(),
    at: instant().notNull(),
  },
  () => [tenantPolicy('breach_causes')],
)

/** Open tickets whose clocks are folded anew, after a policy or a calendar was changed; in slices, by id. */
export const slaRecomputes = pgTable(
  'sla_recomputes',
  {
    id: id(),
    workspaceId: workspaceId(),
    requestedAt: instant().notNull(),
    /** The last ticket that is done. */
    afterId: uuid(),
    tickets: integer().notNull(),
    /** Tickets of which a deadline moved. */
    moved: integer().notNull(),
    doneAt: instant(),
  },
  table => [index('sla_recomputes_open').on(table.doneAt, table.requestedAt), tenantPolicy('sla_recomputes')],
)
