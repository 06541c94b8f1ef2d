import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { createBus } from './bus.ts'
import { createCalls } from './calls.ts'
import { createClock } from './clock.ts'
import { type Acts, createActs } from './control/acts.ts'
import { mountControl } from './control/routes.ts'
import { createCourier } from './courier.ts'
import { createFaults } from './faults.ts'
import { front } from './front.ts'
import { mountGoogle } from './google-sheets/api.ts'
import { createGoogleLimiter } from './google-sheets/door.ts'
import { mountHubSpot } from './hubspot/api.ts'
import { createChangeFeed } from './hubspot/changes.ts'
import { withoutVersion } from './hubspot/door.ts'
import { createLimiter } from './hubspot/rate-limit.ts'
import { grownPortal } from './hubspot/state.ts'
import { type Mails, mountMail } from './mail/api.ts'
import { mountPage } from './page.ts'
import { refuseOnError } from './refusals.ts'
import { emptyWorld, type Runtime, type SandboxEnv, type World } from './runtime.ts'
import { mountSalesforce } from './salesforce/api.ts'
import { createPubSub, type PubSub } from './salesforce/pubsub.ts'
import { keepSnapshot, readSnapshot } from './snapshot.ts'
import { mountWhatsApp } from './whatsapp/api.ts'
import { createZendesk, withoutJson } from './zendesk/api.ts'
import { noteOutcome } from './zendesk/events.ts'

export type SandboxOptions = {
  /** State is kept here across restarts. */
  snapshotFile?: string
  now?: () => Date
  /** Shown on the page: where the hub is and how to call its API. */
  hubUrl?: string
  apiKeyHint?: string
}

export type Listening = { url: string; close(): Promise<void> }

export type Sandbox = Acts & {
  app: Hono<SandboxEnv>
  mail: Mails
  /** Salesforce's change events, at an address of their own. */
  pubsub: PubSub
  listen(port: number, hostname?: string): Promise<Listening>
  /** The simulated time. Whoever checks its signatures or counts its windows follows it. */
  now(): Date
  /** All webhooks are delivered or given up, and no status is still to come. */
  idle(): Promise<void>
  /** Stops deliveries and writes the snapshot. `listen`'s close does it too. */
  close(): void
}

/** What a snapshot of an earlier version did not have yet is empty. */
function grown(world: World): World {
  const { whatsapp, hubspot, salesforce, google, zendesk } = emptyWorld()
  const portals = [...world.hubspot.portals.values()].map(grownPortal)
  return {
    ...world,
    whatsapp: { ...whatsapp, ...world.whatsapp },
    salesforce: { ...salesforce, ...world.salesforce },
    google: { ...google, ...world.google },
    zendesk: { ...zendesk, ...world.zendesk },
    hubspot: { ...hubspot, ...world.hubspot, portals: new Map(portals.map(portal => [portal.portalId, portal])) },
  }
}

/** Simulated WhatsApp and HubSpot with their webhooks, a mail service, a control API and a page. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { snapshotFile } = options
  const kept = snapshotFile === undefined ? undefined : readSnapshot<World>(snapshotFile)
  const world = kept ? grown(kept) : emptyWorld()
  const bus = createBus()
  const clock = createClock(() => world.clock, options.now ?? (() => new Date()))
  const faults = createFaults()
  const calls = createCalls()
  const courier = createCourier({
    ...{ pending: () => world.pending, faults, calls, clock, bus },
    heard: ({ secret }, accepted) => noteOutcome(world.zendesk.accounts.values(), secret, accepted, clock.now()),
  })
  const origin = { url: 'http://127.0.0.1' }
  const runtime: Runtime = { world, clock, courier, faults, calls, bus, origin }
  const feed = createChangeFeed(courier)
  const limiter = createLimiter(() => world.clock.offsetMs)
  const googleLimiter = createGoogleLimiter(
    () => world.google,
    () => world.clock.offsetMs,
  )
  const zendesk = createZendesk(runtime)
  const acts = createActs(runtime, feed, limiter, googleLimiter, zendesk)
  const writer = snapshotFile === undefined ? undefined : keepSnapshot(snapshotFile, () => world, bus)
  const stopping = new AbortController()

  const app = new Hono<SandboxEnv>({ getPath: request => withoutJson(withoutVersion(new URL(request.url).pathname)) })
  app.use(
    '/whatsapp/*',
    front(runtime, 'whatsapp', () => stopping.signal),
  )
  app.use(
    '/hubspot/*',
    front(runtime, 'hubspot', () => stopping.signal),
  )
  app.use(
    '/google/*',
    front(runtime, 'google', () => stopping.signal),
  )
  app.use(
    '/zendesk/*',
    front(runtime, 'zendesk', () => stopping.signal),
  )
  app.use(
    '/salesforce/*',
    front(runtime, 'salesforce', () => stopping.signal),
  )
  // What HubSpot has answered for it keeps, whatever happens to this process next; so do the others.
  for (const path of ['/hubspot/*', '/salesforce/*', '/google/*', '/zendesk/*']) {
    app.use(path, async (c, next) => {
      await next()
      const reads = c.req.method === 'GET' || /[/:](read|search|getByDataFilter|batchGetByDataFilter)$/.test(c.req.path)
      if (!reads && c.res.status < 400) writer?.now()
    })
  }
  refuseOnError(app)
  mountControl(app, runtime, acts, () => stopping.signal)
  mountPage(app, options)
  const mail = mountMail(app, clock)
  mountWhatsApp(app, runtime)
  mountHubSpot(app, runtime, feed, limiter)
  mountSalesforce(app, runtime)
  mountGoogle(app, runtime, googleLimiter)
  zendesk.mount(app)
  courier.resume()

  let closed = false
  function close() {
    if (closed) return
    closed = true
    stopping.abort()
    courier.close()
    writer?.close()
  }

  return {
    ...acts,
    ...{ app, mail, pubsub: createPubSub(runtime) },
    now: () => new Date(clock.now()),
    idle: courier.idle,
    close,
    listen: (port, hostname = '127.0.0.1') =>
      new Promise((resolve, reject) => {
        const server = createAdaptorServer({ fetch: app.fetch, hostname })
        server.once('error', reject)
        server.listen(port, hostname, () => {
          const { port: bound } = server.address() as AddressInfo
          const host = hostname.includes(':') ? `[${hostname}]` : hostname
          origin.url = `http://${host}:${bound}`
          resolve({
            url: origin.url,
            close: () =>
              new Promise(done => {
                close()
                server.close(() => done())
                if ('closeAllConnections' in server) server.closeAllConnections()
              }),
          })
        })
      }),
  }
}
