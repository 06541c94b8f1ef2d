import { Cron } from 'croner'
import { parseDuration } from './duration.ts'
import { compile, type Expression } from './expression.ts'
import { asJson, isJson, type Json, textOf } from './json.ts'

export type Trigger = { event: string; when?: Expression }
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
}

const DEFAULT_RETRIES = 4
const UNSUPPORTED = ['rateLimit', 'throttle', 'singleton', 'cancel', 'priority', 'timeouts'] as const
/** What the SDK calls the option, where its wire name differs. */
const OPTION_NAMES: Record<string, string> = { cancel: 'cancelOn' }

/** Reads one function's configuration as the SDK registers it. Throws naming the function and what is not supported. */
export function toFunction(config: Json): EngineFunction {
  const id = textOf(config.id) ?? 'without id'
  const refuse = (what: string): never => {
    throw new Error(`Function "${id}" uses ${what}, which the embedded engine does not support`)
  }
  for (const name of UNSUPPORTED) if (config[name] !== undefined) refuse(OPTION_NAMES[name] ?? name)
  if (config.debounce && config.batchEvents) refuse('debounce together with batchEvents')
  if (config.idempotency && (config.debounce || config.batchEvents)) refuse('idempotency with debounce or batchEvents')

  const expression = (text: unknown, where: string): Expression | undefined => {
    if (text === undefined) return undefined
    try {
      return compile(String(text))
    } catch (cause) {
      throw new Error(`Function "${id}": ${where} "${text}" is not a CEL expression over event`, { cause })
    }
  }
  const duration = (text: unknown, where: string): number => {
    const ms = parseDuration(String(text))
    if (ms === undefined) throw new Error(`Function "${id}": ${where} "${text}" is not a duration`)
    return ms
  }

  const triggers = (Array.isArray(config.triggers) ? config.triggers : []).filter(isJson)
  if (triggers.length === 0) refuse('no trigger, so that it could only be invoked,')
  const events: Trigger[] = []
  const crons: CronTrigger[] = []
  for (const trigger of triggers) {
    if (trigger.cron !== undefined) {
      if (trigger.jitter !== undefined) refuse('cron jitter')
      crons.push(toCron(id, String(trigger.cron)))
    } else {
      const event = String(trigger.event)
      if (event.startsWith('inngest/') && event !== 'inngest/function.failed') refuse(`the trigger ${event}`)
      events.push({ event, when: expression(trigger.expression, 'the trigger’s if') })
    }
  }

  const constraints = toConstraints(config.concurrency)
  for (const { scope = 'fn' } of constraints) if (scope !== 'fn') refuse(`concurrency with scope ${scope}`)
  const debounce = isJson(config.debounce) ? config.debounce : undefined
  const batch = isJson(config.batchEvents) ? config.batchEvents : undefined
  if (batch?.if !== undefined) refuse('batchEvents.if')
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
