/**
 * A call to Meta's Graph API. Every answer, and none, is a value: nothing is thrown. Meta's throttling comes as HTTP 400,
 * so what a failure means is told by its code (`core/send-errors`).
 */
import { z } from 'zod'

export type WhatsAppApi = { fetch: typeof fetch; baseUrl: string; version: string }

export type GraphAnswer =
  | { kind: 'ok'; body: unknown }
  /** `code` is empty where none came; `reason` are Meta's most exact words. */
  | { kind: 'error'; status: number; code: string; reason: string }
  /** `sent`: the request may have arrived. */
  | { kind: 'no answer'; sent: boolean; reason: string }

/** Longer than Meta's own processing; a slower answer is an unknown one. */
const DEADLINE_MS = 15_000

/** `path` is below the version, with its query. */
export async function callGraph(
  api: WhatsAppApi,
  token: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<GraphAnswer> {
  return readGraphAnswer(() =>
    api.fetch(`${api.baseUrl}/${api.version}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(DEADLINE_MS),
    }),
  )
}

/** What came of a call, whatever it carried. */
export async function readGraphAnswer(call: () => Promise<Response>): Promise<GraphAnswer> {
  let response: Response
  let text: string
  try {
    response = await call()
    text = await response.text()
  } catch (error) {
    return { kind: 'no answer', sent: !notReached(error), reason: (error as Error).message }
  }
  const answer = jsonOf(text)
  if (response.ok) return { kind: 'ok', body: answer }
  const {
    code = '',
    error_subcode,
    message,
    error_user_msg,
    error_data,
  } = errorShape.safeParse(answer).data?.error ?? {}
  const exact = error_subcode?.startsWith(TEMPLATE_SUBCODES) ? error_subcode : code
  const reason = error_data?.details || error_user_msg || message || `HTTP ${response.status}`
  return { kind: 'error', status: response.status, code: exact, reason }
}

/** Template calls are refused with code 100, and the reason as a subcode. */
const TEMPLATE_SUBCODES = '2388'

const words = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined)

const errorShape = z.object({
  error: z
    .object({
      code: words,
      error_subcode: words,
      message: words,
      /** Of template calls. */
      error_user_msg: words,
      error_data: z.object({ details: words }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/** Failures before the request could leave: nothing was sent for certain. */
function notReached(error: unknown): boolean {
  const code = ((error as Error).cause as { code?: string } | undefined)?.code ?? ''
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH'].includes(code)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
