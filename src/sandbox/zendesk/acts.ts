/** What people do in the simulated Zendesk, and how its accounts are set up. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { ControlError } from '../control/error.ts'
import type { Runtime } from '../runtime.ts'
import { adminAccess } from './door.ts'
import type { Change, Tell } from './events.ts'
import { type Account, type CustomField, newAccount, newId, type Ticket, type User } from './state.ts'
import { removeTicket } from './ticket-routes.ts'
import { commentView, createTicket, type TicketFields, ticketView, updateTicket, type Written } from './tickets.ts'
import { createUser, deleteUser, isError, mergeUsers, type UserFields, updateUser, userView } from './users.ts'
import { zendeskView } from './views.ts'

const count = z.number().int().min(1)
const field = z.object({
  ...{ key: z.string().default(''), title: z.string(), type: z.string().default('text') },
  ...{ active: z.boolean().default(true), required: z.boolean().default(false) },
  options: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
})
const account = z.object({
  subdomain: z.string().regex(/^[a-z0-9-]+$/),
  clientId: z.string().default('buzon'),
  clientSecret: z.string().default('client-secret'),
  apiToken: z.string().nullable().optional(),
  /** An access token that is good for long. */
  token: z.string().optional(),
  rateLimit: z
    .union([
      z.literal(false),
      z.object({ perMinute: count.default(400), exportsPerMinute: count.default(10), jobs: count.default(30) }),
    ])
    .optional(),
  jobMs: z.number().int().min(0).optional(),
  lagMs: z.number().int().min(0).optional(),
  mostComments: count.optional(),
  validatesPhones: z.boolean().optional(),
  deliverTo: z.url().nullable().optional(),
  duplicates: count.max(100).optional(),
  shuffle: z.boolean().optional(),
  seed: z.number().int().optional(),
  apps: z
    .array(z.object({ id: z.number().int(), appId: z.number().int(), name: z.string(), publicKey: z.string() }))
    .optional(),
  ticketFields: z.array(field).optional(),
  userFields: z.array(field).optional(),
  triggers: z
    .array(
      z.object({
        ...{ title: z.string(), active: z.boolean().default(true) },
        conditions: z.array(z.object({ field: z.string(), operator: z.string(), value: z.string() })),
        actions: z.array(z.object({ field: z.string(), value: z.unknown() })),
      }),
    )
    .optional(),
})
const patch = account.omit({ subdomain: true }).partial()
const file = z.object({ name: z.string(), mimeType: z.string(), data: z.base64() })
const reply = z.object({
  ticketId: z.union([z.string(), z.number()]),
  text: z.string().default(''),
  html: z.string().optional(),
  public: z.boolean().default(true),
  agentId: z.number().int().optional(),
  attachments: z.array(file).default([]),
})

export type ZendeskActs = ReturnType<typeof createZendeskActs>

