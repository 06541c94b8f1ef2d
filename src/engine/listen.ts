import { createHash } from 'node:crypto'
import { type Condition, compileCondition, follow } from './expression.ts'
import { canonical, type Json } from './json.ts'

/** Events that somebody waits for: those of a name, for which the condition holds. */
export type EventFilter = { event: string; text?: string; condition?: Condition }

/** A filter and the run's own event, as a row to be looked up by index. */
export type NewListener = {
  event: string
  /** With a path, only an event with this value there can match; both are '' when any may. */
  path: string
  value: string
  /** What must be evaluated besides. */
  expression: string | null
  expiresAt: Date | null
}

/** Throws when the condition is not CEL. */
export function toFilter(event: string, text: string | undefined): EventFilter {
  if (text === undefined) return { event }
  // Postgres text takes no U+0000, CEL knows its escape.
  const written = text.replaceAll('\u0000', '\\u0000')
  return { event, text: written, condition: compileCondition(written) }
}

/** Why nobody can wait for events of this name, if so. */
export function unheard(event: string): string | undefined {
  if (event.startsWith('inngest/')) return `the event ${event}`
  return event.includes('*') ? `the wildcard ${event}` : undefined
}

/** What `own`, the event that started the run, makes of the filter. */
export function toListener({ event, text, condition }: EventFilter, own: Json, expiresAt: Date | null): NewListener {
  const equality = condition?.equality
  return {
    event,
    path: equality ? JSON.stringify(equality.path) : '',
    value: equality ? toKey(equality.valueFor(own)) : '',
    expression: text !== undefined && !equality?.alone ? text : null,
    expiresAt,
  }
}

/** What a listener on this path must hold as its value to hear of the event. */
export function valueAt(path: string, event: Json): string {
  return path === '' ? '' : toKey(follow(event, JSON.parse(path)))
}

const LONGEST_KEY = 200

function toKey(value: unknown): string {
  const text = canonical(value)
  return text.length <= LONGEST_KEY ? text : createHash('sha256').update(text).digest('hex')
}
