import { OpenAPIHono, z } from '@hono/zod-openapi'
import { contactCategories } from '../../core/contact.ts'
import { AppError } from '../../core/errors.ts'
import type { ContactRow } from '../../db/arrivals.ts'
import { mergedInto, survivorOf } from '../../db/contact-merges.ts'
import { contactById, identitiesOfContact, searchContacts } from '../../db/contacts.ts'
import { linksOfRecords } from '../../db/links.ts'
import { listSuggestions } from '../../db/merge-suggestions.ts'
import { contactMessages } from '../../db/messages.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { updateContact } from '../../inbox/update-contact.ts'
import { inboxContext } from '../auth.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { customValuesBody, customValuesShape } from './custom-fields.ts'
import { filesOfMessages } from './media-shape.ts'
import { suggestionShape, suggestionShower } from './merges.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { messageShape, showMessage } from './tickets.ts'

const contactShape = z
  .object({
    id: z.uuid(),
    name: z.string().nullable(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    /** As the customer last gave it on WhatsApp, without `@`. */
    username: z.string().nullable(),
    category: z.enum(['standard', 'vip']),
    tags: z.array(z.string()),
    custom: customValuesShape,
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Contact')

const wholeContact = contactShape
  .extend({
    identities: z.array(z.object({ kind: z.string(), value: z.string() })),
    /** Contacts that were made part of this one: their ids lead here. */
    mergedIds: z.array(z.uuid()),
    /** Other contacts that may be the same person, for a person to judge. */
    suggestions: z.array(suggestionShape),
    links: z.array(z.object({ connectionId: z.uuid(), remoteType: z.string(), remoteId: z.string().nullable() })),
  })
  .openapi('WholeContact')

const searchQuery = pageQuery.extend({
  q: z.string().optional().openapi({ description: 'Part of a name, an e-mail or a number' }),
})

const updateBody = z
  .object({
    name: z.string().trim().max(200).nullable(),
    email: z.email().max(254).nullable(),
    category: z.enum(contactCategories),
    tags: z.array(z.string().trim().min(1).max(60)).max(100),
    custom: customValuesBody,
  })
  .partial()

const routes = {
  search: route(
    'contacts.read',
    'get',
    '/contacts',
    'Contacts, newest first',
    { query: searchQuery },
    pageOf(contactShape),
  ),
  one: route(
    ...([
      'contacts.read',
      'get',
      '/contacts/{id}',
      'A contact with identities and CRM records; of one merged, what it became',
    ] as const),
    { params: idParam },
    wholeContact,
  ),
  update: route(
    ...(['contacts.change', 'patch', '/contacts/{id}', 'Change what is known of a contact'] as const),
    { params: idParam, ...jsonBody(updateBody) },
    contactShape,
  ),
  timeline: route(
    ...([
      'tickets.read',
      'get',
      '/contacts/{id}/timeline',
      'Messages with the contact over all channels, newest first',
    ] as const),
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
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
      const id = await survivorOf(tx, c.req.valid('param').id)
      const contact = id ? await contactById(tx, id) : undefined
      if (!contact) throw new AppError('not found', { what: 'contact' })
      const mergedIds = await mergedInto(tx, contact.id)
      const family = [contact.id, ...mergedIds]
      const [identities, links, rows] = await Promise.all([
        identitiesOfContact(tx, contact.id),
        linksOfRecords(tx, family),
        listSuggestions(tx, { state: 'open', contactIds: family }, { limit: 50 }),
      ])
      const show = await suggestionShower(tx, rows, languageFor(c))
      return c.json(
        {
          ...showContact(contact),
          ...{ mergedIds, suggestions: rows.map(show) },
          identities: identities.map(({ kind, value }) => ({ kind, value })),
          links: links.map(({ connectionId, remoteType, remoteId }) => ({ connectionId, remoteType, remoteId })),
        },
        200,
      )
    })
  })
  .openapi(routes.update, async c => {
    const { id } = c.req.valid('param')
    await updateContact(inboxContext(c.var.runtime, c.var.caller), id, c.req.valid('json'))
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
      const contact = await contactById(tx, (await survivorOf(tx, id)) ?? id)
      if (!contact) throw new AppError('not found', { what: 'contact' })
      return c.json(showContact(contact), 200)
    })
  })
  .openapi(routes.timeline, async c => {
    const { limit, cursor } = c.req.valid('query')
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
      const after = readCursor(cursor)
      const id = (await survivorOf(tx, c.req.valid('param').id)) ?? c.req.valid('param').id
      const [contact, rows] = await Promise.all([
        contactById(tx, id),
        contactMessages(tx, c.var.caller.sees, id, { limit: limit + 1, after }),
      ])
      if (!contact) throw new AppError('not found', { what: 'contact' })
      const files = await filesOfMessages(c.var, tx, rows)
      const show = (row: (typeof rows)[number]) => showMessage(row, c.var.caller.language, files.get(row.id))
      return c.json(
        toPage(rows, limit, row => ({ at: row.providerAt, id: row.id }), show),
        200,
      )
    })
  })

function showContact(row: ContactRow): z.infer<typeof contactShape> {
  const { id, name, phone, email, username, category, tags } = row
  const custom = row.custom ?? {}
  return {
    id,
    name,
    phone,
    email,
    username,
    category,
    tags,
    custom,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  }
}
