/** Tickets: one locked for a verb, and lists for people. */
import type { Sight } from '../core/permissions.ts'
import type { BoardColumn } from '../core/ticket.ts'
import type { MessageRow, TicketEventRow, TicketRow } from './arrivals.ts'
import type { Queryable, Tx } from './client.ts'
import { inSight } from './sight.ts'

/** With what of its customer decides over its deadlines. */
export type LockedTicket = TicketRow & { contactCategory: string }

/** The conversation is what writers of its tickets wait for, as inbound messages do. Nothing for one out of sight. */
export async function lockTicket(tx: Tx, sees: Sight, ticketId: string): Promise<LockedTicket | undefined> {
  const lock = tx`
    select 1 from conversations where id = (select conversation_id from tickets where id = ${ticketId}) for update`
  const [, [ticket]] = await Promise.all([
    lock.execute(),
    tx<LockedTicket[]>`
      select t.*, (select category from contacts where id = t.contact_id) as contact_category
      from tickets t where id = ${ticketId} and ${inSight(tx, sees)}`,
  ])
  return ticket
}

/** Whether it is there to be seen, without waiting for anybody. */
export async function ticketInSight(tx: Tx, sees: Sight, ticketId: string): Promise<boolean> {
  const rows = await tx`select 1 from tickets t where id = ${ticketId} and ${inSight(tx, sees)}`
  return rows.length > 0
}

/**
 * The most urgent ticket without an owner that nobody else is pulling: the conversation is locked, as every verb locks it,
 * and those that are locked are passed over. Each part comes from its index in order, so a long queue costs no more.
 */
export async function mostUrgentUnowned(tx: Tx, sees: Sight): Promise<string | undefined> {
  const first = (board: BoardColumn, order: 'due_at' | 'opened_at') => tx`
    (select t.id, t.conversation_id, t.due_at, t.priority, t.waiting_since, t.opened_at from tickets t
    where t.board = ${board} and t.owner_id is null and t.snoozed_at is null and ${inSight(tx, sees)}
      and t.due_at is ${order === 'due_at' ? tx`not null` : tx`null`}
    order by ${tx(`t.${order}`)} limit 50)`
  const [row] = await tx<{ id: string }[]>`
    select q.id from conversations c join (
      ${first('new', 'due_at')} union all ${first('escalated', 'due_at')}
      union all ${first('new', 'opened_at')} union all ${first('escalated', 'opened_at')}
    ) q on q.conversation_id = c.id
    order by q.due_at nulls last, array_position(array['urgent', 'high', 'normal', 'low'], q.priority),
      coalesce(q.waiting_since, q.opened_at), q.id
    limit 1 for update of c skip locked`
  return row?.id
}

/** Both, whoever else is at them; conversations are locked in the order of their ids. In the order of `ids`. */
export async function lockTickets(tx: Tx, sees: Sight, ids: string[]): Promise<(TicketRow | undefined)[]> {
  const lock = tx`
    select 1 from conversations where id in (select conversation_id from tickets where id = any(${ids}::uuid[]))
    order by id for update`
  const [, rows] = await Promise.all([
    lock.execute(),
    tx<TicketRow[]>`select * from tickets t where id = any(${ids}::uuid[]) and ${inSight(tx, sees)}`,
  ])
  return ids.map(id => rows.find(row => row.id === id))
}

export async function ticketById(sql: Queryable, id: string) {
  const [row] = await sql<TicketRow[]>`select * from tickets where id = ${id}`
  return row
}

export function openTicketsOf(sql: Queryable, conversationId: string) {
  return sql<{ id: string }[]>`
    select id from tickets where conversation_id = ${conversationId} and state <> 'resolved'`
}

/** What belongs to a ticket, put into another. */
export type Belongings = { messages: string[]; notes: string[]; tasks: string[] }

/** Everything, or what was written from this message on. */
export async function moveBelongings(
  tx: Tx,
  from: string,
  to: string,
  since?: { at: Date; messageId: string },
): Promise<Belongings> {
  const ofMessages = since ? tx`and (provider_at, id) >= (${since.at}, ${since.messageId})` : tx``
  const ofNotes = since ? tx`and created_at >= ${since.at}` : tx``
  const [messages, notes, tasks] = await Promise.all([
    tx<{ id: string }[]>`update messages set ticket_id = ${to} where ticket_id = ${from} ${ofMessages} returning id`,
    tx<{ id: string }[]>`update notes set ticket_id = ${to} where ticket_id = ${from} ${ofNotes} returning id`,
    since ? [] : tx<{ id: string }[]>`update tasks set ticket_id = ${to} where ticket_id = ${from} returning id`,
  ])
  const ids = (rows: readonly { id: string }[]) => rows.map(row => row.id)
  return { messages: ids(messages), notes: ids(notes), tasks: ids(tasks) }
}

/** What is still where it was put goes back. */
export function returnBelongings(tx: Tx, from: string, to: string, { messages, notes, tasks }: Belongings) {
  return Promise.all([
    tx`update messages set ticket_id = ${to} where id = any(${messages}::uuid[]) and ticket_id = ${from}`,
    tx`update notes set ticket_id = ${to} where id = any(${notes}::uuid[]) and ticket_id = ${from}`,
    tx`update tasks set ticket_id = ${to} where id = any(${tasks}::uuid[]) and ticket_id = ${from}`,
  ])
}

export function ticketEvents(sql: Queryable, ticketId: string) {
  return sql<TicketEventRow[]>`select * from ticket_events where ticket_id = ${ticketId} order by at, id`
}

