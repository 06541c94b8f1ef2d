/** The rows around a batch of inbound messages: read in one turn, written in another. */
import type postgres from 'postgres'
import type { Amendment } from '../core/amendment.ts'
import type { AssignmentReason } from '../core/assignment.ts'
import type { ContactRecord, NameFacts } from '../core/contact.ts'
import type { SuggestionReason, SuggestionSource, SuggestionState } from '../core/contact-merge.ts'
import type { CustomValues } from '../core/custom-field.ts'
import type { IdentityKind } from '../core/identity.ts'
import type { Part, Via } from '../core/inbound.ts'
import type { MessageKind, MessageOrigin, MessageStatus } from '../core/message.ts'
import type { Clock, SlaEventKind } from '../core/sla.ts'
import type { BoardColumn, Priority, TicketState } from '../core/ticket.ts'
import type { Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type ContactRow = ContactRecord &
  NameFacts & {
    workspaceId: string
    createdAt: Date
    updatedAt: Date
    version: number
    username: string | null
    usernameAt: Date | null
    /** The contact that has all that was this one's. */
    mergedInto: string | null
  }

export type IdentityRow = {
  id: string
  workspaceId: string
  contactId: string
  kind: IdentityKind
  value: string
  matchKey: string
  createdAt: Date
}

export type ConversationRow = {
  id: string
  workspaceId: string
  contactId: string
  channelId: string
  toWaId: string | null
  toUserId: string | null
  lastInboundAt: Date | null
  createdAt: Date
  /** Of a group: where its messages are sent. */
  groupId: string | null
  /** What the customer last said of marketing: `stop`, `resume` or `signup`. */
  marketing: string | null
  marketingAt: Date | null
  /** Provider time of the newest message that belongs to no ticket. */
  strayAt: Date | null
}

export type TicketRow = {
  id: string
  workspaceId: string
  number: number
  conversationId: string
  contactId: string
  channelId: string
  state: TicketState
  stateAt: Date
  priority: Priority
  subject: string
  tags: string[]
  /** What whoever takes it should know; null: nothing in particular. */
  skills: string[] | null
  /** Fields of the workspace's own. */
  custom?: CustomValues | null
  ownerId: string | null
  teamId: string | null
  assignmentReason: AssignmentReason | null
  slaPolicyId: string | null
  snoozedUntil: Date | null
  escalationLevel: number
  openedAt: Date
  resolvedAt: Date | null
  createdAt: Date
  updatedAt: Date
  version: number
  /** Its column; the database's to say. */
  board?: BoardColumn
  dueAt: Date | null
  waitingSince: Date | null
  snoozedAt: Date | null
  mergedInto: string | null
}

export type TicketEventRow = {
  id: string
  workspaceId: string
  ticketId: string
  kind:
    | SlaEventKind
    | ('assigned' | 'priority changed' | 'subject changed' | 'breached' | 'warned' | 'escalated')
    | ('snoozed' | 'woke' | 'noted' | 'task added' | 'task changed' | 'task done' | 'task due' | 'tagged')
    | ('handed over' | 'merged' | 'unmerged' | 'split' | 'fields changed')
  at: Date
  recordedAt: Date
  actor: unknown
  data: unknown
}

export type MessageRow = {
  id: string
  workspaceId: string
  channelId: string
  conversationId: string
  contactId: string
  ticketId: string | null
  wamid: string | null
  direction: 'in' | 'out'
  origin: MessageOrigin
  kind: MessageKind
  text: string
  content: Record<string, unknown> | null
  raw: Record<string, unknown> | null
  replyToWamid: string | null
  providerAt: Date
  recordedAt: Date
  status: MessageStatus
  failureCode: string | null
  failureReason: string | null
  authorName: string | null
  sourceConnectionId: string | null
  sourceRemoteId: string | null
  idempotencyKey: string | null
  sendingAt: Date | null
  targetWamid?: string | null
  via?: Via | null
  /** The strongest identity of the customer it is from or to. */
  customerKey?: string | null
  /** The agent of the workspace who wrote it. */
  authorId?: string | null
}

/** A message that was written at the same time as, or after, one that comes late. */
export type LaterMessage = Part & { id: string; conversationId: string; ticketId: string | null; at: Date }

/** Two contacts that may be one. */
export type SuggestionRow = {
  id: string
  workspaceId: string
  contactA: string
  contactB: string
  reason: SuggestionReason
  source: SuggestionSource
  at: Date
  createdAt: Date
  state: SuggestionState
  decidedAt: Date | null
  decidedBy: unknown
  mergeId: string | null
}

/** Of a stored message, what a later one may change. */
export type StoredMessage = Pick<MessageRow, 'id' | 'channelId' | 'wamid' | 'direction' | 'kind' | 'text' | 'content'>

/** A stored edit or deletion. */
export type AmendmentRow = Amendment & { channelId: string; targetWamid: string }

/** `warnedAt`: when somebody was warned, which the sweep notes. */
export type ClockRow = Clock & { id: string; workspaceId: string; ticketId: string; warnedAt: Date | null }

/** Everyone who may be writing at this moment waits here, in one order. Must be its own statement: what comes after sees what they did. */
export function lockSenders(tx: Tx, workspaceId: string, keys: string[]) {
  return tx`select pg_advisory_xact_lock(hashtextextended(${workspaceId} || key, 0)) from unnest(${keys}::text[]) as key`
}

/** Who assigns by what agents have in hand waits here, after the locks on people and before those on conversations. */
export function lockAssignments(tx: Tx, workspaceId: string, when?: postgres.Fragment) {
  return tx`
    select pg_advisory_xact_lock(hashtextextended(${workspaceId} || ' assignments', 0)) ${when ? tx`where ${when}` : tx``}`
}

/** The keys of who wrote, with the number it was written to; `nth` message of the batch. */
export type SenderKey = { nth: number; channelId: string; kind: string; matchKey: string }

/** Whether one of so many messages comes from somebody without an open ticket: then a ticket may be opened. */
export function mayOpenTicket(tx: Tx, count: number, senders: SenderKey[]) {
  const column = <K extends keyof SenderKey>(name: K) => senders.map(sender => sender[name])
  return tx`${count}::integer > (
    select count(distinct k.nth) from unnest(${column('nth')}::integer[], ${column('channelId')}::uuid[],
      ${column('kind')}::text[], ${column('matchKey')}::text[]) as k (nth, channel_id, kind, match_key)
    where exists (
      select 1 from identities i
      join conversations c on c.contact_id = i.contact_id and c.channel_id = k.channel_id and c.group_id is null
      join tickets t on t.conversation_id = c.id and t.state <> 'resolved'
      where i.kind = k.kind and i.match_key = k.match_key))`
}

/** What CRMs say of the people behind these keys, as last agreed with them. */
export function crmRecords(tx: Tx, identities: ArrivalKeys['identities']) {
  return tx<{ contactId: string; connectionId: string; values: Record<string, unknown> }[]>`
    select l.record_id as contact_id, l.connection_id, l.base as values from links l
    where l.kind = 'contact' and l.base is not null and l.record_id = any(array(
      select i.contact_id from unnest(${identities.map(key => key.kind)}::text[],
        ${identities.map(key => key.matchKey)}::text[]) as k (kind, match_key)
      cross join lateral (select contact_id from identities where kind = k.kind and match_key = k.match_key offset 0) as i))`
}

export type ArrivalKeys = {
  identities: { kind: string; matchKey: string }[]
  channelIds: string[]
  groupIds: string[]
  /** Of the messages themselves. */
  wamids: string[]
  /** Of the messages that they change. */
  targetWamids: string[]
}

/**
 * The known people behind these keys, their conversations on these channels with the latest ticket of each, and what is
 * stored of these messages.
 */
export function loadArrivals(tx: Tx, { identities, channelIds, groupIds, wamids, targetWamids }: ArrivalKeys) {
  const kinds = identities.map(key => key.kind)
  const values = identities.map(key => key.matchKey)
  // Each key and each person is looked up by its index, whatever Postgres believes of the size of tables that it has not
  // analyzed yet: it would read the workspace's people from end to end, and once for each of them.
  const found = tx`
    unnest(${kinds}::text[], ${values}::text[]) as k (kind, match_key) cross join lateral (
      select * from identities where kind = k.kind and match_key = k.match_key offset 0) as i`
  const ofPeople = tx`
    c.contact_id = any(array(select i.contact_id from ${found})) and c.channel_id = any(${channelIds}::uuid[])
      and c.group_id is null`
  // Each half by an index of its own.
  const wanted =
    groupIds.length === 0
      ? ofPeople
      : tx`c.id in (select c.id from conversations c where ${ofPeople} union all select c.id from conversations c
          where c.channel_id = any(${channelIds}::uuid[]) and c.group_id = any(${groupIds}::text[]))`
  return Promise.all([
    tx<IdentityRow[]>`select i.* from ${found}`,
    tx<ContactRow[]>`select * from contacts where id = any(array(select i.contact_id from ${found}))`,
    tx<ConversationRow[]>`select c.* from conversations c where ${wanted} order by c.id for update`,
    tx<TicketRow[]>`
      select t.* from conversations c cross join lateral (
        select * from tickets where conversation_id = c.id order by (state <> 'resolved') desc, opened_at desc limit 1
      ) t
      where ${wanted}`,
    tx<TicketEventRow[]>`
      select e.* from conversations c cross join lateral (
        select id from tickets where conversation_id = c.id order by (state <> 'resolved') desc, opened_at desc limit 1
      ) t join ticket_events e on e.ticket_id = t.id
      where ${wanted}`,
    tx<StoredMessage[]>`
      select id, channel_id, wamid, direction, kind, text, content from messages
      where channel_id = any(${channelIds}::uuid[]) and wamid = any(${[...wamids, ...targetWamids]}::text[])`,
    tx<AmendmentRow[]>`
      select channel_id, target_wamid, direction, provider_at as at, text, content from messages
      where channel_id = any(${channelIds}::uuid[]) and target_wamid = any(${wamids}::text[]) and kind = 'system'`,
  ])
}

/** What was said in these conversations since, of what has no ticket or wants an answer; imported history apart. */
export function laterMessages(tx: Tx, conversationIds: string[], since: Date) {
  return tx<LaterMessage[]>`
    select id, conversation_id, ticket_id, provider_at as at, direction, origin, kind, content, via from messages
    where conversation_id = any(${conversationIds}::uuid[]) and provider_at >= ${since}
      and via in ('live', 'standby', 'echo') and (ticket_id is null or direction = 'in')
    order by provider_at, id`
}

/**
 * Several writes, each to rows of its own, as one statement: it is one packet, where many would wait for one another's
 * acknowledgement. Answers with the rows of the write named `told`, if there is one. Foreign keys are looked at when all
 * is written, so the order says nothing.
 */
export function writeTogether<Row extends object>(tx: Tx, writes: { name: string; query: postgres.Fragment }[]) {
  const parts = writes.map(({ name, query }) => tx`${tx(name)} as (${query})`)
  const together = parts.reduce((all, part) => tx`${all}, ${part}`)
  const told = writes.some(write => write.name === 'told')
  return tx<Row[]>`with ${together} ${told ? tx`select * from told` : tx`select where false`}`
}

export function insertContacts(tx: Tx, rows: ContactRow[]) {
  return tx`insert into contacts select * from jsonb_populate_recordset(null::contacts, ${jsonRows(tx, rows)})`
}

/** Of rows that are locked. */
export function updateContacts(tx: Tx, rows: ContactRow[]) {
  return tx`
    update contacts c
    set name = r.name, name_from = r.name_from, name_at = r.name_at, username = r.username, username_at = r.username_at,
      phone = r.phone, wa_key = r.wa_key, email = r.email, category = r.category,
      tags = r.tags, custom = nullif(coalesce(r.custom, c.custom), '{}'::jsonb), updated_at = r.updated_at, version = c.version + 1
    from jsonb_populate_recordset(null::contacts, ${jsonRows(tx, rows)}) r where c.id = r.id`
}

/**
 * What inbound messages tell of people who may be changed by a person or a CRM since they were read: only what messages
 * speak of is written, and a name that somebody wrote meanwhile stands.
 */
export function learnContacts(tx: Tx, rows: ContactRow[]) {
  const isWritten = tx`c.name is not null and c.name_from is null`
  return tx`
    update contacts c
    set name = case when ${isWritten} then c.name else r.name end,
      name_from = case when ${isWritten} then c.name_from else r.name_from end,
      name_at = case when ${isWritten} then c.name_at else r.name_at end,
      username = r.username, username_at = r.username_at, phone = r.phone, wa_key = r.wa_key,
      updated_at = r.updated_at, version = c.version + 1
    from jsonb_populate_recordset(null::contacts, ${jsonRows(tx, rows)}) r where c.id = r.id`
}

export function insertIdentities(tx: Tx, rows: IdentityRow[]) {
  return tx`
    insert into identities select * from jsonb_populate_recordset(null::identities, ${jsonRows(tx, rows)})
    on conflict (workspace_id, kind, match_key) do nothing`
}

export function saveConversations(tx: Tx, rows: ConversationRow[]) {
  return tx`
    insert into conversations select * from jsonb_populate_recordset(null::conversations, ${jsonRows(tx, rows)})
    on conflict (id) do update set to_wa_id = excluded.to_wa_id, to_user_id = excluded.to_user_id,
      last_inbound_at = greatest(conversations.last_inbound_at, excluded.last_inbound_at),
      marketing = excluded.marketing, marketing_at = excluded.marketing_at,
      stray_at = greatest(conversations.stray_at, excluded.stray_at)`
}

/** Each pair once: of several reasons the one that was given first stands, whichever came first. */
export function insertSuggestions(tx: Tx, rows: SuggestionRow[]) {
  return tx`
    insert into merge_suggestions select * from jsonb_populate_recordset(null::merge_suggestions, ${jsonRows(tx, rows)})
    on conflict (workspace_id, contact_a, contact_b) do update
    set reason = excluded.reason, source = excluded.source, at = excluded.at
    where merge_suggestions.state = 'open' and excluded.at < merge_suggestions.at`
}

/** Messages that stood outside, and belong to a ticket that came to be known later. */
export function putInTickets(tx: Tx, rows: { id: string; ticketId: string }[]) {
  return tx`
    update messages m set ticket_id = r.ticket_id
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as r (id uuid, ticket_id uuid) where m.id = r.id`
}

/** Takes as many running numbers; named `numbered` beside `insertTickets`. */
export function takeTicketNumbers(tx: Tx, rows: TicketRow[]) {
  return tx`
    update workspaces set last_ticket_number = last_ticket_number + ${rows.length}::integer
    returning last_ticket_number - ${rows.length}::integer as base`
}

/** With the numbers of `takeTicketNumbers`, in the same statement; the order of `rows` is the order of their numbers. */
export function insertTickets(tx: Tx, rows: TicketRow[]) {
  return tx`
    insert into tickets
    select t.* from numbered n, jsonb_array_elements(${jsonRows(tx, rows)}::jsonb) with ordinality as r (row, nth),
      jsonb_populate_record(null::tickets, r.row || jsonb_build_object('number', n.base + r.nth)) as t`
}

export function updateTickets(tx: Tx, rows: TicketRow[]) {
  return tx`
    update tickets t
    set state = r.state, state_at = r.state_at, priority = r.priority, subject = r.subject, tags = r.tags,
      owner_id = r.owner_id, team_id = r.team_id, assignment_reason = r.assignment_reason,
      sla_policy_id = r.sla_policy_id, escalation_level = r.escalation_level, snoozed_until = r.snoozed_until, opened_at = r.opened_at, resolved_at = r.resolved_at,
      due_at = r.due_at, waiting_since = r.waiting_since, snoozed_at = r.snoozed_at, merged_into = r.merged_into,
      custom = nullif(coalesce(r.custom, t.custom), '{}'::jsonb),
      updated_at = r.updated_at, version = t.version + 1
    from jsonb_populate_recordset(null::tickets, ${jsonRows(tx, rows)}) r where t.id = r.id`
}

export function insertMessages(tx: Tx, rows: MessageRow[]) {
  return tx`
    insert into messages select * from jsonb_populate_recordset(null::messages, ${jsonRows(tx, rows)})
    on conflict do nothing`
}

/** What an edit, a deletion or the file of a placeholder makes of them. */
export function rewriteMessages(tx: Tx, rows: StoredMessage[]) {
  return tx`
    update messages m set kind = r.kind, text = r.text, content = r.content
    from jsonb_populate_recordset(null::messages, ${jsonRows(tx, rows)}) r where m.id = r.id`
}

export function insertTicketEvents(tx: Tx, rows: TicketEventRow[]) {
  return tx`insert into ticket_events select * from jsonb_populate_recordset(null::ticket_events, ${jsonRows(tx, rows)})`
}

/** What was noticed about a clock (a warning, a breach) stays as long as it runs towards the same instant. */
export function saveClocks(tx: Tx, rows: ClockRow[]) {
  return tx`
    insert into clocks select * from jsonb_populate_recordset(null::clocks, ${jsonRows(tx, rows)})
    on conflict (ticket_id, kind, turn) do update set target_minutes = excluded.target_minutes,
      started_at = excluded.started_at, due_at = excluded.due_at, warn_at = excluded.warn_at,
      paused_at = excluded.paused_at, stopped_at = excluded.stopped_at,
      breached_at = coalesce(excluded.breached_at, case when clocks.started_at = excluded.started_at
        and clocks.due_at is not distinct from excluded.due_at then clocks.breached_at end),
      warned_at = case when clocks.started_at = excluded.started_at
        and clocks.warn_at is not distinct from excluded.warn_at then clocks.warned_at end`
}

export function countAssignments(tx: Tx, agents: { id: string; lastAssignedAt: Date | null }[]) {
  return tx`
    update agents a set last_assigned_at = r.last_assigned_at
    from jsonb_to_recordset(${jsonRows(tx, agents)}) as r (id uuid, last_assigned_at timestamptz) where a.id = r.id`
}

export function countRuleHits(tx: Tx, ruleIds: string[], at: Date) {
  return tx`
    update routing_rules r set hits = r.hits + h.hits, last_hit_at = ${at}
    from (select id, count(*)::integer as hits from unnest(${ruleIds}::uuid[]) as id group by id) h where r.id = h.id`
}
