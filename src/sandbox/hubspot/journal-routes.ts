/** The journal as it is read: by offsets, each entry a file behind a link of its own. */
import type { Hono } from 'hono'
import { z } from 'zod'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { refuse } from './door.ts'
import { notFound, type Refusal } from './errors.ts'
import { readBody } from './schema.ts'
import type { JournalEntry, Portal } from './state.ts'

const KEPT_MS = 3 * 24 * 3_600_000
const LINK_LIFE_MS = 5 * 60_000
const MAX_BATCH = 100

const subscriptionSchema = z.object({
  subscriptionType: z.enum(['OBJECT', 'ASSOCIATION', 'APP_LIFECYCLE_EVENT']),
  objectTypeId: z.string().optional(),
  portalId: z.number().int(),
  actions: z.array(z.string()).min(1),
  properties: z.array(z.string()).nullish(),
})

export function mountJournal(app: Hono<SandboxEnv>, { clock, origin, bus }: Runtime) {
  app.get('/hubspot/journal-files/:portal/:offset', c => {
    if (Number(c.req.query('until') ?? 0) < clock.now()) return c.text('Request has expired', 403)
    const portal = c.get('portal')
    const entry = alive(portal, clock.now()).find(each => each.offset === c.req.param('offset'))
    if (!entry) return c.text('No such key', 404)
    const { offset, at, event } = entry
    return c.json({ offset, journalEvents: [event], publishedAt: new Date(at).toISOString() })
  })

  app.use('/hubspot/webhooks-journal/*', async (c, next) => {
    const access = c.get('access')
    const needed = c.req.path.includes('/subscriptions') ? '.subscriptions.' : 'webhooks_journal.read'
    if (!access?.ofApp || !access.scopes.some(scope => scope.includes(needed))) return refuse(c, MISSING_SCOPES)
    return next()
  })

  app.get('/hubspot/webhooks-journal/subscriptions', c => c.json({ results: c.get('portal').journalSubscriptions }))
  app.post('/hubspot/webhooks-journal/subscriptions', async c => {
    const portal = c.get('portal')
    const input = await readBody(c.req, subscriptionSchema)
    const made = { id: portal.nextEventId++, appId: portal.appId, ...input, properties: input.properties ?? null }
    portal.journalSubscriptions.push(made)
    bus.changed()
    return c.json(made, 201)
  })
  app.delete('/hubspot/webhooks-journal/subscriptions/:id', c => {
    const portal = c.get('portal')
    portal.journalSubscriptions = portal.journalSubscriptions.filter(({ id }) => String(id) !== c.req.param('id'))
    return c.body(null, 204)
  })

  for (const kind of ['journal', 'journal-local']) {
    const base = `/hubspot/webhooks-journal/${kind}`
    app.get(`${base}/earliest`, c => one(alive(c.get('portal'), clock.now())[0], c.get('portal')))
    app.get(`${base}/latest`, c => one(alive(c.get('portal'), clock.now()).at(-1), c.get('portal')))
    app.get(`${base}/offset/:offset/next`, c => {
      const later = after(c.get('portal'), c.req.param('offset'))
      return later ? one(later[0], c.get('portal')) : refuse(c, notFound('The offset does not exist or has expired'))
    })
    app.get(`${base}/batch/:offset/next/:count`, c => {
      const portal = c.get('portal')
      const later = after(portal, c.req.param('offset'))
      if (!later) return refuse(c, notFound('The offset does not exist or has expired'))
      const count = Math.min(Number(c.req.param('count')) || 1, MAX_BATCH)
      const results = later.slice(0, count).map(entry => linkTo(entry, portal))
      return results.length === 0 ? c.body(null, 204) : c.json({ status: 'COMPLETE', results })
    })
  }

  function after(portal: Portal, offset: string): JournalEntry[] | undefined {
    const entries = alive(portal, clock.now())
    const at = entries.findIndex(entry => entry.offset === offset)
    return at < 0 ? undefined : entries.slice(at + 1)
  }

  function one(entry: JournalEntry | undefined, portal: Portal): Response {
    return entry ? Response.json(linkTo(entry, portal)) : new Response(null, { status: 204 })
  }

  /** A link of its own host in HubSpot, which needs no token and does not live long. */
  function linkTo({ offset }: JournalEntry, { portalId }: Portal) {
    const until = clock.now() + LINK_LIFE_MS
    return {
      url: `${origin.url}/hubspot/journal-files/${portalId}/${offset}?until=${until}`,
      expiresAt: new Date(until).toISOString(),
      currentOffset: offset,
    }
  }
}

const MISSING_SCOPES: Refusal = {
  status: 403,
  category: 'MISSING_SCOPES',
  message: 'This app hasn’t been granted all required scopes to make this call.',
}

function alive(portal: Portal, now: number): JournalEntry[] {
  return portal.journal.filter(({ at }) => at > now - KEPT_MS)
}
