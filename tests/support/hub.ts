/**
 * The whole product: service, engine, simulated vendors over real HTTP, and a clock that a test moves. The service is on
 * Node, in this process, or in workerd, as the vitest project says: tests are the same.
 */

import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Inngest } from 'inngest'
import { inject, vi } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO, openSandbox, seedDemo } from '../../src/node/demo.ts'
import { createHub, type Hub } from '../../src/node/hub.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { testConfig } from './hub-config.ts'
import { sign } from './whatsapp.ts'
import { startInWorkerd } from './workerd.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the service under test is; Node where a project does not say. */
    runtime: 'workerd'
  }
}

export type TestHub = {
  hub: Hub
  sandbox: Sandbox
  database: TestDatabase
  workspaceId: string
  connectionId: string
  url: string
  now(): Date
  /** Every event that was sent. */
  events(): unknown[]
  /** Moves the clock and does what has become due, until both sides are quiet. */
  pass(seconds: number): Promise<void>
  /** Posts a signed WhatsApp body. */
  post(body: string, headers?: Record<string, string>): Promise<Response>
  /** Calls `/api/v1` with the demo key. */
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }>
  close(): Promise<void>
}

export type TestHubOptions = {
  start?: Date
  /** How long the hub waits for a vendor; ms. In workerd it waits as long as in earnest. */
  deadlineMs?: number
}

/** What a runtime brings: the service at `url`, and the services of `hub` over the same database. */
export type Side = {
  hub: Hub
  url: string
  database: TestDatabase
  /** Every event that was sent, as it was handed to the engine. */
  events(): unknown[]
  /** Does what is due now, and comes back when nothing is. */
  settle(): Promise<void>
  close(): Promise<void>
}

export type SideOptions = {
  sandbox: Sandbox
  now: () => Date
  onError: (error: unknown) => void
  deadlineMs?: number | undefined
}

/** Tuesday, 10:00 in Mexico City: the demo's shop is open. */
const MORNING = new Date('2026-11-03T16:00:00Z')

export async function startHub({ start = MORNING, deadlineMs }: TestHubOptions = {}): Promise<TestHub> {
  let time = start.getTime()
  const now = () => new Date(time)
  const sandbox = createSandbox({ now })
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const startSide = inject('runtime') === 'workerd' ? startInWorkerd : startOnNode
  const { hub, url, database, events, settle, close } = await startSide({ sandbox, now, onError, deadlineMs })
  openSandbox(sandbox, url)
  sandbox.hubspot.configure(DEMO.portalId, { rateLimit: false })
  await seedDemo(hub, sandbox)
  const [row] = await database.owner<{ workspaceId: string; id: string }[]>`select workspace_id, id from connections`
  if (!row) throw new Error('The demo has no connection')

  async function quiet() {
    // Each side may set the other in motion. That nobody called anybody in one round is no proof: what a webhook said may
    // be told to the other side in the next.
    for (let n = 0; n < 6; n++) {
      await settle()
      await sandbox.idle()
    }
    await settle()
  }

  return {
    ...{ hub, sandbox, database, url, now, events, close },
    ...{ workspaceId: row.workspaceId, connectionId: row.id },
    async pass(seconds) {
      await quiet()
      time += seconds * 1000
      await quiet()
      if (errors.length > 0) throw new AggregateError(errors.splice(0), 'The hub reported errors')
    },
    post(body, headers = {}) {
      return fetch(`${url}/hooks/whatsapp`, {
        method: 'POST',
        headers: { 'x-hub-signature-256': sign(body, SANDBOX.appSecret), ...headers },
        body,
      })
    },
    async api(method, path, body) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${SANDBOX.apiKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as never }
    },
  }
}

async function startOnNode({ sandbox, now, onError, deadlineMs }: SideOptions): Promise<Side> {
  const database = await testDatabase()
  const sent = vi.spyOn(Inngest.prototype, 'send').mockClear()
  const simulated = await sandbox.listen(0)
  let hub: Hub | undefined
  const server = serve({ fetch: request => hub?.app.fetch(request) ?? new Response(null, { status: 503 }), port: 0 })
  await new Promise<void>(resolve => server.on('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const started = createHub({
    ...{ config: testConfig(url, simulated.url), db: database.db, now, onError, background: false },
    ...(deadlineMs ? { fetch: impatient(deadlineMs) } : {}),
  })
  hub = started
  await started.start()
  return {
    ...{ hub: started, url, database, settle: started.settle },
    events: () => sent.mock.calls.flatMap(([payload]) => payload),
    async close() {
      await started.stop()
      await simulated.close()
      await new Promise(done => server.close(done))
      await database.close()
    },
  }
}

/** A vendor that hangs is given up after `ms`, so that no test waits for the real deadline. */
function impatient(ms: number): typeof fetch {
  return (input, init) => {
    const own = AbortSignal.timeout(ms)
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, own]) : own })
  }
}
