import { index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

export const contacts = pgTable(
  'contacts',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text(),
    /** E.164, for people. */
    phone: text(),
    waKey: text().notNull(),
    email: text(),
    category: text().notNull(),
    tags: text().array().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    version: integer().notNull(),
  },
  table => [index('contacts_recent').on(table.workspaceId, table.createdAt, table.id), tenantPolicy('contacts')],
)

export const identities = pgTable(
  'identities',
  {
    id: id(),
    workspaceId: workspaceId(),
    contactId: uuid()
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    /** Verbatim as received. */
    value: text().notNull(),
    matchKey: text().notNull(),
    createdAt: instant().notNull(),
  },
  table => [
    uniqueIndex('identities_match').on(table.workspaceId, table.kind, table.matchKey),
    index('identities_contact').on(table.contactId),
    tenantPolicy('identities'),
  ],
)
