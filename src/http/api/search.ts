/** Everything that has these words, by kind, newest first, of what the caller sees. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { searchWords, snippet } from '../../core/search.ts'
import { ticketNumber, ticketStates } from '../../core/ticket.ts'
import { findContacts, findMessages, findTickets } from '../../db/search.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { instant, iso, route } from './shapes.ts'

const answer = z.object({
  tickets: z.array(
    z.object({
      ...{ id: z.uuid(), number: z.string(), subject: z.string(), state: z.enum(ticketStates) },
      ...{ contact: z.string().nullable(), at: instant },
    }),
  ),
  contacts: z.array(
    z.object({ id: z.uuid(), name: z.string().nullable(), phone: z.string().nullable(), email: z.string().nullable() }),
  ),
  messages: z.array(
    z.object({
      ...{ id: z.uuid(), ticketId: z.uuid().nullable(), number: z.string().nullable(), snippet: z.string() },
      ...{ contact: z.string().nullable(), at: instant },
    }),
  ),
})

const query = z.object({
  q: z.string().trim().min(2).max(200).openapi({
    description: 'Words in Spanish, Portuguese or English, with or without accents; digits of a number; BZ-1042',
  }),
  limit: z.coerce.number().int().min(1).max(50).default(10).openapi({ description: 'Of each kind' }),
})

const routes = {
  search: route('tickets.read', 'get', '/search', 'Find tickets, contacts and messages by words', { query }, answer),
}

export const search = new OpenAPIHono<HttpEnv>({ defaultHook: invalid }).openapi(routes.search, async c => {
  const { q, limit } = c.req.valid('query')
  const words = searchWords(q)
  const { sees, workspaceId, permissions } = c.var.caller
  if (words.length === 0) return c.json({ tickets: [], contacts: [], messages: [] }, 200)
  const [tickets, contacts, messages] = await inWorkspace(c.var.runtime.services.db, workspaceId, tx =>
    Promise.all([
      findTickets(tx, sees, words, limit),
      permissions.has('contacts.read') ? findContacts(tx, words, limit) : [],
      findMessages(tx, sees, words, limit),
    ]),
  )
  return c.json(
    {
      tickets: tickets.map(({ id, number, subject, state, contactName, at }) => ({
        ...{ id, number: ticketNumber(number), subject, state: state as (typeof ticketStates)[number] },
        ...{ contact: contactName, at: iso(at) },
      })),
      contacts: contacts.map(({ id, name, phone, email }) => ({ id, name, phone, email })),
      messages: messages.map(({ id, ticketId, number, text, contactName, at }) => ({
        ...{ id, ticketId, number: number === null ? null : ticketNumber(number), snippet: snippet(text, words) },
        ...{ contact: contactName, at: iso(at) },
      })),
    },
    200,
  )
})
