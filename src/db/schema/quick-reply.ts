import { integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** A text that everybody answers with, by its shortcut. */
export const quickReplies = pgTable(
  'quick_replies',
  {
    id: id(),
    workspaceId: workspaceId(),
    /** Without the `/`. */
    shortcut: text().notNull(),
    title: text().notNull(),
    category: text(),
    language: text().notNull(),
    /** With `{{contact.name}}` and the like: core/quick-reply. */
    body: text().notNull(),
    uses: integer().notNull(),
    lastUsedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [
    uniqueIndex('quick_replies_shortcut').on(table.workspaceId, table.shortcut, table.language),
    tenantPolicy('quick_replies'),
  ],
)
