/** What Zendesk's refusals mean: the only place that knows its statuses and words. */
import type { Failure } from '../../core/failure.ts'
import { type JobResult, zendeskError } from './schema.ts'

/**
 * What a call is for decides what its loss means. A record or a comment that was to be created may be there; an update may be
 * made twice.
 */
export type Purpose = 'read' | 'update' | 'create'

export const CONFLICT = 'CONFLICT'
/** Closed tickets are never changed again: https://support.zendesk.com/hc/en-us/articles/4408887617050 */
export const CLOSED = 'CLOSED'
/** https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/: 5,000 comments a ticket. */
export const FULL = 'FULL'

const NO_WAIT_SAID_MS = 30_000
const SERVER_ERROR_MS = 5_000
/** 409: two updates of a record at once. What the other said is heard before ours is said again, which is what `maybeStored` asks for. */
const COLLISION_MS = 2_000
const LOST_CALL_MS = 5_000

/** The refusal of a whole call. */
export function failureOf({ status, headers }: Response, text: string, purpose: Purpose): Failure {
  const message = messageOf(text) || `Zendesk answered ${status}`
  const afterMs = retryAfter(headers)
  if (status === 429) return { kind: 'retry after', afterMs: afterMs ?? NO_WAIT_SAID_MS, status, message }
  // With a wait it is maintenance, before anything was done.
  if (status === 503 && afterMs !== undefined) return { kind: 'retry after', afterMs, status, message }
  if (status === 409) return { kind: 'retry after', afterMs: COLLISION_MS, status, message, ...maybe(purpose) }
  if (status === 408 || status >= 500) {
    if (purpose === 'create') return { kind: 'ambiguous', status, message }
    return { kind: 'retry after', afterMs: afterMs ?? SERVER_ERROR_MS, status, message, ...maybe(purpose) }
  }
  if (status === 401 || status === 403) return { kind: 'unauthorized', status, message }
  if (status === 404 && purpose !== 'create') return { kind: 'gone', status, message }
  return { ...refusal(message, null), status }
}

/** The refusal of one item of a job, which has no status of its own. */
export function itemFailure({ error, details }: JobResult, purpose: Purpose): Failure {
  const message = [error, details].filter(Boolean).join(': ') || 'Zendesk gave no reason'
  if (/not ?found/i.test(error ?? '') || /was not found/i.test(details ?? '')) return { kind: 'gone', message }
  if (/Conflict|Collision|RateLimit|Throttl/i.test(error ?? ''))
    return { kind: 'retry after', afterMs: COLLISION_MS, message, ...maybe(purpose) }
  if (/Timeout|ServerError|StandardError/i.test(error ?? '')) return lostCall({ kind: 'ambiguous', message }, purpose)
  return refusal(details ?? message, error)
}

/** A call without an answer: for what may be sent twice, not knowing is only waiting. */
export function lostCall(failure: Failure, purpose: Purpose): Failure {
  if (failure.kind !== 'ambiguous' || purpose === 'create') return failure
  return { kind: 'retry after', afterMs: LOST_CALL_MS, message: failure.message, ...maybe(purpose) }
}

/** Why whatever is sent next would meet the same, if it would. */
export function meetsTheRest(failure: Failure): Failure | undefined {
  if (failure.kind === 'unauthorized' || failure.kind === 'retry after') return failure
  if (failure.kind !== 'ambiguous') return undefined
  return {
    kind: 'retry after',
    afterMs: LOST_CALL_MS,
    message: `Not sent: what was before it failed (${failure.message})`,
  }
}

export function isCode(failure: Failure, code: string): boolean {
  return failure.kind === 'rejected' && failure.code === code
}

function refusal(message: string, error: string | null): Extract<Failure, { kind: 'rejected' }> {
  const code = codeOf(message) ?? error
  // `Email: ana@example.com is already being used by another user`
  const [, field] = /^([A-Z][a-z_ ]{1,30}): /.exec(message) ?? []
  return {
    ...{ kind: 'rejected', message },
    ...(code ? { code } : {}),
    ...(field ? { field: field.toLowerCase().replaceAll(' ', '_') } : {}),
  }
}

function codeOf(message: string): string | undefined {
  if (/closed prevents/i.test(message)) return CLOSED
  if (/limit of [\d,]+ comments|comments? (count )?limit|too many comments/i.test(message)) return FULL
  return /already (being used|been taken)/i.test(message) ? CONFLICT : undefined
}

function maybe(purpose: Purpose) {
  return purpose === 'update' ? { maybeStored: true } : {}
}

function messageOf(text: string): string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return text.slice(0, 500)
  }
  const { error, description, error_description: described, details } = zendeskError.safeParse(body).data ?? {}
  const first = typeof error === 'string' ? error : [error?.title, error?.message].filter(Boolean).join(': ')
  const words = Object.values(details ?? {}).flatMap(list => list.map(({ description }) => description))
  return [...new Set([...words, description, described, first])].filter(Boolean).join('; ').slice(0, 1_000)
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined
}
