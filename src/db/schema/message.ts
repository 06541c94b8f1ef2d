import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { conversations } from './conversation.ts'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

export const messages = pgTable(
  'messages',
  {
    id: id(),
    workspaceId: workspaceId(),
    channelId: uuid().notNull(),
    conversationId: uuid()
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    contactId: uuid().notNull(),
    ticketId: uuid(),
    /** The provider's id; null until it accepted a message of ours. */
    wamid: text(),
    direction: text().notNull(),
    origin: text().notNull(),
    kind: text().notNull(),
    /** What a person reads. */
    text: text().notNull(),
    /** The rest of what the message says, by kind. */
    content: jsonb(),
    /** The provider's object as received, where we do not understand it. */
    raw: jsonb(),
    replyToWamid: text(),
    /** When it was written, by the provider's clock. */
    providerAt: instant().notNull(),
    recordedAt: instant().notNull(),
    status: text().notNull(),
    failureCode: text(),
    failureReason: text(),
    authorName: text(),
    sourceConnectionId: uuid(),
    sourceRemoteId: text(),
    idempotencyKey: text(),
    /** Since when a send is under way. */
    sendingAt: instant(),
    /** What a person decided over a message whose fate was unknown or bad: `resent` (as another message), `dismissed`. */
    decision: text(),
    /** The message that this one changes, takes back or reacts to. */
    targetWamid: text(),
    /** How it came: `live`, `standby`, `echo` or `history`; null of what we sent. */
    via: text(),
    /** The strongest identity of the customer it is from or to (`wa_id:…`): whose it is when merged contacts are parted. */
    customerKey: text(),
    /** The agent who wrote it, where it was one of the workspace's. */
    authorId: uuid(),
  },
  table => [
    uniqueIndex('messages_wamid').on(table.channelId, table.wamid).where(sql`wamid is not null`),
    uniqueIndex('messages_idempotency')
      .on(table.workspaceId, table.idempotencyKey)
      .where(sql`idempotency_key is not null`),
    index('messages_target').on(table.channelId, table.targetWamid).where(sql`target_wamid is not null`),
    index('messages_conversation').on(table.conversationId, table.providerAt, table.id),
    index('messages_contact').on(table.contactId, table.providerAt, table.id),
    index('messages_ticket').on(table.ticketId, table.providerAt, table.id),
    index('messages_unsent').on(table.conversationId, table.id).where(sql`status in ('queued', 'sending')`),
    tenantPolicy('messages'),
  ],
)

/** Every delivery state the provider reported, in any order; a message's status is folded from them. */
export const statuses = pgTable(
  'statuses',
  {
    id: id(),
    workspaceId: workspaceId(),
    channelId: uuid().notNull(),
    wamid: text().notNull(),
    /** Our message id, where the provider echoed it. */
    callbackMessageId: uuid(),
    status: text().notNull(),
    /** The member of a group it speaks of; empty outside groups. */
    participant: text().notNull(),
    providerAt: instant().notNull(),
    errorCode: text(),
    errorText: text(),
    recordedAt: instant().notNull(),
    /** What else the provider says: price, conversation, all its errors. */
    detail: jsonb(),
  },
  table => [
    uniqueIndex('statuses_once').on(table.channelId, table.wamid, table.status, table.participant),
    tenantPolicy('statuses'),
  ],
)
