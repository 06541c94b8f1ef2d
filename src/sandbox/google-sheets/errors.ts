/** Google's refusals: https://cloud.google.com/apis/design/errors */
export type GoogleRefusal = {
  code: 400 | 401 | 403 | 404 | 409 | 429
  status: string
  message: string
  reason?: string
}

export class GoogleRefused extends Error {
  readonly refusal: GoogleRefusal
  constructor(refusal: GoogleRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

export const invalid = (message: string) => new GoogleRefused({ code: 400, status: 'INVALID_ARGUMENT', message })
export const missing = (message = 'Requested entity was not found.') =>
  new GoogleRefused({ code: 404, status: 'NOT_FOUND', message, reason: 'notFound' })
export const forbidden = (message = 'The caller does not have permission') =>
  new GoogleRefused({ code: 403, status: 'PERMISSION_DENIED', message, reason: 'forbidden' })

export function refusalBody({ code, status, message, reason }: GoogleRefusal) {
  const errors = reason ? { errors: [{ message, domain: 'global', reason }] } : {}
  return { error: { code, message, status, ...errors } }
}
