/**
 * What changed in Zendesk, by its exports: what no webhook told, because it was given up or its circuit was broken. Cursor: JSON of
 * where each export stands. https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
 */
import { z } from 'zod'
import type { ChangesPage, RemoteChange } from '../contract.ts'
import { read } from './client.ts'
import { placeOf } from './comments.ts'
import { EXPORT_LAG_MS, nextOf } from './read-records.ts'
import { filesOf } from './replies.ts'
import { noteOf, replyOf } from './reply.ts'
import { exportedEvents, exportedTickets, exportedUsers, type Ticket, ticketsAnswer } from './schema.ts'
import { CONTINUED, TAG, type ZendeskContext } from './settings.ts'
import { ticketValues, userValues } from './values.ts'

/** Each export may be read ten times a minute; webhooks bring the news, this catches up. */
export const CHANGES_EVERY_MS = 60_000

const place = z.object({
  next: z.enum(['tickets', 'users', 'events']),
  /** Export cursors; null at first, when the moment says where to begin. */
  tickets: z.string().nullable(),
  users: z.string().nullable(),
  /** ms: where it all began, and up to where events were read. */
  begun: z.number(),
  events: z.number(),
})
type Place = z.infer<typeof place>

/** One export a page: tickets, users, then what was said. Throws RemoteCallError. */
export async function readChanges(ctx: ZendeskContext, cursor: string | null): Promise<ChangesPage> {
  if (cursor === null) {
    const now = ctx.now.getTime()
    const start: Place = { next: 'tickets', tickets: null, users: null, begun: now, events: now }
    return { changes: [], cursor: JSON.stringify(start), more: false, lost: false }
  }
  const here = place.parse(JSON.parse(cursor))
  const { changes, after, more } = await pages[here.next](ctx, here)
  return { changes, cursor: JSON.stringify({ ...here, ...after }), more, lost: false }
}

type Page = { changes: RemoteChange[]; after: Partial<Place>; more: boolean }

const pages: Record<Place['next'], (ctx: ZendeskContext, here: Place) => Promise<Page>> = {
  async tickets(ctx, here) {
    const query = queryOf(ctx, here.tickets, here.begun)
    const { tickets, after_cursor, end_of_stream } = await read(
      ctx,
      'incremental/tickets/cursor',
      exportedTickets,
      query,
    )
    const news = tickets.filter(({ updated_at }) => isSince(updated_at, here.begun))
    const after = { tickets: after_cursor ?? here.tickets, ...(end_of_stream ? { next: 'users' as const } : {}) }
    const changes: RemoteChange[] = []
    for (const each of news) changes.push(...(await ofTicket(ctx, each)))
    return { changes, after, more: true }
  },
  async users(ctx, here) {
    const query = queryOf(ctx, here.users, here.begun)
    const { users, after_cursor, end_of_stream } = await read(ctx, 'incremental/users/cursor', exportedUsers, query)
    const news = users.filter(
      user => user.role !== 'agent' && user.role !== 'admin' && isSince(user.updated_at, here.begun),
    )
    const changes = news.map((user): RemoteChange => {
      const about = { object: 'contact', remoteId: user.id, at: new Date(user.updated_at ?? ctx.now) } as const
      if (!user.active) return { kind: 'deleted', ...about }
      return { kind: 'touched', ...about, byUs: false, values: userValues(user) }
    })
    const after = { users: after_cursor ?? here.users, ...(end_of_stream ? { next: 'events' as const } : {}) }
    return { changes, after, more: true }
  },
  async events(ctx, here) {
    const start = Math.min(here.events, ctx.now.getTime() - EXPORT_LAG_MS)
    const query = { start_time: String(Math.floor(start / 1_000)), include: 'comment_events' }
    const {
      ticket_events: events,
      end_time,
      end_of_stream,
    } = await read(ctx, 'incremental/ticket_events', exportedEvents, query)
    const changes = await saidAmong(ctx, events, here.begun)
    // What is exported late was said before: the next reading begins a minute before this one did.
    const until = end_of_stream ? Math.max(here.events, ctx.now.getTime() - OVERLAP_MS) : (end_time ?? 0) * 1_000
    return {
      changes,
      after: { events: until, ...(end_of_stream ? { next: 'tickets' as const } : {}) },
      more: !end_of_stream,
    }
  },
}

