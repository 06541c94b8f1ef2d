/** Drives Inngest functions on one machine: their events, runs and queue are rows in Postgres. See README.md. */
import type postgres from 'postgres'
import { deliver } from './deliver.ts'
import { registerCrons } from './fire-timers.ts'
import { type EngineFunction, toFunction } from './function.ts'
import { type Handler, readConfigs } from './protocol.ts'
import { readEvents } from './receive.ts'
import { listFunctions, listRuns, type RunFilter, type RunSummary } from './store/history.ts'
import { type CancelOutcome, cancelRun, type RetryOutcome, retryRun } from './store/operate.ts'
import { type RunDetails, readRun } from './store/run.ts'
import { CHANNEL } from './store/start-runs.ts'
import { createWorker, type Worker } from './worker.ts'

export type { Handler } from './protocol.ts'
export { listFunctions, listRuns, type RunFilter, type RunState, type RunSummary } from './store/history.ts'
export { type CancelOutcome, cancelRun, type RetryOutcome, retryRun } from './store/operate.ts'
export { type RunDetails, type RunItem, type RunStep, readRun } from './store/run.ts'

export type EngineOptions = {
  db: postgres.Sql
  now?: () => Date
  /** The Inngest client's id; functions of other apps are refused. */
  appId: string
  signingKey: string
  /** Where the handler believes to be served, e.g. http://127.0.0.1:8787/api/inngest. Nothing is sent there. */
  serveUrl: string
  /** Told what goes wrong in the background. Without it, `console.error`, and `settle` throws. */
  onError?: (error: unknown) => void
  /** Calls executed at once by this process. */
  concurrency?: number
  /** Finished runs are deleted after as many days. */
  historyDays?: number
  /** Between 0 and 1: the jitter of retries. */
  random?: () => number
}

export type Engine = {
  /** For `new Inngest({ fetch })`: takes events in process, and throws at any other request. */
  fetch: typeof fetch
  /** Registers the served functions, naming the one that uses what is not supported, and begins to work. */
  start(handler: Handler, options?: { background?: boolean }): Promise<void>
  /** Waits for calls that are out, at most `graceMs`, then hands them back. No timer remains. */
  stop(options?: { graceMs?: number }): Promise<void>
  /** For tests: executes everything that is due at `now()` until nothing is. */
  settle(): Promise<void>
  /** What ran, runs and will run, newest first. This and what follows needs no start. */
  runs(filter?: RunFilter): Promise<RunSummary[]>
  /** The functions that there are runs of. */
  functionIds(): Promise<string[]>
  /** One run with its steps and what it waits for. */
  run(id: string): Promise<RunDetails | undefined>
  /** Has a waiting retry made at once, or a failed run go on from the step that it failed by. */
  retryNow(id: string): Promise<RetryOutcome>
  /** Ends an active run. */
  cancel(id: string): Promise<CancelOutcome>
}

const STOP_GRACE_MS = 10_000

/** An engine over the tables of `db/schema/engine.ts`. Several, in one process or many, may share them. */
export function createEngine(options: EngineOptions): Engine {
  const { db, now = () => new Date() } = options
  const engineId = crypto.randomUUID()
  const functions = new Map<string, EngineFunction>()
  let errors: unknown[] = []
  let worker: Worker | undefined
  let background = true
  let unlisten: (() => Promise<void>) | undefined

  function report(error: unknown) {
    if (options.onError) options.onError(error)
    else if (background) console.error(error)
    else errors.push(error)
  }

  async function start(handler: Handler, { background: inBackground = true } = {}) {
    if (worker) throw new Error('The engine has been started')
    background = inBackground
    const endpoint = { handler, url: options.serveUrl, signingKey: options.signingKey }
    for (const config of await readConfigs(endpoint)) {
      const fn = toFunction(config)
      if (!fn.id.startsWith(`${options.appId}-`)) throw new Error(`Function "${fn.id}" is not of app ${options.appId}`)
      functions.set(fn.id, fn)
    }
    const parts = { db, now, endpoint, functions, engineId, report, background, random: options.random ?? Math.random }
    await registerCrons(parts, now())
    const { concurrency = 8, historyDays = 7 } = options
    const started = createWorker({ ...parts, concurrency, historyDays })
    worker = started
    if (!background) return
    const wakeForOthers = (sender: string) => {
      if (sender !== engineId) void started.wake()
    }
    // The second callback runs after every (re)connection, when notifications may have been lost.
    const subscription = await db.listen(CHANNEL, wakeForOthers, () => void started.wake())
    unlisten = subscription.unlisten
  }

  async function receive(request: Request): Promise<Response> {
    const events = await readEvents(request, now())
    if (!Array.isArray(events)) return answer({ ids: [], ...events })
    if (!worker) return answer({ ids: [], status: 503, error: 'The embedded engine has not been started' })
    const isDue = await deliver({ db, functions, engineId, report }, events, now())
    if (isDue && background) void worker.wake()
    return answer({ ids: events.map(event => event.id), status: 200 })
  }

  async function settle() {
    if (!worker) throw new Error('The engine has not been started')
    await worker.settle()
    const [error, ...others] = errors
    errors = []
    if (others.length > 0) throw new AggregateError([error, ...others], 'Errors in the engine')
    if (error !== undefined) throw error
  }

  async function stop({ graceMs = STOP_GRACE_MS } = {}) {
    await Promise.all([worker?.stop(graceMs), unlisten?.()])
    unlisten = undefined
  }

  return {
    fetch: (input, init) => receive(new Request(input, init)),
    start,
    stop,
    settle,
    runs: filter => listRuns(db, filter),
    functionIds: () => listFunctions(db),
    run: id => readRun(db, id),
    retryNow: id => retryRun(db, id, now()),
    cancel: id => cancelRun(db, id, now()),
  }
}

function answer(body: { ids: string[]; status: number; error?: string }): Response {
  return Response.json(body, { status: body.status })
}
