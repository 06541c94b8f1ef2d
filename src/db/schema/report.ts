/** What reports count, folded from the chronology behind the inbox. docs/reports.md has the definitions. */
import { bigint, boolean, index, integer, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { instant, tenantPolicy, workspaceId } from './tenancy.ts'
import { tickets } from './ticket.ts'

const ms = () => bigint({ mode: 'number' })

export const ticketFacts = pgTable(
  'ticket_facts',
  {
    ticketId: uuid()
      .primaryKey()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    workspaceId: workspaceId(),
    openedAt: instant().notNull(),
    resolvedAt: instant(),
    state: text().notNull(),
    channelId: uuid().notNull(),
    teamId: uuid(),
    ownerId: uuid(),
    priority: text().notNull(),
    category: text().notNull(),
    tags: text().array().notNull(),
    /** Id of the advertisement that its first message came by. */
    adId: text(),
    firstAnswerAt: instant(),
    /** Milliseconds of calendar time, and of business hours where the workspace has any. */
    frtMs: ms(),
    frtBusinessMs: ms(),
    /** Answers after the first, and how long the customer waited for all of them. */
    nextAnswers: integer().notNull(),
    nrtMs: ms().notNull(),
    nrtBusinessMs: ms().notNull(),
    ttrMs: ms(),
    ttrBusinessMs: ms(),
    reopened: integer().notNull(),
    /** Resolved with one answer of ours and never reopened; null while it is open. */
    firstContact: boolean(),
    /** Kept, missed, or not known yet. */
    frtMet: boolean(),
    nrtMet: boolean(),
    ttrMet: boolean(),
    csat: smallint(),
    messagesIn: integer().notNull(),
    messagesOut: integer().notNull(),
  },
  table => [
    index('ticket_facts_opened').on(table.workspaceId, table.openedAt),
    index('ticket_facts_resolved').on(table.workspaceId, table.resolvedAt),
    tenantPolicy('ticket_facts'),
  ],
)

/** Messages by the hour in which they were written. `agentId` is nobody's (all zeros) of customers and programs. */
export const messageHours = pgTable(
  'message_hours',
  {
    workspaceId: workspaceId(),
    hour: instant().notNull(),
    channelId: uuid().notNull(),
    agentId: uuid().notNull(),
    direction: text().notNull(),
    messages: integer().notNull(),
  },
  table => [
    primaryKey({ columns: [table.workspaceId, table.hour, table.channelId, table.agentId, table.direction] }),
    tenantPolicy('message_hours'),
  ],
)
