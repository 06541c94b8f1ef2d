/** Why a field of a contact or ticket holds what it holds, and taking a change back. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { fieldPolicies } from '../../core/mapping/row.ts'
import { survivorOf } from '../../db/contact-merges.ts'
import { contactById } from '../../db/contacts.ts'
import { historyOf, latestProvenance, type ProvenanceRow, provenanceById } from '../../db/provenance.ts'
import { undoChange } from '../../inbox/undo-change.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { ticketIdOf, ticketParam } from './tickets.ts'
import { type Vars, within } from './within.ts'

const entryShape = z
  .object({
    id: z.uuid().nullable().openapi({ description: 'Null of what was known before changes were kept' }),
    field: z.string(),
    value: z.unknown(),
    previous: z.unknown(),
    actor: z.unknown(),
    source: z.unknown(),
    policy: z.enum(fieldPolicies).nullable(),
    at: instant,
    recordedAt: instant,
  })
  .openapi('FieldChange')

const query = pageQuery.extend({
  field: z.string().max(100).optional().openapi({ description: 'The whole history of this one, newest first' }),
})
const undoBody = z.object({
  force: z.boolean().default(false).openapi({ description: 'Also where the field has changed since' }),
})

const routes = {
  contact: route(
    ...(['contacts.read', 'get', '/contacts/{id}/provenance', 'Who or what wrote each field of a contact'] as const),
    { params: idParam, query },
    pageOf(entryShape),
  ),
  ticket: route(
    ...(['tickets.read', 'get', '/tickets/{id}/provenance', 'Who or what wrote each field of a ticket'] as const),
    { params: ticketParam, query },
    pageOf(entryShape),
  ),
  undo: route(
    ...([
      'signed in',
      'post',
      '/provenance/{id}/undo',
      'Take a change back: a new change to the value before',
    ] as const),
    { params: idParam, ...jsonBody(undoBody) },
    entryShape,
  ),
}

export const provenance = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.contact, async c => {
    const { id: asked } = c.req.valid('param')
    const contact = await within(c.var, async tx => {
      const id = await survivorOf(tx, asked)
      return id ? contactById(tx, id) : undefined
    })
    if (!contact) throw new AppError('not found', { what: 'contact' })
    const page = await pageFor(c.var, contact.id, c.req.valid('query'))
    const { field, cursor } = c.req.valid('query')
    const wantsName = !cursor && (field === undefined || field === 'name')
    const isUntold = wantsName && contact.nameFrom !== null && !page.items.some(item => item.field === 'name')
    // The customer's own name is theirs until somebody writes another: no entry says so.
    const own = {
      ...{ id: null, field: 'name', value: contact.name, previous: null, policy: null },
      ...{ actor: { kind: 'customer', contactId: contact.id }, source: { kind: 'message', messageId: null } },
      ...{ at: iso(contact.nameAt ?? contact.createdAt), recordedAt: iso(contact.createdAt) },
    }
    return c.json(isUntold ? { ...page, items: [...page.items, own] } : page, 200)
  })
  .openapi(routes.ticket, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    return c.json(await pageFor(c.var, ticketId, c.req.valid('query')), 200)
  })
  .openapi(routes.undo, async c => {
    const { id } = c.req.valid('param')
    const entry = await within(c.var, tx => provenanceById(tx, id))
    if (!entry) throw new AppError('not found', { what: 'change' })
    needFor(c.var, entry)
    const undone = await undoChange(inboxContext(c.var.runtime, c.var.caller), id, c.req.valid('json'))
    return c.json(show(undone), 200)
  })

/** Undoing needs what changing needs. */
function needFor({ caller }: Vars, { kind, field }: ProvenanceRow) {
  const permission = kind === 'contact' ? 'contacts.change' : field === 'owner' ? 'tickets.assign' : 'tickets.change'
  if (!caller.permissions.has(permission)) throw new AppError('missing permission', { permission })
}

async function pageFor(vars: Vars, recordId: string, { field, limit, cursor }: z.infer<typeof query>) {
  if (field === undefined) {
    const rows = await within(vars, tx => latestProvenance(tx, recordId))
    return { items: rows.map(show), nextCursor: null }
  }
  const page = { limit: limit + 1, after: readCursor(cursor) }
  const rows = await within(vars, tx => historyOf(tx, recordId, field, page))
  return toPage(rows, limit, row => ({ at: row.recordedAt, id: row.id }), show)
}

function show({ id, field, value, previous, actor, source, policy, at, recordedAt }: ProvenanceRow) {
  return { id, field, value, previous, actor, source, policy, at: iso(at), recordedAt: iso(recordedAt) }
}
