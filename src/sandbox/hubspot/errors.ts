import { randomUUID } from 'node:crypto'

/** Why HubSpot does not do it, in its own words. */
export type Refusal = {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 414 | 429
  category: string
  message: string
  subCategory?: string
  context?: Record<string, string[]>
  errors?: { message: string; code?: string; context?: Record<string, string[]> }[]
  policyName?: string
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

/** Ends a request with a refusal; only the door of the simulated API catches it. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

export function refusalBody({ status: _status, ...refusal }: Refusal) {
  return { status: 'error', ...refusal, correlationId: randomUUID() }
}

export function validation(message: string, extra: Partial<Refusal> = {}): Refusal {
  return { status: 400, category: 'VALIDATION_ERROR', message, ...extra }
}

export function notFound(message = 'resource not found'): Refusal {
  return { status: 404, category: 'OBJECT_NOT_FOUND', message }
}

export type PropertyError = { name: string; error: string; message: string }

/** HubSpot packs the property errors as JSON inside the message, and again in `errors`. */
export function invalidProperties(portalId: number, problems: PropertyError[]): Refusal {
  const packed = problems.map(({ name, error, message }) => ({
    isValid: false,
    message,
    error,
    name,
    localizedErrorMessage: message,
    portalId,
  }))
  return validation(`Property values were not valid: ${JSON.stringify(packed)}`, {
    errors: problems.map(({ name, error, message }) => ({ message, code: error, context: { propertyName: [name] } })),
  })
}
