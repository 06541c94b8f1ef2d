import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'
import { agents } from './ticket.ts'

/** What an agent is to know of: in the app, and by e-mail where they asked for it. */
export const notifications = pgTable(
  'notifications',
  {
    id: id(),
    workspaceId: workspaceId(),
    agentId: uuid()
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    /** core/notification NotificationKind. */
    kind: text().notNull(),
    /** What it is about, so that nobody is told twice. */
    key: text().notNull(),
    ticketId: uuid(),
    data: jsonb().notNull(),
    createdAt: instant().notNull(),
    readAt: instant(),
    /** When its e-mail is to be sent, or tried again; null: none is to. */
    mailAt: instant(),
    /** Why the last try failed; with `mailAt` null it is given up. */
    mailError: text(),
    mailedAt: instant(),
  },
  table => [
    uniqueIndex('notifications_once').on(table.agentId, table.kind, table.key),
    index('notifications_list').on(table.agentId, table.createdAt, table.id),
    index('notifications_mail').on(table.mailAt),
    tenantPolicy('notifications'),
  ],
)
