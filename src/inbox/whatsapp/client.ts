/**
 * Cloud API calls of a number. There is no idempotency key: an answer that does not come says nothing, so it is told apart
 * from a refusal.
 */
import { z } from 'zod'
import type { Address } from '../../core/address.ts'
import type { Outbound } from '../../core/outbound.ts'
import { type Pace, sendError } from '../../core/send-errors.ts'
import { callGraph, type GraphAnswer, type WhatsAppApi } from './graph.ts'
import { toPayload } from './payload.ts'

export type { WhatsAppApi } from './graph.ts'

export type Account = { phoneNumberId: string; token: string }

/** Why a call of a number did not do what was asked; `code` is Meta's, and empty where none came. */
export type CallFailure =
  /** Nothing was done: slower. */
  | { kind: 'throttled'; pace: Pace; code: string; reason: string }
  /** Nothing was done: WhatsApp could not be reached. */
  | { kind: 'not reached'; reason: string }
  /** The number's token or permission is refused: nothing can be done until somebody reconnects it. */
  | { kind: 'unauthorized'; code: string; reason: string }
  /** Nothing goes out of this number until somebody has mended what Meta names. */
  | { kind: 'held back'; code: string; reason: string }
  | { kind: 'refused'; code: string; reason: string }
  /** It may have been done. */
  | { kind: 'ambiguous'; code: string | null; reason: string }

export type SendOutcome = { kind: 'accepted'; wamid: string } | CallFailure

export type Outgoing = {
  address: Address
  content: Outbound
  replyToWamid: string | null
  /** Echoed in statuses as `biz_opaque_callback_data`. */
  callback: string
}

export async function sendMessage(api: WhatsAppApi, account: Account, message: Outgoing): Promise<SendOutcome> {
  const answer = await callGraph(api, account.token, 'POST', `${account.phoneNumberId}/messages`, {
    messaging_product: 'whatsapp',
    ...toRecipient(message.address),
    ...toPayload(message.content),
    ...(message.replyToWamid ? { context: { message_id: message.replyToWamid } } : {}),
    biz_opaque_callback_data: message.callback,
  })
  if (answer.kind !== 'ok') return toFailure(answer)
  const wamid = accepted.safeParse(answer.body).data?.messages[0]?.id
  return wamid
    ? { kind: 'accepted', wamid }
    : { kind: 'ambiguous', code: null, reason: 'WhatsApp accepted without an id' }
}

function toRecipient(address: Address) {
  if ('recipient' in address) return { recipient_type: 'individual', recipient: address.recipient }
  return { recipient_type: address.isGroup ? 'group' : 'individual', to: address.to }
}

const accepted = z.object({ messages: z.array(z.object({ id: z.string() })) })

/** Marks a message of the customer's, and all before it, as read; with `typing`, the customer sees that we write. */
export async function markRead(
  api: WhatsAppApi,
  account: Account,
  { wamid, typing }: { wamid: string; typing: boolean },
): Promise<{ kind: 'done' } | CallFailure> {
  const answer = await callGraph(api, account.token, 'POST', `${account.phoneNumberId}/messages`, {
    ...{ messaging_product: 'whatsapp', status: 'read', message_id: wamid },
    ...(typing ? { typing_indicator: { type: 'text' } } : {}),
  })
  return answer.kind === 'ok' ? { kind: 'done' } : toFailure(answer)
}

/** What a failure means, by the table of codes. */
export function toFailure(answer: Exclude<GraphAnswer, { kind: 'ok' }>): CallFailure {
  if (answer.kind === 'no answer') {
    return answer.sent
      ? { kind: 'ambiguous', code: null, reason: `No answer from WhatsApp: ${answer.reason}` }
      : { kind: 'not reached', reason: 'WhatsApp could not be reached' }
  }
  const { status, code, reason } = answer
  const { meaning } = sendError(code, status)
  switch (meaning.kind) {
    case 'retry':
      return { kind: 'throttled', pace: meaning.pace, code, reason }
    case 'reconnect channel':
      return { kind: 'unauthorized', code, reason }
    case 'pause channel':
      return { kind: 'held back', code, reason }
    case 'ask a person':
      return { kind: 'ambiguous', code: code || null, reason: `${reason} (${code || status})` }
    case 'stop':
    case 'window closed':
    case 'not on WhatsApp':
      return { kind: 'refused', code: code || String(status), reason }
  }
}

export type PhoneNumber = {
  displayPhoneNumber: string | null
  verifiedName: string | null
  /** Messages a second that Meta grants; null where it does not say. */
  perSecond: number | null
}

/** What Meta says of a number: proof that the token may speak for it. */
export async function readPhoneNumber(
  api: WhatsAppApi,
  { phoneNumberId, token }: Account,
): Promise<({ kind: 'found' } & PhoneNumber) | { kind: 'refused'; reason: string }> {
  const fields = 'display_phone_number,verified_name,throughput,is_on_biz_app'
  const answer = await callGraph(api, token, 'GET', `${phoneNumberId}?fields=${fields}`)
  if (answer.kind === 'error') return { kind: 'refused', reason: answer.reason }
  if (answer.kind === 'no answer') return { kind: 'refused', reason: `WhatsApp could not be reached: ${answer.reason}` }
  const found = phoneNumber.safeParse(answer.body ?? {}).data
  return {
    kind: 'found',
    displayPhoneNumber: found?.display_phone_number ?? null,
    verifiedName: found?.verified_name ?? null,
    perSecond: grantedPerSecond(found?.is_on_biz_app ?? false, found?.throughput?.level ?? null),
  }
}

/** Messages a second; null where Meta's word says nothing. */
export function grantedPerSecond(onBusinessApp: boolean, throughput: string | null): number | null {
  return onBusinessApp ? COEXISTENCE : (throughputs[throughput ?? ''] ?? null)
}

/** Messages a second (Meta, "Throughput"). */
const COEXISTENCE = 20
const throughputs: Record<string, number> = { STANDARD: 80, HIGH: 1_000 }

const phoneNumber = z.object({
  display_phone_number: z.string().optional().catch(undefined),
  verified_name: z.string().optional().catch(undefined),
  is_on_biz_app: z.boolean().optional().catch(undefined),
  throughput: z.object({ level: z.string() }).optional().catch(undefined),
})