export function createZendeskActs(runtime: Runtime, tell: Tell) {
  const { world, clock, bus, origin } = runtime
  return {
    /** Opens an account, or changes the settings of a known one. */
    accounts(input: z.input<typeof account>): { subdomain: string } {
      const given = parse(account, input)
      const known = world.zendesk.accounts.get(given.subdomain) ?? newAccount(given, clock.iso())
      world.zendesk.accounts.set(given.subdomain, known)
      return configure(known, given)
    },
    configure(subdomain: string, input: z.input<typeof patch>): { subdomain: string } {
      return configure(accountOf(subdomain), parse(patch, input))
    },
    view: (subdomain: string) => zendeskView(accountOf(subdomain), {}),
    /** A person makes, or edits, a user or a ticket; in the API's own words. */
    makeUser(subdomain: string, given: UserFields, agentId?: number) {
      const written = createUser(accountOf(subdomain), byPerson(subdomain, agentId), given)
      if (isError(written)) throw new ControlError(400, written.details)
      bus.changed()
      return userView(written.user)
    },
    editUser(subdomain: string, id: string | number, given: UserFields, agentId?: number) {
      const written = updateUser(accountOf(subdomain), byPerson(subdomain, agentId), userOf(subdomain, id), given)
      if (isError(written)) throw new ControlError(400, written.details)
      bus.changed()
      return userView(written.user)
    },
    deleteUser(subdomain: string, id: string | number, agentId?: number): { deleted: number } {
      const user = userOf(subdomain, id)
      deleteUser(accountOf(subdomain), byPerson(subdomain, agentId), user)
      bus.changed()
      return { deleted: user.id }
    },
    mergeUsers(subdomain: string, given: { winner: string | number; loser: string | number }): { id: number } {
      const [winner, loser] = [userOf(subdomain, given.winner), userOf(subdomain, given.loser)]
      mergeUsers(accountOf(subdomain), byPerson(subdomain), loser, winner)
      bus.changed()
      return { id: winner.id }
    },
    makeTicket(subdomain: string, given: TicketFields, agentId?: number) {
      return shown(subdomain, createTicket(accountOf(subdomain), byPerson(subdomain, agentId), given))
    },
    editTicket(subdomain: string, id: string | number, given: TicketFields, agentId?: number) {
      const change = byPerson(subdomain, agentId)
      return shown(subdomain, updateTicket(accountOf(subdomain), change, ticketOf(subdomain, id), given))
    },
    deleteTicket(subdomain: string, id: string | number, agentId?: number): { deleted: number } {
      const ticket = ticketOf(subdomain, id)
      removeTicket(accountOf(subdomain), byPerson(subdomain, agentId), ticket)
      bus.changed()
      return { deleted: ticket.id }
    },
    /** An agent answers, or notes something, in Zendesk's own composer. */
    reply(subdomain: string, input: z.input<typeof reply>) {
      const { ticketId, text, html, agentId, attachments, public: isPublic } = parse(reply, input)
      const known = accountOf(subdomain)
      const uploads = attachments.map(({ name, mimeType, data }) => {
        const token = randomBytes(8).toString('hex')
        const size = Buffer.from(data, 'base64').length
        known.uploads.set(token, { id: newId(known), fileName: name, contentType: mimeType, size, data })
        return token
      })
      const comment = { ...(html === undefined ? { body: text } : { html_body: html }), public: isPublic, uploads }
      const ticket = ticketOf(subdomain, ticketId)
      const written = updateTicket(known, byPerson(subdomain, agentId), ticket, { comment })
      shown(subdomain, written)
      const last = ticket.comments.at(-1)
      if (!last) throw new ControlError(400, 'nothing was said')
      return commentView(last, origin.url)
    },
  }

  function configure(known: Account, given: z.infer<typeof patch>): { subdomain: string } {
    const { token, ticketFields, userFields, triggers, ...settings } = given
    for (const [key, value] of Object.entries(settings)) if (value !== undefined) Object.assign(known, { [key]: value })
    if (token) world.zendesk.access.set(token, adminAccess(known.subdomain))
    if (ticketFields)
      known.ticketFields = [...known.ticketFields.filter(({ removable }) => !removable), ...made(known, ticketFields)]
    if (userFields) known.userFields = made(known, userFields)
    if (triggers) known.triggers = triggers.map(trigger => ({ ...trigger, id: newId(known) }))
    bus.changed()
    return { subdomain: known.subdomain }
  }

  function made(known: Account, given: z.infer<typeof field>[]): CustomField[] {
    return given.map(each => ({ ...each, id: newId(known), removable: true }))
  }

  function byPerson(subdomain: string, agentId?: number): Change {
    const agent = agentId ?? [...accountOf(subdomain).users.values()].find(({ role }) => role === 'agent')?.id ?? 0
    return { actorId: agent, at: clock.iso(), channel: 'web', tell }
  }

  function shown(subdomain: string, written: Written) {
    if ('error' in written) throw new ControlError(400, written.details)
    bus.changed()
    return ticketView(accountOf(subdomain), written.ticket)
  }

  function accountOf(subdomain: string): Account {
    const known = world.zendesk.accounts.get(subdomain)
    if (!known) throw new ControlError(404, `no account ${subdomain}`)
    return known
  }

  function userOf(subdomain: string, id: string | number): User {
    const user = accountOf(subdomain).users.get(Number(id))
    if (!user) throw new ControlError(404, `no user ${id}`)
    return user
  }

  function ticketOf(subdomain: string, id: string | number): Ticket {
    const ticket = accountOf(subdomain).tickets.get(Number(id))
    if (!ticket || ticket.deleted) throw new ControlError(404, `no ticket ${id}`)
    return ticket
  }
}

function parse<T>(shape: z.ZodType<T>, input: unknown): T {
  const parsed = shape.safeParse(input)
  if (parsed.success) return parsed.data
  throw new ControlError(400, z.prettifyError(parsed.error))
}
