import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { Inngest, type InngestFunction } from 'inngest'
import { serve } from 'inngest/hono'
import { createEngine, type Engine, type EngineOptions, type Handler } from '../../src/engine/index.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A clock that stands still until it is moved. */
export type Clock = { now(): Date; advance(ms: number): void; set(iso: string): void }

export function clockAt(iso: string): Clock {
  let time = Date.parse(iso)
  return {
    now: () => new Date(time),
    advance: ms => {
      time += ms
    },
    set: next => {
      time = Date.parse(next)
    },
  }
}

export type Functions = (inngest: Inngest.Any) => InngestFunction.Any[]
export type App = { engine: Engine; inngest: Inngest.Any; handler: Handler; clock: Clock; appId: string }
export type AppOptions = Partial<EngineOptions> & { clock?: Clock; wrap?: (handler: Handler) => Handler }

const SERVE_URL = 'http://127.0.0.1:8787/api/inngest'
const silent = { info() {}, warn() {}, error() {}, debug() {} }

/** An engine, an Inngest client over it and its functions, not yet started. Names are its own, so tests share tables. */
export function createApp(db: EngineOptions['db'], functions: Functions, options: AppOptions = {}): App {
  const { clock = clockAt('2026-06-01T10:00:00Z'), wrap = handler => handler, ...rest } = options
  const appId = options.appId ?? `app${randomUUID().slice(0, 8)}`
  const signingKey = randomUUID().replaceAll('-', '')
  const engine = createEngine({
    ...{ db, appId, signingKey, serveUrl: SERVE_URL, now: clock.now, random: () => 0 },
    ...rest,
  })
  const inngest = new Inngest({
    ...{ id: appId, isDev: false, eventKey: 'local', signingKey, fetch: engine.fetch },
    ...{ logger: silent, internalLogger: silent },
  })
  const app = new Hono()
  const served = serve({ client: inngest, functions: functions(inngest), enableUnauthedSync: false })
  app.all('/api/inngest', context => served(context))
  const handler = wrap(async request => app.fetch(request))
  return { engine, inngest, handler, clock, appId }
}

/** The same, started without a background loop: `settle` moves it. */
export async function startApp(db: EngineOptions['db'], functions: Functions, options: AppOptions = {}): Promise<App> {
  const app = createApp(db, functions, options)
  await app.engine.start(app.handler, { background: false })
  return app
}
