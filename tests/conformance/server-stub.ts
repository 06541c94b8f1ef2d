/**
 * As much of an Inngest server's HTTP API as the driver needs: functions are registered at /fn/register, called at the
 * address that they gave, and events come in at /e/. Behind it is the embedded engine, on the real clock.
 */
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Db } from '../../src/db/client.ts'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import type { Server } from './server-driver.ts'

export async function startServerStub(db: Db): Promise<Server & { close(): Promise<void> }> {
  const [signingKey, eventKey] = ['ab'.repeat(32), 'event-key']
  const bearer = createHash('sha256').update(Buffer.from(signingKey, 'hex')).digest('hex')
  const engines: Engine[] = []
  const app = new Hono()
  app.post('/fn/register', async context => {
    if (context.req.header('authorization') !== `Bearer ${bearer}`) return context.json({ error: 'not the key' }, 400)
    const { url: serveUrl, appName: appId } = await context.req.json<{ url: string; appName: string }>()
    const engine = createEngine({ db, appId, signingKey, serveUrl, random: () => 0 })
    await engine.start(request => fetch(request))
    engines.push(engine)
    return context.json({ ok: true, modified: true })
  })
  app.post(`/e/${eventKey}`, async context => {
    const body = await context.req.text()
    const answers = engines.map(engine => engine.fetch(context.req.url, { method: 'POST', body }))
    const [first] = await Promise.all(answers)
    return first ?? context.json({ ids: [], status: 503 }, 503)
  })
  const http = await new Promise<ReturnType<typeof serve>>(resolve => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
  })
  return {
    ...{ baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, signingKey, eventKey },
    async close() {
      await Promise.all(engines.map(engine => engine.stop()))
      await new Promise(resolve => http.close(resolve))
    },
  }
}
