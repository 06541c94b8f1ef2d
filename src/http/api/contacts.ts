import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import type { ContactRow } from '../../db/arrivals.ts'
import { contactById, identitiesOfContact, searchContacts } from '../../db/contacts.ts'
import { linksOfRecord } from '../../db/links.ts'
import { contactMessages } from '../../db/messages.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { messageShape, showMessage } from './tickets.ts'

const contactShape = z
  .object({
    id: z.uuid(),
    name: z.string().nullable(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    category: z.enum(['standard', 'vip']),
    tags: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Contact')

const wholeContact = contactShape
  .extend({
    identities: z.array(z.object({ kind: z.string(), value: z.string() })),
    links: z.array(z.object({ connectionId: z.uuid(), remoteType: z.string(), remoteId: z.string().nullable() })),
  })
  .openapi('WholeContact')

const searchQuery = pageQuery.extend({
  q: z.string().optional().openapi({ description: 'Part of a name, an e-mail or a number' }),
})

const routes = {
  search: route('get', '/contacts', 'Contacts, newest first', { query: searchQuery }, pageOf(contactShape)),
  one: route('get', '/contacts/{id}', 'A contact with identities and CRM records', { params: idParam }, wholeContact),
  timeline: route(
    ...(['get', '/contacts/{id}/timeline', 'Messages with the contact over all channels, newest first'] as const),
    { params: idParam, query: pageQuery },
    pageOf(messageShape),
  ),
}

export const contacts = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.search, async c => {
    const { q, limit, cursor } = c.req.valid('query')
    const { db } = c.var.runtime.services
    const rows = await inWorkspace(db, c.var.caller.workspaceId, tx =>
      searchContacts(tx, q ?? null, { limit: limit + 1, after: readCursor(cursor) }),
    )
    return c.json(
      toPage(rows, limit, row => ({ at: row.createdAt, id: row.id }), showContact),
      200,
    )
  })
  .openapi(routes.one, async c => {
    const { id } = c.req.valid('param')
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
      const [contact, identities, links] = await Promise.all([
        contactById(tx, id),
        identitiesOfContact(tx, id),
        linksOfRecord(tx, id),
      ])
      if (!contact) throw new AppError('not found', { what: 'contact' })
      return c.json(
        {
          ...showContact(contact),
          identities: identities.map(({ kind, value }) => ({ kind, value })),
          links: links.map(({ connectionId, remoteType, remoteId }) => ({ connectionId, remoteType, remoteId })),
        },
        200,
      )
    })
  })
  .openapi(routes.timeline, async c => {
    const { id } = c.req.valid('param')
    const { limit, cursor } = c.req.valid('query')
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
      const after = readCursor(cursor)
      const [contact, rows] = await Promise.all([
        contactById(tx, id),
        contactMessages(tx, id, { limit: limit + 1, after }),
      ])
      if (!contact) throw new AppError('not found', { what: 'contact' })
      const show = (row: (typeof rows)[number]) => showMessage(row, c.var.caller.language)
      return c.json(
        toPage(rows, limit, row => ({ at: row.providerAt, id: row.id }), show),
        200,
      )
    })
  })

function showContact(row: ContactRow): z.infer<typeof contactShape> {
  const { id, name, phone, email, category, tags } = row
  return { id, name, phone, email, category, tags, createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt) }
}
