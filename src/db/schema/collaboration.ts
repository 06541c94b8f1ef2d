/** What a team does around a ticket without the customer seeing it. */
import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'
import { tickets } from './ticket.ts'

const ticketId = () =>
  uuid()
    .notNull()
    .references(() => tickets.id, { onDelete: 'cascade' })

/** A colleague's remark. It never leaves for the customer, and never for a CRM. */
export const notes = pgTable(
  'notes',
  {
    id: id(),
    workspaceId: workspaceId(),
    ticketId: ticketId(),
    author: jsonb().notNull(),
    authorName: text().notNull(),
    text: text().notNull(),
    /** Agents named with @. */
    mentions: uuid().array().notNull(),
    createdAt: instant().notNull(),
  },
  table => [index('notes_ticket').on(table.ticketId, table.createdAt), tenantPolicy('notes')],
)

export const tasks = pgTable(
  'tasks',
  {
    id: id(),
    workspaceId: workspaceId(),
    ticketId: ticketId(),
    title: text().notNull(),
    ownerId: uuid(),
    dueAt: instant(),
    createdAt: instant().notNull(),
    doneAt: instant(),
    /** When its owner was reminded; null before. */
    remindedAt: instant(),
  },
  table => [
    index('tasks_ticket').on(table.ticketId, table.createdAt),
    index('tasks_owner').on(table.workspaceId, table.ownerId, table.dueAt),
    index('tasks_due').on(table.dueAt).where(sql`done_at is null and reminded_at is null and due_at is not null`),
    tenantPolicy('tasks'),
  ],
)

/** The tags that a workspace uses, with their colours. Tickets and contacts have the names. */
export const tags = pgTable(
  'tags',
  { id: id(), workspaceId: workspaceId(), name: text().notNull(), colour: text().notNull() },
  table => [uniqueIndex('tags_name').on(table.workspaceId, table.name), tenantPolicy('tags')],
)

/** Up to where an agent has read a ticket: one row each, by the message that came last to the hub (ids are UUIDv7). */
export const ticketReads = pgTable(
  'ticket_reads',
  {
    workspaceId: workspaceId(),
    ticketId: ticketId(),
    agentId: uuid().notNull(),
    /** All zeros: nothing of it, marked as unread. */
    messageId: uuid().notNull(),
  },
  table => [primaryKey({ columns: [table.ticketId, table.agentId] }), tenantPolicy('ticket_reads')],
)

/** Who has a ticket before them, until it expires: one row each, written again by their heartbeat. */
export const presence = pgTable(
  'presence',
  {
    workspaceId: workspaceId(),
    ticketId: ticketId(),
    agentId: uuid().notNull(),
    /** `viewing`, `replying` or `away`. */
    kind: text().notNull(),
    expiresAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.ticketId, table.agentId] }), tenantPolicy('presence')],
)