const OVERLAP_MS = 2 * 60_000

type Events = z.infer<typeof exportedEvents>['ticket_events']

/** Answers and notes are known by their comment, so those that a webhook brought are not heard twice. */
async function saidAmong(ctx: ZendeskContext, events: Events, begun: number): Promise<RemoteChange[]> {
  const { settings } = ctx
  const staff = new Map(settings.owners.map(({ id, name }) => [id, name]))
  const said = events.flatMap(({ ticket_id: ticketId, updater_id: actorId, timestamp, child_events }) =>
    child_events
      .filter(child => child.event_type === 'Comment' && timestamp * 1_000 >= begun)
      .map(child => ({ ticketId, actorId, at: new Date(timestamp * 1_000), child })),
  )
  const heard = said.flatMap(({ ticketId, actorId, at, child }) => {
    const { author_id: authorId } = child
    const author = { id: authorId, name: staff.get(authorId ?? '') ?? null, isStaff: staff.has(authorId ?? '') }
    const whole = {
      ...{ id: child.id, place: placeOf(ticketId, child.id), ticketId, requesterId: null, actorId, author, at },
      ...{ text: child.body ?? '', html: child.html_body, isPublic: child.public === true },
      files: filesOf({ attachments: child.attachments ?? [] }),
    }
    const change = replyOf(settings, whole) ?? noteOf(settings, whole)
    return change ? [change] : []
  })
  if (heard.length === 0) return []
  const ids = [...new Set(heard.map(ticketOf))]
  const { tickets } = await read(ctx, 'tickets/show_many', ticketsAnswer, { ids: ids.slice(0, 100).join(',') })
  const ours = new Map(tickets.filter(({ tags }) => tags.includes(TAG)).map(ticket => [ticket.id, ticket.requester_id]))
  return heard.flatMap((change): RemoteChange[] => {
    const requester = ours.get(ticketOf(change))
    if (requester === undefined) return []
    return change.kind === 'note' ? [change] : [{ ...change, to: { ...change.to, contactRemoteId: requester } }]
  })
}

function ticketOf(change: Extract<RemoteChange, { kind: 'reply' | 'note' }>): string {
  return (change.kind === 'note' ? change.ticketRemoteId : change.to.ticketRemoteId) ?? ''
}

async function ofTicket(ctx: ZendeskContext, ticket: Ticket): Promise<RemoteChange[]> {
  const about = { object: 'ticket', remoteId: ticket.id, at: new Date(ticket.updated_at ?? ctx.now) } as const
  if (ticket.status === 'deleted') return [{ kind: 'deleted', ...about }]
  if (ticket.tags.includes(CONTINUED)) {
    const next = await nextOf(ctx, ticket)
    return next ? [{ kind: 'merged', ...about, remoteId: next.id, mergedIds: [ticket.id] }] : []
  }
  const touched: RemoteChange = { kind: 'touched', ...about, byUs: false, values: ticketValues(ticket, ctx.settings) }
  const { rel, from } = ticket.via?.source ?? {}
  const source = rel === 'follow_up' ? from?.ticket_id : null
  // What goes on in a follow-up is told there from now on.
  return source ? [{ kind: 'merged', ...about, mergedIds: [source] }, touched] : [touched]
}

function queryOf(ctx: ZendeskContext, cursor: string | null, begun: number): Record<string, string> {
  if (cursor) return { cursor }
  return { start_time: String(Math.floor(Math.min(begun, ctx.now.getTime()) / 1_000) - EXPORT_LAG_MS / 1_000) }
}

/** The export begins a minute before we did. */
function isSince(updatedAt: string | null, begun: number): boolean {
  return !updatedAt || Date.parse(updatedAt) >= begun
}
