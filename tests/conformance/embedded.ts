/** The service of a case on the embedded engine: in the test's own process, or in a child of it. */
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { Inngest } from 'inngest'
import { serve } from 'inngest/hono'
import type { Db } from '../../src/db/client.ts'
import { createEngine } from '../../src/engine/index.ts'
import { type Case, type CaseEvent, type Kit, type Log, toEntry } from './case.ts'

export const UNIT_MS = 300_000
export const STARTED_AT = '2026-06-01T10:00:00Z'

export type Service = {
  send(events: CaseEvent[]): Promise<void>
  settle(): Promise<void>
  stop(): Promise<void>
}

const SERVE_URL = 'http://127.0.0.1:8787/api/inngest'
const silent = { info() {}, warn() {}, error() {}, debug() {} }

export type ServiceOptions = { db: Db; testCase: Case; appId: string; now: () => Date; log: Log }

/** Starts it without a background loop. A condition that does not fit an event is expected, and not reported. */
export async function startService({ db, testCase, appId, now, log }: ServiceOptions): Promise<Service> {
  const signingKey = randomUUID().replaceAll('-', '')
  const errors: unknown[] = []
  const onError = (error: unknown) => {
    if (!/its trigger’s if failed|was not compared by/.test(String(error))) errors.push(error)
  }
  const engine = createEngine({ db, appId, signingKey, serveUrl: SERVE_URL, now, random: () => 0, onError })
  const inngest = new Inngest({
    ...{ id: appId, isDev: false, eventKey: 'local', signingKey, fetch: engine.fetch },
    ...{ logger: silent, internalLogger: silent },
  })
  const kit: Kit = {
    ...{ inngest, now, event: name => `${appId}/${name}`, wait: units => `${(units * UNIT_MS) / 1_000}s` },
    log: (runId, step, value) => log.add(toEntry(runId, step, value)),
  }
  const app = new Hono()
  const served = serve({ client: inngest, functions: testCase.functions(kit), enableUnauthedSync: false })
  app.all('/api/inngest', context => served(context))
  await engine.start(async request => app.fetch(request), { background: false })
  return {
    async send(events) {
      await inngest.send(events.map(event => ({ ...event, name: kit.event(event.name) })))
    },
    async settle() {
      await engine.settle()
      if (errors.length > 0) throw new AggregateError(errors.splice(0), 'Errors in the engine')
    },
    stop: () => engine.stop(),
  }
}
