import { Cron } from 'croner'
import { parseDuration, wakeTime } from './duration.ts'
import { compile, compileTest, type Expression, type Test } from './expression.ts'
import { asJson, isJson, type Json, textOf } from './json.ts'
import { type EventFilter, toFilter, unheard } from './listen.ts'

export type Trigger = { event: string; when?: Test }
/** `pattern` as written, the time zone included: it names the timer. */
export type CronTrigger = { pattern: string; next(after: Date): Date | null }
/** At most `limit` calls with the same key at once. */
export type Constraint = { prefix: string; key?: Expression; limit: number }

/** A served function, understood. */
export type EngineFunction = {
  id: string
  attempts: number
  triggers: Trigger[]
  crons: CronTrigger[]
  concurrency: Constraint[]
  debounce?: { periodMs: number; timeoutMs?: number; key?: Expression }
  batch?: { maxSize: number; timeoutMs: number; key?: Expression }
  idempotency?: Expression
  /** GCRA: starts with the same key are `everyMs` apart, but for `burst` of them at once. */
  throttle?: { everyMs: number; burst: number; key?: Expression }
  /** `timeout`, a duration or a date, counts from the start of the run. */
  cancelOn: (EventFilter & { timeout?: string })[]
}

const DEFAULT_RETRIES = 4
const UNSUPPORTED = ['rateLimit', 'singleton', 'priority', 'timeouts'] as const
/** Inngest's own limit. */
const MOST_CANCEL_ON = 5

/** Reads one function's configuration as the SDK registers it. Throws naming the function and what is not supported. */
export function toFunction(config: Json): EngineFunction {
  const id = textOf(config.id) ?? 'without id'
  const refuse = (what: string): never => {
    throw new Error(`Function "${id}" uses ${what}, which the embedded engine does not support`)
  }
  for (const name of UNSUPPORTED) if (config[name] !== undefined) refuse(name)
  if (config.debounce && config.batchEvents) refuse('debounce together with batchEvents')
  if (config.idempotency && (config.debounce || config.batchEvents)) refuse('idempotency with debounce or batchEvents')

  const compiled = <C>(compiler: (text: string) => C, text: unknown, where: string): C | undefined => {
    if (text === undefined) return undefined
    try {
      return compiler(String(text))
    } catch (cause) {
      throw new Error(`Function "${id}": ${where} "${text}" is not a CEL expression over event`, { cause })
    }
  }
  const expression = (text: unknown, where: string) => compiled(compile, text, where)
  const duration = (text: unknown, where: string): number => {
    const ms = parseDuration(String(text))
    if (ms === undefined) throw new Error(`Function "${id}": ${where} "${text}" is not a duration`)
    return ms
  }

  const triggers = (Array.isArray(config.triggers) ? config.triggers : []).filter(isJson)
  const events: Trigger[] = []
  const crons: CronTrigger[] = []
  for (const trigger of triggers) {
    if (trigger.cron !== undefined) {
      if (trigger.jitter !== undefined) refuse('cron jitter')
      crons.push(toCron(id, String(trigger.cron)))
    } else {
      const event = String(trigger.event)
      if (event === 'inngest/function.invoked') continue
      if (event.startsWith('inngest/') && event !== 'inngest/function.failed') refuse(`the trigger ${event}`)
      events.push({ event, when: compiled(compileTest, trigger.expression, 'the trigger’s if') })
    }
  }

  const constraints = toConstraints(config.concurrency)
  for (const { scope = 'fn' } of constraints) if (scope !== 'fn') refuse(`concurrency with scope ${scope}`)
  const debounce = isJson(config.debounce) ? config.debounce : undefined
  const batch = isJson(config.batchEvents) ? config.batchEvents : undefined
  if (batch?.if !== undefined) refuse('batchEvents.if')
  const throttle = isJson(config.throttle) ? config.throttle : undefined
  const cancels = (Array.isArray(config.cancel) ? config.cancel : []).filter(isJson)
  if (cancels.length > MOST_CANCEL_ON) refuse(`more than ${MOST_CANCEL_ON} cancelOn`)
  const retries = asJson(asJson(asJson(config.steps).step).retries).attempts
  return {
    id,
    attempts: (typeof retries === 'number' ? retries : DEFAULT_RETRIES) + 1,
    triggers: events,
    crons,
    concurrency: constraints.map(each => ({
      limit: Number(each.limit),
      key: expression(each.key, 'the concurrency key'),
      prefix: `${id} ${each.key ?? ''}`,
    })),
    debounce: debounce && {
      periodMs: duration(debounce.period, 'the debounce period'),
      timeoutMs: debounce.timeout === undefined ? undefined : duration(debounce.timeout, 'the debounce timeout'),
      key: expression(debounce.key, 'the debounce key'),
    },
    batch: batch && {
      maxSize: Number(batch.maxSize),
      timeoutMs: duration(batch.timeout, 'the batch timeout'),
      key: expression(batch.key, 'the batch key'),
    },
    idempotency: expression(config.idempotency, 'the idempotency key'),
    throttle: throttle && {
      everyMs: duration(throttle.period, 'the throttle period') / Math.max(Number(throttle.limit), 1),
      burst: Math.max(Number(throttle.burst ?? 1), 1),
      key: expression(throttle.key, 'the throttle key'),
    },
    cancelOn: cancels.map(each => toCancel(id, each)),
  }
}

function toCancel(id: string, { event, if: text, timeout }: Json): EventFilter & { timeout?: string } {
  const name = String(event)
  const refused = unheard(name)
  if (refused)
    throw new Error(`Function "${id}" uses cancelOn with ${refused}, which the embedded engine does not support`)
  if (timeout !== undefined && wakeTime(String(timeout), new Date(0)) === undefined) {
    throw new Error(`Function "${id}": the cancelOn timeout "${timeout}" is neither a duration nor a date`)
  }
  try {
    return { ...toFilter(name, textOf(text)), timeout: textOf(timeout) }
  } catch (cause) {
    const message = `Function "${id}": the cancelOn if "${text}" is not a CEL expression over event and async`
    throw new Error(message, { cause })
  }
}

/** Inngest reads a limit of 0 as none. */
function toConstraints(concurrency: unknown): Json[] {
  const all = Array.isArray(concurrency) ? concurrency : [concurrency]
  return all.map(each => (typeof each === 'number' ? { limit: each } : asJson(each))).filter(each => each.limit)
}

function toCron(id: string, pattern: string): CronTrigger {
  const [, timezone = 'UTC', fields = ''] = /^(?:TZ=(\S+)\s+)?(.*)$/.exec(pattern) ?? []
  try {
    if (fields.trim().split(/\s+/).length !== 5) throw new Error('a cron has five fields')
    const cron = new Cron(fields, { timezone, paused: true })
    cron.nextRun()
    return { pattern, next: after => cron.nextRun(after) }
  } catch (cause) {
    throw new Error(`Function "${id}": "${pattern}" is not a cron schedule`, { cause })
  }
}
