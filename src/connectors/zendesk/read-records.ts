import type { ListPage, ListQuery, RemoteRecord } from '../contract.ts'
import { read } from './client.ts'
import { continuationOf, followUpOf } from './find-tickets.ts'
import { LOOK_UP, usersWith } from './find-users.ts'
import { chunks } from './jobs.ts'
import { exportedTickets, exportedUsers, type Ticket, ticketsAnswer, type User, usersAnswer } from './schema.ts'
import { CONTINUED, type ZendeskContext } from './settings.ts'
import { ticketValues, userValues } from './values.ts'

/**
 * Users by id. One that a merge has taken away is inactive, and nothing says for whom: it is the one that has its address or
 * number now. Throws RemoteCallError.
 */
export async function readUsers(ctx: ZendeskContext, remoteIds: string[]): Promise<RemoteRecord[]> {
  const records = new Map<string, RemoteRecord>()
  for (const part of chunks(numbersAmong(remoteIds), LOOK_UP)) {
    const { users } = await read(ctx, 'users/show_many', usersAnswer, { ids: part.join(',') })
    for (const user of users.filter(({ active }) => active)) records.set(user.id, toUserRecord(user))
    for (const gone of users.filter(({ active }) => !active)) {
      const survivor = await survivorOf(ctx, gone)
      if (!survivor) continue
      const known = records.get(survivor.id) ?? toUserRecord(survivor)
      records.set(survivor.id, { ...known, aliases: [...(known.aliases ?? []), gone.id] })
    }
  }
  return [...records.values()]
}

/** Tickets by id; a closed one by what goes on from it, where something does. Throws RemoteCallError. */
export async function readTickets(ctx: ZendeskContext, remoteIds: string[]): Promise<RemoteRecord[]> {
  const records = new Map<string, RemoteRecord>()
  for (const part of chunks(numbersAmong(remoteIds), LOOK_UP)) {
    const { tickets } = await read(ctx, 'tickets/show_many', ticketsAnswer, { ids: part.join(',') })
    for (const ticket of tickets) {
      if (ticket.status === 'deleted') continue
      const next = await nextOf(ctx, ticket)
      const record = toTicketRecord(ctx, next ?? ticket)
      if (!next) records.set(ticket.id, { ...record, ...aliasesOf(records.get(ticket.id)) })
      else records.set(next.id, { ...record, aliases: [...(records.get(next.id)?.aliases ?? []), ticket.id] })
    }
  }
  return [...records.values()]
}

/** The ticket that one goes on in, where it takes no more. Throws RemoteCallError. */
export async function nextOf(ctx: ZendeskContext, ticket: Ticket): Promise<Ticket | undefined> {
  if (ticket.tags.includes(CONTINUED)) return continuationOf(ctx, ticket)
  return ticket.status === 'closed' ? followUpOf(ctx, ticket) : undefined
}

/** All end users, or those changed since a moment. Throws RemoteCallError. */
export async function listUsers(ctx: ZendeskContext, query: ListQuery): Promise<ListPage> {
  if (query.changedSince) {
    const { users, after_cursor, end_of_stream } = await read(
      ctx,
      'incremental/users/cursor',
      exportedUsers,
      exportQuery(ctx, query),
    )
    const since = query.changedSince.toISOString()
    const changed = users.filter(user => user.active && user.role === 'end-user' && (user.updated_at ?? '') >= since)
    return { records: changed.map(toUserRecord), cursor: end_of_stream ? null : after_cursor, total: null }
  }
  const { users, meta } = await read(ctx, 'users', usersAnswer, { role: 'end-user', ...pageQuery(query) })
  const records = users.filter(({ active }) => active).map(toUserRecord)
  return { records, cursor: meta.has_more ? (meta.after_cursor ?? null) : null, total: null }
}

/** All tickets that are not archived, or those changed since a moment. Throws RemoteCallError. */
export async function listTickets(ctx: ZendeskContext, query: ListQuery): Promise<ListPage> {
  const toRecord = (ticket: Ticket) => toTicketRecord(ctx, ticket)
  if (query.changedSince) {
    const page = await read(ctx, 'incremental/tickets/cursor', exportedTickets, exportQuery(ctx, query))
    const since = query.changedSince.toISOString()
    const changed = page.tickets.filter(({ status, updated_at }) => status !== 'deleted' && (updated_at ?? '') >= since)
    return { records: changed.map(toRecord), cursor: page.end_of_stream ? null : page.after_cursor, total: null }
  }
  const { tickets, meta } = await read(ctx, 'tickets', ticketsAnswer, pageQuery(query))
  return { records: tickets.map(toRecord), cursor: meta.has_more ? (meta.after_cursor ?? null) : null, total: null }
}

/** Exports begin a minute ago at the latest: https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/ */
export const EXPORT_LAG_MS = 61_000

function exportQuery(ctx: ZendeskContext, { cursor, limit, changedSince }: ListQuery): Record<string, string> {
  const start = Math.min(changedSince?.getTime() ?? 0, ctx.now.getTime() - EXPORT_LAG_MS)
  return { per_page: String(limit), ...(cursor ? { cursor } : { start_time: String(Math.floor(start / 1_000)) }) }
}

function pageQuery({ cursor, limit }: ListQuery): Record<string, string> {
  return { 'page[size]': String(Math.min(limit, 100)), ...(cursor ? { 'page[after]': cursor } : {}) }
}

function toUserRecord(user: User): RemoteRecord {
  return { remoteId: user.id, values: userValues(user), version: user.updated_at }
}

function toTicketRecord({ settings }: ZendeskContext, ticket: Ticket): RemoteRecord {
  return { remoteId: ticket.id, values: ticketValues(ticket, settings), version: ticket.updated_at }
}

async function survivorOf(ctx: ZendeskContext, gone: User): Promise<User | undefined> {
  const [first, second] = await usersWith(ctx, gone)
  return second ? undefined : first
}

function aliasesOf(known: RemoteRecord | undefined) {
  return known?.aliases ? { aliases: known.aliases } : {}
}

/** Zendesk's ids are numbers; another vendor's would make it refuse the whole call. */
function numbersAmong(remoteIds: string[]): string[] {
  return [...new Set(remoteIds)].filter(id => /^\d+$/.test(id))
}
