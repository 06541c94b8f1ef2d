/** Refusals as Zendesk words them; the shapes differ from endpoint to endpoint, as they do there. */
export type Refusal = {
  status: 400 | 401 | 403 | 404 | 409 | 422 | 429
  body: unknown
  headers?: Record<string, string>
}

export class ZendeskRefused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(JSON.stringify(refusal.body))
    this.refusal = refusal
  }
}

export const notFound: Refusal = { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } }

export const unauthorized = (description: string): Refusal => ({
  status: 401,
  body: { error: 'invalid_token', error_description: description },
})

export function invalid(field: string, description: string): Refusal {
  const details = { [field]: [{ description, error: 'InvalidValue' }] }
  return { status: 422, body: { error: 'RecordInvalid', description: 'Record validation errors', details } }
}

/** As a job tells of one of its items. */
export type ItemError = { error: string; details: string }