/** The open episode of a conversation, else the last one. */
export async function latestTicket(sql: Queryable, conversationId: string) {
  const [row] = await sql<TicketRow[]>`
    select * from tickets where conversation_id = ${conversationId}
    order by (state <> 'resolved') desc, opened_at desc limit 1`
  return row
}

/** As JSON has it: `at` is a text. */
export type LastMessage = Pick<
  MessageRow,
  'kind' | 'direction' | 'origin' | 'text' | 'content' | 'authorName' | 'status'
> & {
  at: string
}

/** Beyond, a list says "99+". */
export const UNANSWERED_LIMIT = 100

export type TicketView = TicketRow & {
  ownerName: string | null
  teamName: string | null
  contactName: string | null
  contactPhone: string | null
  lastInboundAt: Date | null
  groupId: string | null
  /** The last message that came by an advertisement, and our first answer to it. */
  adAt: Date | null
  adAnsweredAt: Date | null
  /** What was said last; what only changes or reacts to another message is not. */
  last: LastMessage | null
  /** Messages of the customer since somebody last answered, counted up to `UNANSWERED_LIMIT`. */
  unanswered: number
  /** Messages of the customer that the agent has not read, counted likewise; before they first open it, the unanswered. */
  unread: number
  clocks: {
    kind: string
    targetMinutes: number
    dueAt: string | null
    warnAt: string | null
    pausedAt: string | null
    stoppedAt: string | null
    breachedAt: string | null
  }[]
}

/** Who looks at tickets; `agentId` is null for those who are no agent, and have read nothing. */
export type Viewer = { sees: Sight; agentId: string | null }

/** By our id, or by the running number. Nothing for one out of sight. */
export async function ticketView(sql: Queryable, { sees, agentId }: Viewer, key: { id: string } | { number: number }) {
  const [row] = await sql<TicketView[]>`
    ${viewOf(sql, agentId)} where ${inSight(sql, sees)} and ${'id' in key ? sql`t.id = ${key.id}` : sql`t.number = ${key.number}`}`
  return row
}

/** Characters of the last message that a list has room for. */
const PREVIEW = 160

/** `tickets`: the rows to be shown, under the name `t`. */
export function viewOf(sql: Queryable, agentId: string | null, tickets = sql`tickets`) {
  const inbound = sql`i.ticket_id = t.id and i.direction = 'in' and i.target_wamid is null`
  return sql`
    select t.*, a.name as owner_name, m.name as team_name, p.name as contact_name, p.phone as contact_phone,
      c.last_inbound_at, c.group_id, ad.at as ad_at, ad.answered_at as ad_answered_at,
      (select coalesce(json_agg(json_build_object('kind', k.kind, 'targetMinutes', k.target_minutes, 'dueAt', k.due_at,
        'warnAt', k.warn_at, 'pausedAt', k.paused_at, 'stoppedAt', k.stopped_at, 'breachedAt', k.breached_at)
        order by k.kind), '[]') from (
        select distinct on (kind) * from clocks where ticket_id = t.id order by kind, turn desc) as k) as clocks,
      (select json_build_object('kind', l.kind, 'direction', l.direction, 'origin', l.origin, 'text', left(l.text, ${PREVIEW}),
        'content', l.content, 'authorName', l.author_name, 'status', l.status, 'at', l.provider_at)
        from messages l where l.ticket_id = t.id and l.target_wamid is null
        order by l.provider_at desc, l.id desc limit 1) as last,
      n.unanswered, case when r.message_id is null then n.unanswered else (
        select count(*)::integer from (
          select 1 from messages i where ${inbound} and i.id > r.message_id limit ${UNANSWERED_LIMIT}) as later) end as unread
    from ${tickets} t
    left join ticket_reads r on r.ticket_id = t.id and r.agent_id = ${agentId}
    left join lateral (
      select count(*)::integer as unanswered from (
        select 1 from messages i
        where ${inbound} and i.provider_at > coalesce((
          select o.provider_at from messages o where o.ticket_id = t.id and o.origin = 'agent'
          order by o.provider_at desc limit 1), '-infinity')
        limit ${UNANSWERED_LIMIT}) as said
    ) as n on true
    join conversations c on c.id = t.conversation_id
    join contacts p on p.id = t.contact_id
    left join lateral (
      select i.provider_at as at, (
        select min(o.provider_at) from messages o
        where o.conversation_id = i.conversation_id and o.provider_at >= i.provider_at and o.direction = 'out'
          and o.status in ('sent', 'delivered', 'read', 'played')
      ) as answered_at
      from messages i
      where i.conversation_id = c.id and i.provider_at > c.last_inbound_at - interval '4 days' and i.direction = 'in'
        and i.content ? 'referral'
      order by i.provider_at desc limit 1
    ) as ad on true
    left join agents a on a.id = t.owner_id
    left join teams m on m.id = t.team_id`
}

export type AgentRow = { id: string; name: string; email: string; available: boolean }

export async function agentBy(sql: Queryable, key: { id: string } | { email: string }) {
  const [row] = await sql<AgentRow[]>`
    select id, name, email, available from agents
    where ${'id' in key ? sql`id = ${key.id}` : sql`lower(email) = lower(${key.email})`}`
  return row
}

/** Addresses of agents by their ids. */
export async function emailsOf(sql: Queryable, agentIds: string[]): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; email: string }[]>`
    select id, email from agents where id = any(${agentIds}::uuid[])`
  return new Map(rows.map(row => [row.id, row.email]))
}

export function listAgents(sql: Queryable) {
  return sql<AgentRow[]>`select id, name, email, available from agents order by name`
}
