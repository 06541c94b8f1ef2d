import { createHash } from 'node:crypto'
import { wakeTime } from './duration.ts'
import type { Expression } from './expression.ts'
import type { Constraint, EngineFunction } from './function.ts'
import { asJson, canonical, type Json } from './json.ts'
import { toListener } from './listen.ts'
import type { NewRun, NewTimer, Started } from './store/start-runs.ts'

/** An event as it was accepted: it has an id and a time. */
export type StoredEvent = Json & { id: string; name: string; data: unknown; ts: number }

/** Told about an expression that does not fit the event at hand. */
export type Report = (error: unknown) => void

const DAY_MS = 86_400_000

/** What these events set going. A function takes an event once, by the first of its triggers that matches. */
export function schedule(functions: EngineFunction[], events: StoredEvent[], now: Date, report: Report): Started {
  const runs: NewRun[] = []
  const timers: NewTimer[] = []
  for (const fn of functions) {
    for (const event of events) {
      if (!isTriggered(fn, event, report)) continue
      if (fn.debounce || fn.batch) timers.push(newTimer(fn, event, now, report))
      else runs.push({ ...newRun(fn, [event], now, report), ...onlyOnce(fn, event, now, report) })
    }
  }
  return { runs, timers }
}

/** The run of one function over these events: the keys of its limits, and what cancels it. */
export function newRun(fn: EngineFunction, events: Json[], now: Date, report: Report): NewRun {
  const event = events[0] ?? {}
  return {
    functionId: fn.id,
    events,
    keys: fn.concurrency.map(constraint => concurrencyKey(fn, constraint, event, report)),
    throttle: fn.throttle && `${fn.id} ${fn.throttle.key ? evaluate(fn, fn.throttle.key, event, report) : ''}`,
    cancelOn: fn.cancelOn.map(({ timeout, ...filter }) =>
      toListener(filter, event, timeout === undefined ? null : (wakeTime(timeout, now) ?? null)),
    ),
  }
}

function concurrencyKey(fn: EngineFunction, { prefix, key }: Constraint, event: Json, report: Report): string {
  return key === undefined ? prefix : `${prefix} ${evaluate(fn, key, event, report)}`
}

function isTriggered(fn: EngineFunction, event: StoredEvent, report: Report): boolean {
  return fn.triggers.some(({ event: pattern, when }) => {
    if (!matches(pattern, event.name)) return false
    if (when === undefined) return true
    try {
      return when(event)
    } catch (cause) {
      report(new Error(`Function "${fn.id}" was not run for event ${event.id}: its trigger’s if failed`, { cause }))
      return false
    }
  })
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

/** Within a day, one run per idempotency key, or else per event id. */
function onlyOnce(fn: EngineFunction, event: StoredEvent, now: Date, report: Report) {
  const key = fn.idempotency ? `key ${evaluate(fn, fn.idempotency, event, report)}` : `event ${event.id}`
  return { once: `${fn.id} ${clean(key)}`, until: new Date(now.getTime() + DAY_MS) }
}

function newTimer(fn: EngineFunction, event: StoredEvent, now: Date, report: Report): NewTimer {
  const after = (ms: number) => new Date(now.getTime() + ms)
  const expression = fn.debounce ? fn.debounce.key : fn.batch?.key
  const key = expression === undefined ? '' : evaluate(fn, expression, event, report)
  const timer = { functionId: fn.id, key, event }
  if (fn.batch) {
    const dueAt = after(fn.batch.timeoutMs)
    return { ...timer, ...onlyOnce(fn, event, dueAt, report), kind: 'batch', dueAt, size: fn.batch.maxSize }
  }
  const { periodMs = 0, timeoutMs } = fn.debounce ?? {}
  const deadline = timeoutMs === undefined ? undefined : after(timeoutMs)
  return { ...timer, kind: 'debounce', dueAt: after(Math.min(periodMs, timeoutMs ?? periodMs)), deadline }
}

/** The value as text. One that cannot be computed is reported and counts as null, so that the event is not lost. */
function evaluate(fn: EngineFunction, key: Expression, event: Json, report: Report): string {
  try {
    const value = key(event)
    if (typeof value === 'bigint') return String(value)
    return clean(typeof value === 'string' ? value : canonical(value ?? null))
  } catch (cause) {
    report(new Error(`A key of function "${fn.id}" failed for event ${String(event.id)}`, { cause }))
    return 'null'
  }
}

const LONGEST_KEY = 200

/** A key as an index takes it: without U+0000, and beyond a length by its hash. */
function clean(text: string): string {
  const whole = text.replaceAll('\u0000', '')
  return whole.length <= LONGEST_KEY ? whole : createHash('sha256').update(whole).digest('hex')
}

/** The event that tells `onFailure` handlers how a run ended. */
export function failedEvent(
  run: { runId: string; functionId: string; events: Json[] },
  error: unknown,
  now: Date,
): StoredEvent {
  return {
    // A run that was reopened may fail again.
    id: `failed ${run.runId} ${now.getTime()}`,
    name: 'inngest/function.failed',
    data: { function_id: run.functionId, run_id: run.runId, event: asJson(run.events[0]), events: run.events, error },
    ts: now.getTime(),
  }
}

/** The event of a run that another one's step invoked. */
export function invokedEvent(
  item: { runId: string },
  { id, opts }: { id: string; opts: Json },
  functionId: string,
  now: Date,
): StoredEvent {
  const { data, ...payload } = asJson(opts.payload)
  return {
    ...payload,
    id: `invoked ${item.runId} ${id}`,
    name: 'inngest/function.invoked',
    data: { ...asJson(data), _inngest: { fn_id: functionId, correlation_id: `${item.runId}.${id}` } },
    ts: now.getTime(),
  }
}
