import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
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
    /** Whose name it is: `profile` (the customer's own), `address book`; null of a person or a CRM, which nothing replaces. */
    nameFrom: text(),
    /** Of the customer's own: when it was first given, by the provider's clock. */
    nameAt: instant(),
    /** As the customer last gave it, without `@`. It changes, so nobody is known by it. */
    username: text(),
    usernameAt: instant(),
    /** The contact that this one turned out to be: it has all that was this one's. */
    mergedInto: uuid(),
    /** core/custom-field CustomValues: fields of the workspace's own, by key. */
    custom: jsonb(),
  },
  table => [
    index('contacts_recent').on(table.workspaceId, table.createdAt, table.id),
    index('contacts_merged').on(table.mergedInto).where(sql`merged_into is not null`),
    tenantPolicy('contacts'),
  ],
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

/** Two contacts that may be one person, for a person to judge; each pair once. */
export const mergeSuggestions = pgTable(
  'merge_suggestions',
  {
    id: id(),
    workspaceId: workspaceId(),
    /** The lesser id of the two first, so that the pair is one. */
    contactA: uuid()
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    contactB: uuid()
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    /** core/contact-merge SuggestionReason. */
    reason: text().notNull(),
    /** Where it stands: `{channelId, wamid}` of a message, `{connectionId, remoteId}` of a CRM's record. */
    source: jsonb().notNull(),
    /** When it was said, by the clock of who said it. */
    at: instant().notNull(),
    createdAt: instant().notNull(),
    /** `open`, `merged` or `dismissed`. */
    state: text().notNull(),
    decidedAt: instant(),
    decidedBy: jsonb(),
    /** The merge that settled it. */
    mergeId: uuid(),
  },
  table => [
    uniqueIndex('merge_suggestions_pair').on(table.workspaceId, table.contactA, table.contactB),
    // For the list of one state, and for the cascade of a contact that is erased.
    index('merge_suggestions_recent').on(table.workspaceId, table.state, table.createdAt, table.id),
    index('merge_suggestions_a').on(table.contactA),
    index('merge_suggestions_b').on(table.contactB),
    tenantPolicy('merge_suggestions'),
  ],
)

/** One contact made part of another, with all that is needed to part them again. */
export const merges = pgTable(
  'merges',
  {
    id: id(),
    workspaceId: workspaceId(),
    survivorId: uuid()
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    mergedId: uuid()
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    at: instant().notNull(),
    actor: jsonb().notNull(),
    /** core/contact-merge Moved: what was whose before. */
    moved: jsonb().notNull(),
    /** By connection, what became of the two records there: `moved`, `apart` or `merged`. */
    remote: jsonb().notNull(),
    undoneAt: instant(),
    undoneBy: jsonb(),
  },
  table => [
    index('merges_survivor').on(table.survivorId, table.at),
    index('merges_merged').on(table.mergedId, table.at),
    tenantPolicy('merges'),
  ],
)
