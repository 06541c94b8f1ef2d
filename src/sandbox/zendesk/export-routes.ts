import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { ZendeskRefused } from './errors.ts'
import type { Ticket, User } from './state.ts'
import { attachmentView, ticketView } from './tickets.ts'
import { userView } from './users.ts'

const API = '/zendesk/api/v2/incremental'
const MINUTE_MS = 60_000

/** What changed since a moment or a cursor, in the order it did; as far behind as the account is. */
export function mountExports(app: Hono<SandboxEnv>, { clock, origin }: Runtime) {
  app.get(`${API}/tickets/cursor`, c => {
    const account = c.get('zendesk')
    const view = (ticket: Ticket) => ({
      ...ticketView(account, ticket),
      ...(ticket.deleted ? { status: 'deleted' } : {}),
    })
    return c.json(exported(c, 'tickets', [...account.tickets.values()], view))
  })
  app.get(`${API}/users/cursor`, c =>
    c.json(
      exported(
        c,
        'users',
        [...c.get('zendesk').users.values()].filter(({ role }) => role === 'end-user'),
        userView,
      ),
    ),
  )

  app.get(`${API}/ticket_events`, c => {
    const account = c.get('zendesk')
    const start = startOf(c)
    const until = clock.now() - account.lagMs
    const withComments = c.req.query('include')?.includes('comment_events')
    const events = [...account.tickets.values()]
      .flatMap(ticket => ticket.comments.map(comment => ({ ticket, comment })))
      .filter(({ comment }) => Date.parse(comment.createdAt) >= start && Date.parse(comment.createdAt) <= until)
      .sort((a, b) => a.comment.createdAt.localeCompare(b.comment.createdAt) || a.comment.id - b.comment.id)
    const page = events.slice(0, 1_000)
    const last = page.at(-1)
    return c.json({
      ticket_events: page.map(({ ticket, comment }) => ({
        ...{ id: comment.auditId, ticket_id: ticket.id, updater_id: comment.updaterId, via: 'Web service' },
        ...{ timestamp: Math.floor(Date.parse(comment.createdAt) / 1_000), created_at: comment.createdAt },
        child_events: withComments
          ? [
              {
                ...{
                  id: comment.id,
                  event_type: 'Comment',
                  type: 'Comment',
                  public: comment.public,
                  body: comment.body,
                },
                ...{ html_body: comment.htmlBody, author_id: comment.authorId, via: comment.via },
                attachments: comment.attachments.map(file => attachmentView(file, origin.url)),
              },
            ]
          : [],
      })),
      end_time: Math.floor((last ? Date.parse(last.comment.createdAt) : Math.max(start, until)) / 1_000),
      ...{ count: page.length, end_of_stream: events.length === page.length, next_page: null },
    })
  })

  function startOf(c: Context<SandboxEnv>): number {
    const start = Number(c.req.query('start_time')) * 1_000
    if (!(start <= clock.now() - MINUTE_MS))
      throw new ZendeskRefused({
        status: 422,
        body: { error: 'InvalidValue', description: 'Too recent start_time. Use a start_time older than 60 seconds' },
      })
    return start
  }

  function exported<T extends User | Ticket>(
    c: Context<SandboxEnv>,
    name: string,
    all: T[],
    view: (each: T) => unknown,
  ) {
    const account = c.get('zendesk')
    const cursor = c.req.query('cursor')
    const [time = 0, id = 0] = cursor
      ? Buffer.from(cursor, 'base64url').toString().split('/').map(Number)
      : [startOf(c) - 1, 0]
    const until = clock.now() - account.lagMs
    const at = (each: T) => Date.parse(each.updatedAt)
    const rest = all
      .filter(each => (at(each) > time || (at(each) === time && each.id > id)) && at(each) <= until)
      .sort((a, b) => at(a) - at(b) || a.id - b.id)
    const page = rest.slice(0, Math.min(Number(c.req.query('per_page') ?? 1_000), 1_000))
    const last = page.at(-1)
    const place = last ? `${at(last)}/${last.id}` : `${time}/${id}`
    return {
      [name]: page.map(view),
      after_cursor: Buffer.from(place).toString('base64url'),
      end_of_stream: rest.length === page.length,
    }
  }
}
