/**
 * The embedded engine for a Worker on this machine. The Worker cannot hold it, because it needs timers that outlive a
 * request; so events come in, and calls go out, over loopback HTTP, as between any app and its Inngest server.
 */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type Config, ConfigError } from '../config.ts'
import type { Db } from '../db/client.ts'
import { createEngine, type Engine } from '../engine/index.ts'
import { APP_ID } from '../functions/client.ts'
import { SERVE_PATH } from '../functions/index.ts'

export type Driver = {
  engine: Engine
  close(): Promise<void>
}

export type DriverOptions = {
  /** The Worker's own: where it is, where it sends events and by which keys. */
  config: Config
  db: Db
  onError: (error: unknown) => void
  now: () => Date
  /** False: nothing moves by itself; tests call `engine.settle()`. */
  background?: boolean
}

/** Listens for the Worker's events, reads its functions and begins to call them. The Worker must be there. */
export async function driveWorker({ config, db, onError, now, background = true }: DriverOptions): Promise<Driver> {
  const { baseUrl, signingKey, eventKey } = config.inngest ?? {}
  if (!baseUrl || !signingKey || !eventKey)
    throw new ConfigError(['INNGEST_BASE_URL is missing: where events are sent'])
  const serveUrl = config.appUrl + SERVE_PATH
  const engine = createEngine({ db, now, appId: APP_ID, signingKey, serveUrl, onError })
  const app = new Hono().post(`/e/${eventKey}`, async c => {
    const headers = { 'x-inngest-event-id-seed': c.req.header('x-inngest-event-id-seed') ?? crypto.randomUUID() }
    return engine.fetch(c.req.url, { method: 'POST', headers, body: await c.req.text() })
  })
  const { hostname, port } = new URL(baseUrl)
  const server = serve({ fetch: app.fetch, hostname, port: Number(port) })
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const close = async () => {
    await engine.stop()
    await new Promise(done => {
      server.close(done)
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
  }
  try {
    await engine.start(request => fetch(request), { background })
  } catch (error) {
    await close()
    throw error
  }
  return { engine, close }
}
