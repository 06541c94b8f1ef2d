import { index, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** Message templates of a WhatsApp Business Account, as Meta has them. */
export const templates = pgTable(
  'templates',
  {
    id: id(),
    workspaceId: workspaceId(),
    wabaId: text().notNull(),
    /** Meta's id: an integer larger than JavaScript's, so a text. */
    remoteId: text().notNull(),
    name: text().notNull(),
    language: text().notNull(),
    category: text().notNull(),
    status: text().notNull(),
    /** When Meta gave it, so that an older notice does not undo a newer one. */
    statusAt: instant().notNull(),
    rejectionReason: text(),
    quality: text(),
    /** Meta will change the category to this, at that time. */
    upcomingCategory: text(),
    upcomingCategoryAt: instant(),
    parameterFormat: text().notNull(),
    components: jsonb().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    /** It is gone at Meta. */
    deletedAt: instant(),
  },
  table => [
    uniqueIndex('templates_name').on(table.workspaceId, table.wabaId, table.name, table.language),
    index('templates_remote').on(table.wabaId, table.remoteId),
    tenantPolicy('templates'),
  ],
)
