/** What Google's refusals mean: the only place that knows its statuses. https://cloud.google.com/apis/design/errors */
import { z } from 'zod'
import type { Failure } from '../../core/failure.ts'

/** Of `append`, an answer that was lost may have been stored; an update may be made twice, and a reading too. */
export type Purpose = 'read' | 'update' | 'append'

const googleError = z.object({
  error: z.object({
    message: z.string().default(''),
    status: z.string().optional().catch(undefined),
    errors: z
      .array(z.object({ reason: z.string().optional() }))
      .optional()
      .catch(undefined),
  }),
})

/** Sheets counts by the minute and says no more than that: https://developers.google.com/workspace/sheets/api/limits */
const QUOTA_MS = 20_000
const SERVER_ERROR_MS = 5_000
const LOST_CALL_MS = 5_000

/** The refusal of a whole call. */
export function failureOf(status: number, text: string, purpose: Purpose): Failure {
  const { message, code, reasons } = readError(text)
  const said = message || text.slice(0, 300) || `Google answered ${status}`
  const isQuota = status === 429 || (status === 403 && reasons.some(reason => /rateLimitExceeded/i.test(reason)))
  if (isQuota) return { kind: 'retry after', afterMs: QUOTA_MS, status: 429, message: said }
  // ABORTED: another edit came between, and nothing of this one happened.
  if (status === 409) return { kind: 'retry after', afterMs: SERVER_ERROR_MS, status, message: said }
  if (status === 408 || status >= 500) {
    if (purpose === 'append') return { kind: 'ambiguous', status, message: said }
    return { kind: 'retry after', afterMs: SERVER_ERROR_MS, status, message: said, ...maybe(purpose) }
  }
  if (status === 401) return { kind: 'unauthorized', status, message: said }
  if (status === 403) return { kind: 'unauthorized', status, message: `Google does not let us into it: ${said}` }
  if (status === 404) {
    const message = `The spreadsheet is not there, was not picked, or is no longer shared with this account: ${said}`
    return { kind: 'unauthorized', status, message }
  }
  return { kind: 'rejected', status, message: said, ...(code ? { code } : {}) }
}

/** A call without an answer: for what may be made twice, not knowing is only waiting. */
export function lostCall(failure: Failure, purpose: Purpose): Failure {
  if (failure.kind !== 'ambiguous' || purpose === 'append') return failure
  return { kind: 'retry after', afterMs: LOST_CALL_MS, message: failure.message, ...maybe(purpose) }
}

/** Which of the requests of a batch is at fault, where the refusal names it. */
export function culpritOf(failure: Failure): number | undefined {
  const at = failure.kind === 'rejected' ? /^Invalid requests\[(\d+)\]/.exec(failure.message)?.[1] : undefined
  return at === undefined ? undefined : Number(at)
}

function maybe(purpose: Purpose) {
  return purpose === 'update' ? { maybeStored: true } : {}
}

function readError(text: string): { message: string; code: string | undefined; reasons: string[] } {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { message: '', code: undefined, reasons: [] }
  }
  const { error } = googleError.safeParse(body).data ?? {}
  const reasons = (error?.errors ?? []).flatMap(({ reason }) => reason ?? [])
  return { message: error?.message ?? '', code: error?.status, reasons }
}
