import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { roles } from './access.ts'
import { conversations } from './conversation.ts'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

export const tickets = pgTable(
  'tickets',
  {
    id: id(),
    workspaceId: workspaceId(),
    number: integer().notNull(),
    conversationId: uuid()
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    contactId: uuid().notNull(),
    channelId: uuid().notNull(),
    state: text().notNull(),
    /** Provider time of the act that led to the state. */
    stateAt: instant().notNull(),
    priority: text().notNull(),
    subject: text().notNull(),
    tags: text().array().notNull(),
    ownerId: uuid(),
    teamId: uuid(),
    assignmentReason: jsonb(),
    slaPolicyId: uuid(),
    snoozedUntil: instant(),
    escalationLevel: integer().notNull(),
    openedAt: instant().notNull(),
    resolvedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    version: integer().notNull(),
    /** Its column on the board: `new`, `assigned`, `waiting`, `escalated`, `resolved`. Kept by a trigger (set_board). */
    board: text(),
    /** The earliest deadline of its clocks that has not been met. */
    dueAt: instant(),
    /** Since when the ball is with us; null while it is with the customer, or nobody's. */
    waitingSince: instant(),
    /** Since when it sleeps; until `snoozedUntil`, or without one until the customer writes. */
    snoozedAt: instant(),
    /** The ticket that has all that was this one's. */
    mergedInto: uuid(),
    /** What whoever takes it should know. */
    skills: text().array(),
    /** core/custom-field CustomValues: fields of the workspace's own, by key. */
    custom: jsonb(),
  },
  table => [
    uniqueIndex('tickets_number').on(table.workspaceId, table.number),
    /** One episode at a time: two first messages cannot open two. */
    uniqueIndex('tickets_one_open').on(table.conversationId).where(sql`state <> 'resolved'`),
    // With the workspace, which every query names too: else Postgres joins two indexes, and reads all of the workspace’s tickets.
    index('tickets_conversation').on(table.workspaceId, table.conversationId, table.openedAt),
    index('tickets_recent').on(table.workspaceId, table.openedAt, table.id),
    index('tickets_contact').on(table.contactId),
    // A column of the board, newest first, and how many are in it.
    index('tickets_board').on(table.workspaceId, table.board, table.openedAt, table.id),
    // The most urgent first; what is over has no deadline, so this is small.
    index('tickets_due').on(table.workspaceId, table.board, table.dueAt, table.id).where(sql`due_at is not null`),
    // Who has waited longest.
    index('tickets_waiting').on(table.workspaceId, table.waitingSince, table.id).where(sql`waiting_since is not null`),
    index('tickets_owner').on(table.workspaceId, table.ownerId, table.openedAt, table.id),
    index('tickets_team').on(table.workspaceId, table.teamId, table.openedAt, table.id),
    // How much each agent has.
    index('tickets_load').on(table.ownerId, table.state, table.priority),
    // What the sweep wakes.
    index('tickets_asleep').on(table.snoozedUntil).where(sql`snoozed_until is not null`),
    tenantPolicy('tickets'),
  ],
)

/** The ticket's chronology: what its clocks are folded from and what people read. `at` is provider time. */
export const ticketEvents = pgTable(
  'ticket_events',
  {
    id: id(),
    workspaceId: workspaceId(),
    ticketId: uuid()
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    at: instant().notNull(),
    recordedAt: instant().notNull(),
    actor: jsonb().notNull(),
    data: jsonb(),
  },
  table => [index('ticket_events_ticket').on(table.ticketId, table.at), tenantPolicy('ticket_events')],
)

export const teams = pgTable(
  'teams',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    isDefault: boolean().notNull(),
    /** core/assignment TeamAssignment; null: the defaults. */
    assignment: jsonb(),
  },
  () => [tenantPolicy('teams')],
)

export const agents = pgTable(
  'agents',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    email: text().notNull(),
    available: boolean().notNull(),
    lastAssignedAt: instant(),
    /** When an absence ends by itself. */
    awayUntil: instant(),
    /** Points of open tickets (core/assignment ticketWeight) that are enough; null: no limit. */
    capacity: integer(),
    skills: text().array(),
    /** Working hours of their own. */
    calendarId: uuid(),
    /** core/notification NotificationChoices; null: the defaults. */
    notifications: jsonb(),
    /** Who signs in as them (auth.users); null: nobody does. */
    userId: uuid(),
    /** core/permissions BuiltInRole, or `custom` beside `roleId`. */
    role: text().notNull().default('agent'),
    roleId: uuid().references(() => roles.id),
    createdAt: instant(),
    /** They can no longer come in; their history stays. */
    deactivatedAt: instant(),
  },
  table => [
    uniqueIndex('agents_email').on(table.workspaceId, table.email),
    // Whose sessions open what.
    uniqueIndex('agents_user').on(table.userId, table.workspaceId),
    tenantPolicy('agents'),
  ],
)

export const teamMembers = pgTable(
  'team_members',
  {
    workspaceId: workspaceId(),
    teamId: uuid()
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    agentId: uuid()
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
  },
  table => [primaryKey({ columns: [table.teamId, table.agentId] }), tenantPolicy('team_members')],
)

/** Who of a team is on call, and when. */
export const onCallShifts = pgTable(
  'on_call_shifts',
  {
    id: id(),
    workspaceId: workspaceId(),
    teamId: uuid()
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    agentId: uuid()
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    fromAt: instant().notNull(),
    toAt: instant().notNull(),
  },
  table => [index('on_call_shifts_end').on(table.workspaceId, table.toAt), tenantPolicy('on_call_shifts')],
)
