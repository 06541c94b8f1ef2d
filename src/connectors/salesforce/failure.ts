/** What Salesforce's refusals mean: the only place that knows its statuses and codes. */
import type { Failure } from '../../core/failure.ts'
import { errorList, type SalesforceError } from './schema.ts'

/**
 * What a call is for decides what its loss means: an update may be sent twice, a record that was to be created may be there and
 * is read back first, since somebody may have worked on it meanwhile.
 */
export type Purpose = 'read' | 'update' | 'create'

/**
 * The allowance is of the last 24 hours, so a little of it returns all the time; asked once an hour, until our own budget knows
 * from the headers how it stands. https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm
 */
const LIMIT_MS = 3_600_000
const SERVER_ERROR_MS = 5_000
const LOST_CALL_MS = 5_000
const LOCKED_MS = 5_000

/** Nothing of the request was done. */
const NOTHING_DONE = new Set(['SERVER_UNAVAILABLE', 'API_CURRENTLY_DISABLED', 'REQUEST_RUNNING_TOO_LONG'])
const LOCKED = new Set(['UNABLE_TO_LOCK_ROW', 'APEX_DATA_ACCESS_RESTRICTION', 'OPERATION_TOO_LARGE'])
const GONE = new Set(['ENTITY_IS_DELETED', 'NOT_FOUND', 'INVALID_CROSS_REFERENCE_KEY', 'MALFORMED_ID'])
const NO_ENTRY = new Set([
  'INVALID_SESSION_ID',
  'API_DISABLED_FOR_ORG',
  'INVALID_AUTH_HEADER',
  'INACTIVE_OWNER_OR_USER',
])

/** The refusal of a whole call, or of one within a composite, which has a status of its own too. */
export function failureOf(status: number, body: unknown, purpose: Purpose): Failure {
  const errors = errorsOf(body)
  const [error] = errors
  const code = error?.code ?? ''
  const message =
    messageOf(errors) || (typeof body === 'string' && body.slice(0, 500)) || `Salesforce answered ${status}`
  // Told as a 429, which it is in all but its number: the whole connection is quiet then.
  if (code === 'REQUEST_LIMIT_EXCEEDED') return { kind: 'retry after', afterMs: LIMIT_MS, status: 429, message }
  if (code === 'CONCURRENT_API_ERROR' || status === 429 || status === 420) {
    return { kind: 'retry after', afterMs: SERVER_ERROR_MS, status: 429, message }
  }
  if (NOTHING_DONE.has(code)) return { kind: 'retry after', afterMs: SERVER_ERROR_MS, status, message }
  if (status >= 500 || status === 408) return lostCall({ kind: 'ambiguous', status, message }, purpose)
  if (status === 401 || (status === 403 && !isOfRecord(code)) || NO_ENTRY.has(code)) {
    return { kind: 'unauthorized', status, message }
  }
  if (status === 404 && purpose !== 'create') return { kind: 'gone', status, message }
  return { ...itemFailure(errors, purpose), status, message }
}

/** The refusal of one record of a collection. */
export function itemFailure(errors: readonly SalesforceError[], purpose: Purpose): Failure {
  const [error] = errors
  const code = error?.code ?? ''
  const message = messageOf(errors) || 'Salesforce gave no reason'
  if (LOCKED.has(code)) return { kind: 'retry after', afterMs: LOCKED_MS, message }
  if (code === 'REQUEST_LIMIT_EXCEEDED') return { kind: 'retry after', afterMs: LIMIT_MS, status: 429, message }
  if (NOTHING_DONE.has(code)) return { kind: 'retry after', afterMs: SERVER_ERROR_MS, message }
  if (code === 'UNKNOWN_EXCEPTION') return lostCall({ kind: 'ambiguous', message }, purpose)
  if (GONE.has(code)) {
    if (purpose !== 'create') return { kind: 'gone', message }
    // What it hangs on is not there any more, of which the feed tells.
    if (code === 'ENTITY_IS_DELETED' || code === 'INVALID_CROSS_REFERENCE_KEY') return waitForParent(message)
  }
  const field = error?.fields[0]
  return { kind: 'rejected', message, ...(code ? { code } : {}), ...(field ? { field } : {}) }
}

/** A record whose parent is not there, or not yet. */
export function waitForParent(message: string): Failure {
  return { kind: 'retry after', afterMs: PARENT_MS, message }
}
/** By then the feed has told what became of it. */
const PARENT_MS = 60_000

/** A call without an answer: for what may be sent twice, not knowing is only waiting. */
export function lostCall(failure: Failure, purpose: Purpose): Failure {
  if (failure.kind !== 'ambiguous' || purpose === 'create') return failure
  const maybe = purpose === 'update' ? { maybeStored: true } : {}
  const status = failure.status === undefined ? {} : { status: failure.status }
  return { kind: 'retry after', afterMs: LOST_CALL_MS, ...status, message: failure.message, ...maybe }
}

/** Salesforce's list of errors, empty when the body is none (a proxy's page). */
export function errorsOf(body: unknown): SalesforceError[] {
  return errorList.safeParse(Array.isArray(body) ? body : [body]).data?.filter(({ code }) => code !== '') ?? []
}

function messageOf(errors: readonly SalesforceError[]): string {
  return errors
    .map(({ code, message, fields }) => `${message || code}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`)
    .join('; ')
    .slice(0, 1_000)
}

/** A refusal that says nothing of who asks, only of what is asked of a record. */
function isOfRecord(code: string): boolean {
  return code.startsWith('INSUFFICIENT_ACCESS') || code === 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY'
}
