/** What HubSpot's refusals mean: the only place that knows its statuses and categories. */
import type { Failure } from '../../core/failure.ts'
import { type HubSpotError, hubspotError } from './schema.ts'

/**
 * What a call is for decides what its loss means. `upsert`, of what nobody else touches, may be sent twice. A record that was
 * to be created may be there, and even with a unique property of ours somebody may have worked on it since: read first.
 */
export type Purpose = 'read' | 'update' | 'upsert' | 'create'

/** Code of a refusal because the unique value is taken. */
export const CONFLICT = 'CONFLICT'

/** "wait at least two seconds" on 423: https://developers.hubspot.com/docs/api-reference/error-handling */
const LOCKED_MS = 2_000
const SERVER_ERROR_MS = 5_000
const INTERVAL_MS = 10_000
const LOST_CALL_MS = 5_000

/** The refusal of a whole call. */
export function failureOf(answer: Response, text: string, purpose: Purpose, now: Date): Failure {
  const { status, headers } = answer
  const error = readError(text)
  const message = messageOf(error) || text.slice(0, 500) || `HubSpot answered ${status}`
  if (status === 429) return { kind: 'retry after', afterMs: waitOf(headers, error, now), status, message }
  if (status === 423)
    return { kind: 'retry after', afterMs: Math.max(LOCKED_MS, retryAfter(headers) ?? 0), status, message }
  if (status === 477 || status === 408 || status >= 500) {
    if (purpose === 'create') return { kind: 'ambiguous', status, message }
    return { kind: 'retry after', afterMs: retryAfter(headers) ?? SERVER_ERROR_MS, status, message, ...maybe(purpose) }
  }
  if (status === 401 || status === 403) return { kind: 'unauthorized', status, message }
  if (status === 404 && (purpose === 'update' || purpose === 'read')) return { kind: 'gone', status, message }
  return refusal(error, message, status)
}

/** The refusal of one item of a batch, which has no status of its own. */
export function itemFailure(error: HubSpotError, purpose: Purpose): Failure {
  const message = messageOf(error) || 'HubSpot gave no reason'
  switch (error.category) {
    case 'OBJECT_NOT_FOUND':
      if (purpose === 'update' || purpose === 'read') return { kind: 'gone', message }
      return refusal(error, message)
    case 'RATE_LIMITS':
      return { kind: 'retry after', afterMs: INTERVAL_MS, message }
    case 'INTERNAL_ERROR':
      if (purpose === 'create') return { kind: 'ambiguous', message }
      return { kind: 'retry after', afterMs: SERVER_ERROR_MS, message, ...maybe(purpose) }
    default:
      return refusal(error, message)
  }
}

/** A call without an answer: for what may be sent twice, not knowing is only waiting. */
export function lostCall(failure: Failure, purpose: Purpose): Failure {
  if (failure.kind !== 'ambiguous' || purpose === 'create') return failure
  return { kind: 'retry after', afterMs: LOST_CALL_MS, message: failure.message, ...maybe(purpose) }
}

/** An update may be stored without our hearing of it. */
function maybe(purpose: Purpose) {
  return purpose === 'update' ? { maybeStored: true } : {}
}

/** HubSpot's error object, empty when the body is not one (a proxy's page). */
export function readError(text: string): HubSpotError {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return {}
  }
  return hubspotError.safeParse(body).data ?? {}
}

export function isConflict(failure: Failure): boolean {
  return failure.kind === 'rejected' && failure.code === CONFLICT
}

function refusal(error: HubSpotError, message: string, status?: number): Failure {
  const [first] = error.errors ?? []
  const taken = status === 409 || error.category === CONFLICT || /CONFLICTING_UNIQUE_VALUE/.test(message + first?.code)
  const code = taken ? CONFLICT : (first?.code ?? error.category)
  const field = first?.context?.propertyName?.[0] ?? error.context?.propertyName?.[0] ?? error.context?.properties?.[0]
  return {
    kind: 'rejected',
    message,
    ...(status ? { status } : {}),
    ...(code ? { code } : {}),
    ...(field ? { field } : {}),
  }
}

function messageOf(error: HubSpotError): string {
  const details = (error.errors ?? []).map(({ message }) => message).filter(text => text !== undefined)
  const parts = [error.message, ...details.filter(text => !error.message?.includes(text))]
  return parts.filter(Boolean).join('; ').slice(0, 1_000)
}

/** HubSpot does not promise Retry-After; the interval header is what it documents. */
function waitOf(headers: Headers, error: HubSpotError, now: Date): number {
  if (error.policyName === 'DAILY') return untilMidnight(now)
  const asked = retryAfter(headers)
  if (asked !== undefined) return asked
  if (error.policyName === 'SECONDLY') return 1_000
  return positive(headers.get('x-hubspot-ratelimit-interval-milliseconds')) ?? INTERVAL_MS
}

/** The daily allowance returns at midnight of the account's time zone, which we do not know: UTC's, and a little. */
function untilMidnight(now: Date): number {
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
  return midnight - now.getTime() + 5 * 60_000
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = positive(headers.get('retry-after'))
  return seconds === undefined ? undefined : seconds * 1_000
}

function positive(text: string | null): number | undefined {
  const value = Number(text)
  return text !== null && Number.isFinite(value) && value > 0 ? value : undefined
}
