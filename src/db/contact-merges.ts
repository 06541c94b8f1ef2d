/** Contacts made one, and parted again: what moves from one to the other. `core/contact-merge` decides what goes where. */
import type { Reach, RemoteOutcome } from '../core/contact-merge.ts'
import type { ContactRow, ConversationRow, IdentityRow, TicketRow } from './arrivals.ts'
import type { Queryable, Tx } from './client.ts'
import type { OutboxRow } from './outbox.ts'
import { jsonRows } from './rows.ts'

/** All that a merge moved, by id, with what was there before. */
export type Moved = {
  identities: string[]
  /** Conversations that are the survivor's now. */
  conversations: string[]
  /** Where both had one on a number: the merged contact's went into the survivor's. */
  joined: { from: string; into: string; before: Reach; after: Reach }[]
  /** Episodes that are the survivor's now. */
  tickets: string[]
  /** Of two that were open in one conversation one ended, and the other may have changed; `eventIds`: what was said of it. */
  episodes: { id: string; eventIds: string[]; before: TicketMark; after: TicketMark }[]
  fields: { before: Record<string, unknown>; after: Record<string, unknown> }
  links: { id: string; connectionId: string }[]
}

export type TicketMark = {
  state: TicketRow['state']
  stateAt: string
  priority: TicketRow['priority']
  slaPolicyId: string | null
  resolvedAt: string | null
}

export type MergeRow = {
  id: string
  workspaceId: string
  survivorId: string
  mergedId: string
  at: Date
  actor: unknown
  moved: Moved
  /** By connection. */
  remote: Record<string, RemoteOutcome>
  undoneAt: Date | null
  undoneBy: unknown
}

/** The contacts that these have become: themselves, where nobody merged them. Those that are not there are absent. */
export async function survivorsOf(sql: Queryable, ids: string[]): Promise<Map<string, string>> {
  const rows = await sql<{ asked: string; id: string }[]>`
    with recursive chain as (
      select id as asked, id, merged_into, 0 as step from contacts where id = any(${ids}::uuid[])
      union all
      select h.asked, c.id, c.merged_into, h.step + 1 from chain h join contacts c on c.id = h.merged_into
      where h.step < 1000
    )
    select asked, id from chain where merged_into is null`
  return new Map(rows.map(row => [row.asked, row.id]))
}

export async function survivorOf(sql: Queryable, id: string): Promise<string | undefined> {
  return (await survivorsOf(sql, [id])).get(id)
}

