import { customType, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant, tenantPolicy, workspaceId } from './tenancy.ts'

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

/**
 * What can be found, filled behind the inbox from its changes. Words are stems in Spanish, Portuguese and English without
 * accents, each behind a mark of its workspace, so that one index serves all without reading another's.
 */
export const searchDocuments = pgTable(
  'search_documents',
  {
    workspaceId: workspaceId(),
    /** `ticket`, `contact` or `message`. */
    kind: text().notNull(),
    recordId: uuid().notNull(),
    ticketId: uuid(),
    at: instant().notNull(),
    words: tsvector().notNull(),
  },
  table => [
    primaryKey({ columns: [table.recordId, table.kind] }),
    index('search_documents_words').using('gin', table.words),
    tenantPolicy('search_documents'),
  ],
)
