import { randomBytes } from 'node:crypto'

/** A Graph API error answer. */
export type GraphError = { status: 400 | 401 | 404 | 500; body: { error: Record<string, unknown> } }

type Extra = { details?: string; subcode?: number; type?: string }

export function graphError(status: GraphError['status'], code: number, message: string, extra: Extra = {}): GraphError {
  return {
    status,
    body: {
      error: {
        message,
        type: extra.type ?? 'OAuthException',
        code,
        ...(extra.details ? { error_data: { messaging_product: 'whatsapp', details: extra.details } } : {}),
        ...(extra.subcode ? { error_subcode: extra.subcode } : {}),
        fbtrace_id: randomBytes(8).toString('base64url'),
      },
    },
  }
}

export function invalidToken(): GraphError {
  return graphError(401, 190, 'Invalid OAuth access token - Cannot parse access token')
}

export function unknownObject(id: string): GraphError {
  const message = `Unsupported post request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`
  return graphError(400, 100, message, { subcode: 33, type: 'GraphMethodException' })
}

export function invalidParameter(details: string): GraphError {
  return graphError(400, 100, '(#100) Invalid parameter', { details })
}

/** As somebody planned it; authentication fails with 401, trouble of Meta's own with 500. */
export function plannedError({ code, title, details }: { code: number; title: string; details: string }): GraphError {
  const own = [2, 131000, 131016, 133004].includes(code)
  const status = code === 190 || code === 0 ? 401 : own ? 500 : 400
  return graphError(status, code, `(#${code}) ${title}`, { details })
}

/** Failures that arrive later, by status webhook. */
export const FAILURES = {
  windowClosed: {
    code: 131047,
    title: 'Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  undeliverable: {
    code: 131026,
    title: 'Message undeliverable',
    details: 'Message Undeliverable.',
  },
  heldBack: {
    code: 132015,
    title: 'Template is paused',
    details: 'The template was held for a quality assessment and did not pass it.',
  },
} as const
