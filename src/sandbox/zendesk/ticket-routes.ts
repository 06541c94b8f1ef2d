import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { invalid, notFound, ZendeskRefused } from './errors.ts'
import { type Tell, touchTicket } from './events.ts'
import { startJob } from './jobs.ts'
import { cursorPage, searchTerms } from './pages.ts'
import type { Account, JobResult, Ticket } from './state.ts'
import {
  commentView,
  createTicket,
  importTicket,
  type TicketFields,
  ticketView,
  updateTicket,
  type Written,
} from './tickets.ts'
import { changeOf } from './user-routes.ts'

const API = '/zendesk/api/v2'

export function mountTickets(app: Hono<SandboxEnv>, runtime: Runtime, tell: Tell) {
  const { bus, clock } = runtime
  const shown = (c: Context<SandboxEnv>) => (ticket: Ticket) => ticketView(c.get('zendesk'), ticket)

  app.get(`${API}/tickets`, c => {
    const key = c.req.query('external_id')
    const all = there(c.get('zendesk')).filter(ticket => key === undefined || ticket.externalId === key)
    return c.json(cursorPage(c, 'tickets', all, shown(c)))
  })
  app.get(`${API}/tickets/show_many`, c => {
    const ids = (c.req.query('ids') ?? '').split(',').map(Number)
    const found = there(c.get('zendesk')).filter(({ id }) => ids.includes(id))
    return c.json({ tickets: found.map(shown(c)), count: found.length })
  })
  app.get(`${API}/search`, c => {
    const account = c.get('zendesk')
    const terms = searchTerms(c.req.query('query') ?? '')
    const keys = terms.get('external_id') ?? []
    const before = clock.now() - account.lagMs
    const found = there(account).filter(
      ticket => keys.includes(ticket.externalId ?? '\0') && Date.parse(ticket.createdAt) <= before,
    )
    return c.json({
      results: found.slice(0, 100).map(ticket => ({ ...shown(c)(ticket), result_type: 'ticket' })),
      count: found.length,
      next_page: null,
    })
  })
  app.get(`${API}/users/:id{\\d+}/tickets/requested`, c => {
    const id = Number(c.req.param('id'))
    return c.json(
      cursorPage(
        c,
        'tickets',
        there(c.get('zendesk')).filter(({ requesterId }) => requesterId === id),
        shown(c),
      ),
    )
  })

  app.post(`${API}/tickets`, async c => {
    const { ticket: given = {} } = await c.req.json<{ ticket?: TicketFields }>()
    const written = createTicket(c.get('zendesk'), changeOf(c, runtime, tell), given)
    if ('error' in written) throw new ZendeskRefused(invalid('base', written.details))
    bus.changed()
    return c.json({ ticket: shown(c)(written.ticket) }, 201)
  })
  const many = (create: typeof createTicket) => async (c: Context<SandboxEnv>) => {
    const { tickets = [] } = await c.req.json<{ tickets?: TicketFields[] }>()
    const change = changeOf(c, runtime, tell)
    const made = (given: TicketFields) => resultOf(create(c.get('zendesk'), change, given), 'create')
    return c.json(startJob(c, runtime, tickets, made))
  }
  app.post(`${API}/tickets/create_many`, many(createTicket))
  app.post(`${API}/imports/tickets/create_many`, many(importTicket))

  app.put(`${API}/tickets/update_many`, async c => {
    const account = c.get('zendesk')
    const { tickets = [] } = await c.req.json<{ tickets?: TicketFields[] }>()
    const change = changeOf(c, runtime, tell)
    return c.json(
      startJob(c, runtime, tickets, given => {
        const ticket = account.tickets.get(Number(given.id))
        if (!ticket || ticket.deleted)
          return { error: 'RecordNotFound', details: `Ticket ${given.id} was not found`, status: 'Failed' }
        return resultOf(updateTicket(account, change, ticket, given), 'update')
      }),
    )
  })
  app.get(`${API}/tickets/:id{\\d+}`, c => c.json({ ticket: shown(c)(ticketOf(c)) }))
  app.put(`${API}/tickets/:id{\\d+}`, async c => {
    const ticket = ticketOf(c)
    const { ticket: given = {} } = await c.req.json<{ ticket?: TicketFields }>()
    const written = updateTicket(c.get('zendesk'), changeOf(c, runtime, tell), ticket, given)
    if ('error' in written && written.error === 'UpdateConflict')
      throw new ZendeskRefused({ status: 409, body: { error: written.error, description: written.details } })
    if ('error' in written) throw new ZendeskRefused(invalid('base', written.details))
    bus.changed()
    return c.json({ ticket: shown(c)(ticket) })
  })
  app.get(`${API}/tickets/:id{\\d+}/comments`, c => {
    const ticket = ticketOf(c)
    const ordered = c.req.query('sort') === '-created_at' ? ticket.comments.toReversed() : ticket.comments
    const after = Number(c.req.query('page[after]') ?? 0)
    const size = Number(c.req.query('page[size]') ?? 100)
    const page = ordered.slice(after, after + size)
    const has_more = after + size < ordered.length
    return c.json({
      comments: page.map(comment => commentView(comment, runtime.origin.url)),
      meta: { has_more, after_cursor: has_more ? String(after + size) : null },
    })
  })

  const destroy = (permanent: boolean) => (c: Context<SandboxEnv>) => {
    const account = c.get('zendesk')
    const ids = (c.req.query('ids') ?? '').split(',')
    return c.json(
      startJob(c, runtime, ids, id => {
        const ticket = account.tickets.get(Number(id))
        if (!ticket) return { error: 'RecordNotFound', details: `Ticket ${id} was not found`, status: 'Failed' }
        if (permanent) account.tickets.delete(ticket.id)
        else removeTicket(account, changeOf(c, runtime, tell), ticket)
        return { id: ticket.id, action: 'delete', status: 'Deleted', success: true }
      }),
    )
  }
  app.delete(`${API}/tickets/destroy_many`, destroy(false))
  app.delete(`${API}/deleted_tickets/destroy_many`, destroy(true))
}

export function removeTicket(account: Account, change: Parameters<typeof touchTicket>[1], ticket: Ticket) {
  ticket.deleted = true
  ticket.updatedAt = change.at
  touchTicket(account, change, ticket, 'soft_deleted', {})
}

function there(account: Account): Ticket[] {
  return [...account.tickets.values()].filter(({ deleted }) => !deleted)
}

function ticketOf(c: Context<SandboxEnv>): Ticket {
  const ticket = c.get('zendesk').tickets.get(Number(c.req.param('id')))
  if (!ticket || ticket.deleted) throw new ZendeskRefused(notFound)
  return ticket
}

function resultOf(written: Written, action: 'create' | 'update'): JobResult {
  if ('error' in written) return { ...written, status: 'Failed', success: false }
  return { id: written.ticket.id, action, status: action === 'create' ? 'Created' : 'Updated', success: true }
}
