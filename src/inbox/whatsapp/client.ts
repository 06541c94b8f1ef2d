/**
 * WhatsApp Cloud API calls. There is no idempotency key: an answer that does not come says nothing, so it is told apart
 * from a refusal. Meta's throttling comes as HTTP 400; `error.code` decides (Meta, "Cloud API › Error codes").
 */
import { z } from 'zod'

export type WhatsAppApi = { fetch: typeof fetch; baseUrl: string; version: string }

export type Account = { phoneNumberId: string; token: string }

export type SendOutcome =
  | { kind: 'accepted'; wamid: string }
  | { kind: 'retry after'; afterMs: number; code: string; reason: string }
  /** The number's token or permission is refused: nothing can be sent until somebody reconnects it. */
  | { kind: 'unauthorized'; code: string; reason: string }
  | { kind: 'refused'; code: string; reason: string }
  /** It may have been sent. */
  | { kind: 'ambiguous'; reason: string }

export type Outgoing = {
  address: { to: string } | { recipient: string }
  text: string
  replyToWamid: string | null
  /** Echoed in statuses as `biz_opaque_callback_data`. */
  callback: string
}

/** Longer than Meta's own processing; a slower answer is an unknown one. */
const DEADLINE_MS = 15_000

/** Throws nothing: every answer, and none, is an outcome. */
export async function sendText(api: WhatsAppApi, account: Account, message: Outgoing): Promise<SendOutcome> {
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...message.address,
    type: 'text',
    text: { body: message.text, preview_url: true },
    ...(message.replyToWamid ? { context: { message_id: message.replyToWamid } } : {}),
    biz_opaque_callback_data: message.callback,
  }
  let response: Response
  let text: string
  try {
    response = await api.fetch(`${api.baseUrl}/${api.version}/${account.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    text = await response.text()
  } catch (error) {
    return notReached(error)
      ? { kind: 'retry after', afterMs: 15_000, code: 'network', reason: 'WhatsApp could not be reached' }
      : { kind: 'ambiguous', reason: `No answer from WhatsApp: ${(error as Error).message}` }
  }
  const answer = answerShape.safeParse(jsonOf(text))
  if (response.ok) {
    const wamid = answer.data?.messages?.[0]?.id
    return wamid ? { kind: 'accepted', wamid } : { kind: 'ambiguous', reason: 'WhatsApp accepted without an id' }
  }
  const { code = '', message: words = '', error_data } = answer.data?.error ?? {}
  return judge(response.status, code, error_data?.details || words || `HTTP ${response.status}`)
}

const words = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined)

const answerShape = z.object({
  messages: z
    .array(z.object({ id: z.string() }))
    .optional()
    .catch(undefined),
  error: z
    .object({
      code: words,
      message: words,
      error_data: z.object({ details: words }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

const throttled: ReadonlySet<string> = new Set(['4', '80007', '130429', '131056'])
const forbidden: ReadonlySet<string> = new Set(['0', '3', '10', '190', '131005'])
/** Transient on Meta's side; the message may have gone out all the same. */
const unclear: ReadonlySet<string> = new Set(['1', '2', '131000', '131016', '133004', '131057'])

/** Comes with HTTP 403 like a missing permission, but speaks of this customer's country: the channel is well. */
const FORBIDDEN_COUNTRY = '130497'

function judge(status: number, code: string, reason: string): SendOutcome {
  if (code === FORBIDDEN_COUNTRY) return { kind: 'refused', code, reason }
  if (throttled.has(code) || status === 429) return { kind: 'retry after', afterMs: 10_000, code, reason }
  const permission = Number(code) >= 200 && Number(code) <= 299
  if (forbidden.has(code) || permission || status === 401 || status === 403)
    return { kind: 'unauthorized', code, reason }
  if (unclear.has(code) || status >= 500) return { kind: 'ambiguous', reason: `${reason} (${code || status})` }
  return { kind: 'refused', code: code || String(status), reason }
}

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

export type PhoneNumber = { displayPhoneNumber: string | null; verifiedName: string | null }

/** What Meta says of a number: proof that the token may speak for it. */
export async function readPhoneNumber(
  api: WhatsAppApi,
  account: Account,
): Promise<({ kind: 'found' } & PhoneNumber) | { kind: 'refused'; reason: string }> {
  const url = `${api.baseUrl}/${api.version}/${account.phoneNumberId}?fields=display_phone_number,verified_name`
  try {
    const response = await api.fetch(url, {
      headers: { authorization: `Bearer ${account.token}` },
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    const body = jsonOf(await response.text())
    if (!response.ok) {
      const { message } = answerShape.safeParse(body).data?.error ?? {}
      return { kind: 'refused', reason: message ?? `HTTP ${response.status}` }
    }
    const { display_phone_number, verified_name } = (body ?? {}) as Record<string, unknown>
    return {
      kind: 'found',
      displayPhoneNumber: typeof display_phone_number === 'string' ? display_phone_number : null,
      verifiedName: typeof verified_name === 'string' ? verified_name : null,
    }
  } catch (error) {
    return { kind: 'refused', reason: `WhatsApp could not be reached: ${(error as Error).message}` }
  }
}
