/** Tickets as lists and boards show them. Each order has an index that gives a page without reading the rest. */
import { searchWords } from '../core/search.ts'
import type { BoardColumn } from '../core/ticket.ts'
import { ownerIn, type TicketFilter, type TicketSort } from '../core/ticket-filter.ts'
import type { Queryable } from './client.ts'
import { first } from './rows.ts'
import { inSight } from './sight.ts'
import { type TicketView, type Viewer, viewOf } from './tickets.ts'

export type Looker = Viewer & { now: Date }
export type ListPage = { sort: TicketSort; limit: number; after?: { at: Date; id: string } | undefined }

/** Where a page goes on, by its order. */
export function cursorOf(row: TicketView, sort: TicketSort): { at: Date; id: string } {
  const at = { newest: row.openedAt, due: row.dueAt, waiting: row.waitingSince }[sort]
  return { at: at ?? row.openedAt, id: row.id }
}

/** `due` and `waiting` show those that have such a time. */
export function listTickets(sql: Queryable, looker: Looker, filter: TicketFilter, { sort, limit, after }: ListPage) {
  const page = sql`
    select t.* from tickets t where ${conditions(sql, looker, filter)} ${range()} order by ${order()} ${first(sql, limit)}`
  return sql<TicketView[]>`${viewOf(sql, looker.agentId, sql`(${page})`)} order by ${order()}`

  function order() {
    if (sort === 'due') return sql`t.due_at, t.id`
    return sort === 'waiting' ? sql`t.waiting_since, t.id` : sql`t.opened_at desc, t.id desc`
  }

  function range() {
    const column = sql({ newest: 't.opened_at', due: 't.due_at', waiting: 't.waiting_since' }[sort])
    const present = sort === 'newest' ? sql`` : sql`and ${column} is not null`
    if (!after) return present
    const beyond = sort === 'newest' ? sql`<` : sql`>`
    return sql`${present} and (${column}, t.id) ${beyond} (${after.at}, ${after.id})`
  }
}

/** A column's tickets are counted up to here; beyond, a board says "999+". */
export const COUNT_LIMIT = 1000

export async function countTickets(sql: Queryable, looker: Looker, filter: TicketFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from (
      select 1 from tickets t where ${conditions(sql, looker, filter)} order by t.opened_at desc ${first(sql, COUNT_LIMIT)}
    ) as counted`
  return row?.count ?? 0
}

/** The first of each column, and how many there are. */
export async function boardOf(
  sql: Queryable,
  looker: Looker,
  filter: TicketFilter,
  columns: BoardColumn[],
  limit: number,
) {
  return Promise.all(
    columns.map(async column => {
      const ofColumn: TicketFilter = { ...filter, board: [column] }
      const [tickets, count] = await Promise.all([
        listTickets(sql, looker, ofColumn, { sort: 'newest', limit }),
        countTickets(sql, looker, ofColumn),
      ])
      return { column, count, tickets: [...tickets] }
    }),
  )
}

function conditions(sql: Queryable, looker: Looker, filter: TicketFilter) {
  const owner = ownerIn(filter, looker.agentId)
  const [board] = filter.board ?? []
  const words = filter.text === undefined ? null : searchWords(filter.text)
  return sql`
    ${inSight(sql, looker.sees)}
    ${filter.state ? sql`and t.state = any(${filter.state}::text[])` : sql``}
    ${filter.board?.length === 1 && board ? sql`and t.board = ${board}` : filter.board ? sql`and t.board = any(${filter.board}::text[])` : sql``}
    ${filter.priority ? sql`and t.priority = any(${filter.priority}::text[])` : sql``}
    ${owner === undefined ? sql`` : owner === null ? sql`and t.owner_id is null` : sql`and t.owner_id = ${owner}`}
    ${filter.teamId ? sql`and t.team_id = ${filter.teamId}` : sql``}
    ${filter.channelId ? sql`and t.channel_id = ${filter.channelId}` : sql``}
    ${filter.contactId ? sql`and t.contact_id = ${filter.contactId}` : sql``}
    ${filter.category ? sql`and exists (select 1 from contacts p where p.id = t.contact_id and p.category = ${filter.category})` : sql``}
    ${filter.tag ? sql`and ${filter.tag} = any(t.tags)` : sql``}
    ${filter.waitingBefore ? sql`and t.waiting_since < ${new Date(filter.waitingBefore)}` : sql``}
    ${filter.asleep === undefined ? sql`` : filter.asleep ? sql`and t.snoozed_at is not null` : sql`and t.snoozed_at is null`}
    ${filter.sla ? slaCondition(sql, filter.sla, looker.now) : sql``}
    ${words ? (words.length > 0 ? sql`and t.id in (select record_id from find_documents('ticket', ${words}::text[]))` : sql`and false`) : sql``}`
}

function slaCondition(sql: Queryable, sla: NonNullable<TicketFilter['sla']>, now: Date) {
  switch (sla) {
    case 'breached':
      return sql`and t.due_at <= ${now}`
    case 'running':
      return sql`and t.due_at > ${now}`
    case 'none':
      return sql`and t.due_at is null`
    case 'warned':
      return sql`and t.due_at > ${now} and exists (
        select 1 from clocks k where k.ticket_id = t.id and k.stopped_at is null and k.warn_at <= ${now})`
  }
}
