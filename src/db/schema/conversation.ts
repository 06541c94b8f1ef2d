import { sql } from 'drizzle-orm'
import { pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { channels } from './channel.ts'
import { contacts } from './contact.ts'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** A contact on a channel, or a group there, whose contact is the first who wrote in it. */
export const conversations = pgTable(
  'conversations',
  {
    id: id(),
    workspaceId: workspaceId(),
    contactId: uuid()
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    channelId: uuid()
      .notNull()
      .references(() => channels.id),
    /** The address to answer, verbatim as last received: digits, or null when the customer hides the number. */
    toWaId: text(),
    toUserId: text(),
    /** Provider time of the customer's last message: the 24-hour window counts from it. */
    lastInboundAt: instant(),
    createdAt: instant().notNull(),
    /** Of a group: where its messages are sent. */
    groupId: text(),
    /** What the customer last said of marketing from this number: `stop`, `resume` or `signup`; and when. */
    marketing: text(),
    marketingAt: instant(),
    /** Provider time of the newest message that belongs to no ticket: one that opens later, and began before, takes it in. */
    strayAt: instant(),
  },
  table => [
    // Whole, not partial: before its first analysis Postgres takes an index on what is null for nearly empty, and reads it
    // from end to end for each batch.
    unique('conversations_one').on(table.contactId, table.channelId, table.groupId).nullsNotDistinct(),
    uniqueIndex('conversations_group').on(table.channelId, table.groupId).where(sql`group_id is not null`),
    tenantPolicy('conversations'),
  ],
)
