import type { RemoteRecord } from '../contract.ts'
import { read } from './client.ts'
import { messagesIn, partsOfPlace, placeOf } from './comments.ts'
import { chunks, JOB_SIZE } from './jobs.ts'
import { CUSTOMER, US } from './map.ts'
import { type Comment, commentsAnswer, type Ticket, ticketsAnswer } from './schema.ts'
import { HISTORY, type ZendeskContext } from './settings.ts'

/** Comments of a ticket are read back from its end; what was said before so many is not looked for. */
const PAGES = 10

/**
 * Messages by the ids that we gave them, of comments that are still there. Imported comments have no ids of ours; a closed
 * ticket of history holds what it held. Throws RemoteCallError.
 */
export async function readMessages(ctx: ZendeskContext, remoteIds: string[]): Promise<RemoteRecord[]> {
  const wanted = new Map<string, Set<string>>()
  for (const remoteId of remoteIds) {
    const place = partsOfPlace(remoteId)
    if (place) wanted.set(place.ticketId, (wanted.get(place.ticketId) ?? new Set()).add(place.recordId))
  }
  const records: RemoteRecord[] = []
  const tickets = await ticketsThere(ctx, [...wanted.keys()])
  for (const [ticketId, recordIds] of wanted) {
    const ticket = tickets.get(ticketId)
    // Its comments went with it, and asking for them would be refused.
    if (!ticket) continue
    if (ticket.external_id?.startsWith(HISTORY)) {
      for (const recordId of recordIds)
        records.push({ remoteId: placeOf(ticketId, recordId), values: {}, version: ticket.updated_at })
      continue
    }
    for (const { recordId, body, at, comment } of await findMessages(ctx, ticketId, recordIds)) {
      const { author_id: authorId, created_at: version } = comment
      const author = authorId === ctx.settings.userId ? US : authorOf(ctx, authorId)
      records.push({ remoteId: placeOf(ticketId, recordId), values: { author, body, at }, version })
    }
  }
  return records
}

async function ticketsThere(ctx: ZendeskContext, ticketIds: string[]): Promise<Map<string, Ticket>> {
  const found = new Map<string, Ticket>()
  for (const part of chunks(ticketIds, JOB_SIZE)) {
    const { tickets } = await read(ctx, 'tickets/show_many', ticketsAnswer, { ids: part.join(',') })
    for (const ticket of tickets) if (ticket.status !== 'deleted') found.set(ticket.id, ticket)
  }
  return found
}

export type FoundMessage = { recordId: string; body: string; at: string | null; comment: Comment }

/** Those of these messages that comments of the ticket say they are, newest comments first. Throws RemoteCallError. */
export async function findMessages(
  ctx: ZendeskContext,
  ticketId: string,
  recordIds: ReadonlySet<string>,
): Promise<FoundMessage[]> {
  const found: FoundMessage[] = []
  for await (const comments of pagesOf(ctx, ticketId)) {
    for (const comment of comments) {
      for (const message of messagesIn(comment))
        if (recordIds.has(message.recordId)) found.push({ ...message, comment })
    }
    if (found.length >= recordIds.size) break
  }
  return found
}

/** The newest thousand comments of a ticket. Throws RemoteCallError. */
export async function readComments(ctx: ZendeskContext, ticketId: string): Promise<Comment[]> {
  const all: Comment[] = []
  for await (const comments of pagesOf(ctx, ticketId)) all.push(...comments)
  return all
}

async function* pagesOf(ctx: ZendeskContext, ticketId: string): AsyncGenerator<Comment[]> {
  let after: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const query = { sort: '-created_at', 'page[size]': '100', ...(after ? { 'page[after]': after } : {}) }
    const { comments, meta } = await read(ctx, `tickets/${ticketId}/comments`, commentsAnswer, query)
    yield comments
    if (!meta.has_more || !meta.after_cursor) return
    after = meta.after_cursor
  }
}

function authorOf({ settings }: ZendeskContext, authorId: string | null): string | null {
  return settings.owners.some(({ id }) => id === authorId) ? authorId : CUSTOMER
}
