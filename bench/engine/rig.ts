/** The engine on a database of its own, as the service runs it: signed calls in process, a loop in the background. */
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { Inngest } from 'inngest'
import { serve } from 'inngest/hono'
import type { Db } from '../../src/db/client.ts'
import { createEngine } from '../../src/engine/index.ts'
import { type Call, callFunction } from '../../src/engine/protocol.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { type Watch, watchWork } from './watch.ts'

export type Rig = Pick<Watch, 'ended' | 'begun'> & {
  db: Db
  send(events: { name: string; data?: Record<string, unknown> }[]): Promise<void>
  /** Calls a function once, and keeps nothing of it. */
  call(): Promise<unknown>
  /** Does what is due, where nothing runs in the background. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Steps of the function that measures steps. */
export const STEPS = 10
/** As src/node.ts opens it. */
const POOL = 16
/** Half an hour: nobody wakes during a measurement. */
const LONG = '30m'

const SERVE_URL = 'http://127.0.0.1:8787/api/inngest'
/** The first call of a short run. */
const CALL: Call = {
  ...{ runId: randomUUID(), functionId: 'bench-short', stepId: 'step', attempt: 0, maxAttempts: 5 },
  ...{ events: [{ name: 'bench/short', data: { n: 1 } }], steps: {}, stack: [], planOnly: false },
}

const silent = { info() {}, warn() {}, error() {}, debug() {} }

export async function openRig(databaseUrl: string, { background = true } = {}): Promise<Rig> {
  const db = openDatabase(databaseUrl, { max: POOL })
  const [signingKey, appId] = [randomUUID().replaceAll('-', ''), 'bench']
  const engine = createEngine({ db, appId, signingKey, serveUrl: SERVE_URL })
  const inngest = new Inngest({
    ...{ id: appId, isDev: false, eventKey: 'local', signingKey, fetch: engine.fetch },
    ...{ logger: silent, internalLogger: silent },
  })
  const watch = watchWork()
  const functions = [
    inngest.createFunction({ id: 'short', triggers: { event: 'bench/short' } }, async ({ step }) => {
      await step.run('only', watch.begin)
      watch.end()
    }),
    inngest.createFunction({ id: 'long', triggers: { event: 'bench/long' } }, async ({ step }) => {
      for (let n = 0; n < STEPS; n++) await step.run(`step ${n}`, () => n)
      watch.end()
    }),
    inngest.createFunction({ id: 'fan', triggers: { event: 'bench/fan' } }, async ({ step }) => {
      await Promise.all(['a', 'b', 'c'].map(name => step.run(name, () => name)))
    }),
    inngest.createFunction({ id: 'sleeper', triggers: { event: 'bench/sleep' } }, async ({ step }) => {
      await step.run('before', () => 1)
      await step.sleep('nap', LONG)
    }),
    inngest.createFunction({ id: 'waiter', triggers: { event: 'bench/wait' } }, async ({ step }) => {
      await step.run('before', () => 1)
      await step.waitForEvent('news', { event: 'bench/news', match: 'data.n', timeout: LONG })
      watch.begin()
    }),
  ]
  const app = new Hono()
  const served = serve({ client: inngest, functions, enableUnauthedSync: false })
  app.all('/api/inngest', context => served(context))
  const handler = async (request: Request) => app.fetch(request)
  await engine.start(handler, { background })
  return {
    db,
    async send(events) {
      await inngest.send(events)
    },
    ended: watch.ended,
    begun: watch.begun,
    call: () => callFunction({ handler, url: SERVE_URL, signingKey }, CALL),
    settle: () => engine.settle(),
    async stop() {
      await engine.stop()
      await db.end({ timeout: 2 })
    },
  }
}