/** Ids of contacts that were merged into this one, also by way of others. */
export async function mergedInto(sql: Queryable, id: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with recursive chain as (
      select id from contacts where merged_into = ${id}
      union select c.id from contacts c join chain on c.merged_into = chain.id
    )
    select id from chain order by id`
  return rows.map(row => row.id)
}

/** Nobody else changes who they are: called under the locks of their identities. */
export function lockContacts(tx: Tx, ids: string[]) {
  return tx<ContactRow[]>`select * from contacts where id = any(${ids}::uuid[]) order by id for update`
}

export function identitiesOfContacts(sql: Queryable, ids: string[]) {
  return sql<IdentityRow[]>`select * from identities where contact_id = any(${ids}::uuid[]) order by kind, match_key`
}

export function lockConversationsOf(tx: Tx, contactIds: string[]) {
  return tx<ConversationRow[]>`
    select * from conversations where contact_id = any(${contactIds}::uuid[]) order by id for update`
}

export function ticketsOfContacts(sql: Queryable, contactIds: string[]) {
  return sql<TicketRow[]>`
    select * from tickets where contact_id = any(${contactIds}::uuid[]) order by opened_at, id`
}

export function giveIdentities(tx: Tx, ids: string[], to: string) {
  return tx`update identities set contact_id = ${to} where id = any(${ids}::uuid[])`
}

export function giveConversations(tx: Tx, ids: string[], to: string) {
  return tx`update conversations set contact_id = ${to} where id = any(${ids}::uuid[])`
}

/** To another contact, and into another conversation where `into` says so. */
export function giveTickets(tx: Tx, ids: string[], to: string, into: string | null, now: Date) {
  return tx`
    update tickets set contact_id = ${to}, conversation_id = coalesce(${into}::uuid, conversation_id), updated_at = ${now},
      version = version + 1
    where id = any(${ids}::uuid[])`
}

export function giveMessages(tx: Tx, from: string, to: string) {
  return tx`update messages set contact_id = ${to} where contact_id = ${from}`
}

export function moveMessages(tx: Tx, from: string, into: string) {
  return tx`update messages set conversation_id = ${into} where conversation_id = ${from}`
}

/** Messages of a conversation that go with these tickets, or that have none and are of these ids of the customer. */
export function partMessages(
  tx: Tx,
  conversationId: string,
  of: { ticketIds: string[]; customerKeys: string[]; before: Date | null },
  to: { contactId: string; conversationId: string },
) {
  return tx`
    update messages set contact_id = ${to.contactId}, conversation_id = ${to.conversationId}
    where conversation_id = ${conversationId} and (
      ticket_id = any(${of.ticketIds}::uuid[])
      or ticket_id is null and coalesce(customer_key = any(${of.customerKeys}::text[]), recorded_at <= ${of.before}, false)
    )`
}

/** In groups a message is of who wrote it, whatever its ticket. */
export function partGroupMessages(tx: Tx, from: string, to: string, customerKeys: string[]) {
  return tx`
    update messages m set contact_id = ${to} from conversations c
    where m.contact_id = ${from} and m.customer_key = any(${customerKeys}::text[])
      and c.id = m.conversation_id and c.group_id is not null`
}

export type OpenedTicket = TicketRow & { openerKey: string | null }

/** Of a conversation, each with the id of the customer that wrote its first message. */
export function ticketsWithOpener(sql: Queryable, conversationId: string) {
  return sql<OpenedTicket[]>`
    select t.*, (
      select m.customer_key from messages m
      where m.conversation_id = t.conversation_id and m.ticket_id = t.id and m.direction = 'in'
      order by m.provider_at, m.id limit 1
    ) as opener_key
    from tickets t where t.conversation_id = ${conversationId}`
}

/** Whether a conversation holds messages that belong to none of these tickets nor to these ids. */
export async function hasOthers(sql: Queryable, conversationId: string, ticketIds: string[], customerKeys: string[]) {
  const [row] = await sql<{ some: boolean }[]>`
    select exists (
      select 1 from messages where conversation_id = ${conversationId}
        and not coalesce(ticket_id = any(${ticketIds}::uuid[]), false)
        and (ticket_id is not null or customer_key <> all(${customerKeys}::text[]))
    ) as some`
  return row?.some ?? false
}

export function saveReach(tx: Tx, id: string, reach: Reach) {
  return tx`
    update conversations set to_wa_id = ${reach.toWaId}, to_user_id = ${reach.toUserId},
      last_inbound_at = ${reach.lastInboundAt}, marketing = ${reach.marketing}, marketing_at = ${reach.marketingAt}
    where id = ${id}`
}

/** When the customer last opened the window here, as the messages say. */
export async function lastOpening(sql: Queryable, conversationId: string): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`
    select max(provider_at) as at from messages
    where conversation_id = ${conversationId} and direction = 'in' and via is distinct from 'history'
      and (kind not in ('reaction', 'system') or content->>'event' = 'request_welcome')`
  return row?.at ?? null
}

/** Null parts them again. */
export function setMergedInto(tx: Tx, id: string, survivorId: string | null, now: Date) {
  return tx`
    update contacts set merged_into = ${survivorId}, updated_at = ${now}, version = version + 1 where id = ${id}`
}

export function deleteTicketEvents(tx: Tx, ids: string[]) {
  return tx`delete from ticket_events where id = any(${ids}::uuid[])`
}

export function insertMerge(tx: Tx, row: MergeRow) {
  return tx`insert into merges select * from jsonb_populate_recordset(null::merges, ${jsonRows(tx, [row])})`
}

export async function lockMerge(tx: Tx, id: string) {
  const [row] = await tx<MergeRow[]>`select * from merges where id = ${id} for update`
  return row
}

export function setUndone(tx: Tx, id: string, at: Date, by: unknown) {
  return tx`update merges set undone_at = ${at}, undone_by = ${tx.json(by as never)} where id = ${id}`
}

/** Of a contact, as the one that stayed or the one that went; the newest first. */
export function mergesOf(sql: Queryable, contactIds: string[]) {
  return sql<MergeRow[]>`
    select * from merges where survivor_id = any(${contactIds}::uuid[]) or merged_id = any(${contactIds}::uuid[])
    order by at desc, id desc`
}

/** A merge that stands on this one, and must be undone before it. */
export async function laterMerge(sql: Queryable, { id, survivorId }: MergeRow) {
  const [row] = await sql<MergeRow[]>`
    select * from merges where id > ${id} and undone_at is null and (survivor_id = ${survivorId} or merged_id = ${survivorId})
    order by id desc limit 1`
  return row
}

/** A contact that was merged here, and has a record beside the survivor's there. */
export type DueMerge = OutboxRow

export function dueMerges(sql: Queryable, connectionId: string, now: Date) {
  return sql<DueMerge[]>`
    select o.id, o.connection_id, o.kind, o.record_id, o.version, o.attempts, o.lane from outbox o
    join contacts c on c.id = o.record_id and c.merged_into is not null
    where o.connection_id = ${connectionId} and o.kind = 'contact' and o.available_at <= ${now}
    order by o.available_at, o.id`
}

/** What became of the two records in a CRM. */
export function setRemoteOutcome(tx: Tx, mergedId: string, connectionId: string, outcome: RemoteOutcome) {
  return tx`
    update merges set remote = remote || jsonb_build_object(${connectionId}::text, ${outcome}::text)
    where merged_id = ${mergedId} and undone_at is null`
}

export async function hasOpenTicket(sql: Queryable, conversationId: string): Promise<boolean> {
  const [row] = await sql<{ some: boolean }[]>`
    select exists (select 1 from tickets where conversation_id = ${conversationId} and state <> 'resolved') as some`
  return row?.some ?? false
}
