/** Messages: read for people, and taken one by one by the sender. */
import type { MessageStatus } from '../core/message.ts'
import type { Sight } from '../core/permissions.ts'
import type { ConversationRow, MessageRow } from './arrivals.ts'
import type { Queryable, Tx } from './client.ts'
import { ofTicketInSight } from './sight.ts'

/** What a person decided over a message whose fate was unknown, or bad: it went out again as another, or was let be. */
export type Decision = 'resent' | 'dismissed'

/** A message as it is read. */
export type ReadMessage = MessageRow & { decision: Decision | null }

type MessageKey = { id: string } | { idempotencyKey: string } | { channelId: string; wamid: string }

export async function messageBy(sql: Queryable, key: MessageKey) {
  const [row] = await sql<ReadMessage[]>`select * from messages where ${conditionOf()}`
  return row

  function conditionOf() {
    if ('id' in key) return sql`id = ${key.id}`
    if ('wamid' in key) return sql`channel_id = ${key.channelId} and wamid = ${key.wamid}`
    return sql`idempotency_key = ${key.idempotencyKey}`
  }
}

/** For a person: nothing for one of a ticket out of sight. */
export async function messageInSight(sql: Queryable, sees: Sight, id: string) {
  const [row] = await sql<ReadMessage[]>`
    select * from messages m where id = ${id} and ${ofTicketInSight(sql, sees, 'm.ticket_id')}`
  return row
}

export function ticketMessages(sql: Queryable, ticketId: string) {
  return sql<ReadMessage[]>`
    select * from messages where ticket_id = ${ticketId} order by provider_at, id limit 1000`
}

/**
 * What a person has to read in the conversation that came to be known after this message, from the customer or from us;
 * ids are in the order in which they were made. Reactions and notices apart.
 */
export function messagesSince(sql: Queryable, conversationId: string, messageId: string) {
  return sql<ReadMessage[]>`
    select * from messages
    where conversation_id = ${conversationId} and id > ${messageId} and kind not in ('reaction', 'system')
      and via is distinct from 'history' and status <> 'failed'
    order by id limit 50`
}

/** A contact's history over all channels, newest first: what belongs to tickets in sight. */
export function contactMessages(
  sql: Queryable,
  sees: Sight,
  contactId: string,
  page: { limit: number; after?: { at: Date; id: string } },
) {
  return sql<ReadMessage[]>`
    select * from messages m where contact_id = ${contactId} and ${ofTicketInSight(sql, sees, 'm.ticket_id')}
      ${page.after ? sql`and (provider_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by provider_at desc, id desc limit ${page.limit}`
}

export async function conversationById(sql: Queryable, id: string) {
  const [row] = await sql<ConversationRow[]>`select * from conversations where id = ${id}`
  return row
}

/** The conversation of a contact where they wrote last. */
export async function latestConversation(sql: Queryable, contactId: string) {
  const [row] = await sql<ConversationRow[]>`
    select * from conversations where contact_id = ${contactId} order by last_inbound_at desc nulls last, id desc limit 1`
  return row
}

/** The conversation of a contact on one of our numbers. */
export async function conversationOn(sql: Queryable, contactId: string, channelId: string) {
  const [row] = await sql<ConversationRow[]>`
    select * from conversations where contact_id = ${contactId} and channel_id = ${channelId}
    order by last_inbound_at desc nulls last, id desc limit 1`
  return row
}

/** The customer's last message that can still be marked as read: WhatsApp knows them for 30 days. */
export async function latestInbound(sql: Queryable, conversationId: string, since: Date) {
  const [row] = await sql<ReadMessage[]>`
    select * from messages
    where conversation_id = ${conversationId} and direction = 'in' and wamid is not null and provider_at > ${since}
    order by provider_at desc, id desc limit 1`
  return row
}

/** Locks it, so that two people do not decide over it at once. Nothing for one of a ticket out of sight. */
export async function lockMessage(tx: Tx, sees: Sight, id: string) {
  const [row] = await tx<ReadMessage[]>`
    select * from messages m where id = ${id} and ${ofTicketInSight(tx, sees, 'm.ticket_id')} for update of m`
  return row
}

export function setDecision(tx: Tx, id: string, decision: Decision) {
  return tx`update messages set decision = ${decision} where id = ${id}`
}

/** The oldest message of the conversation that has not left yet, or is leaving. */
export async function nextUnsent(tx: Tx, conversationId: string) {
  const [row] = await tx<MessageRow[]>`
    select * from messages where conversation_id = ${conversationId} and status in ('queued', 'sending')
    order by id limit 1 for update`
  return row
}

/** Conversations of the number in which something waits to leave. */
export function unsentOfChannel(sql: Queryable, channelId: string) {
  return sql<{ conversationId: string }[]>`
    select distinct conversation_id from messages where channel_id = ${channelId} and status in ('queued', 'sending')`
}

export function markSending(tx: Tx, id: string, at: Date) {
  return tx`update messages set status = 'sending', sending_at = ${at} where id = ${id}`
}

/** A status that outran the answer stays: only what was still leaving takes the result. */
export function setSendResult(
  tx: Tx,
  id: string,
  result: { status: MessageStatus; wamid: string | null; failureCode: string | null; failureReason: string | null },
) {
  const leaving = tx`status in ('queued', 'sending', 'uncertain')`
  return tx`
    update messages set wamid = coalesce(wamid, ${result.wamid}), sending_at = null,
      status = case when ${leaving} then ${result.status} else status end,
      failure_code = case when ${leaving} then ${result.failureCode} else failure_code end,
      failure_reason = case when ${leaving} then ${result.failureReason} else failure_reason end
    where id = ${id}`
}
