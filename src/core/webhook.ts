/** Webhooks to the customer's own systems: what they hear of, where they may be, how they are signed and tried again. */
import type { InputSentence } from './input-words.ts'

export const webhookEvents = [
  ...(['ticket.created', 'ticket.updated', 'ticket.assigned', 'ticket.resolved', 'ticket.reopened'] as const),
  ...(['message.received', 'message.sent', 'message.delivered', 'message.read', 'message.failed'] as const),
  ...(['contact.created', 'contact.updated', 'sla.warned', 'sla.breached'] as const),
] as const
export type WebhookEvent = (typeof webhookEvents)[number]

const ofTicket: Record<string, WebhookEvent | null> = {
  ...{
    opened: 'ticket.created',
    assigned: 'ticket.assigned',
    resolved: 'ticket.resolved',
    reopened: 'ticket.reopened',
  },
  ...{ warned: 'sla.warned', breached: 'sla.breached', presence: null, read: null, known: null },
}

/** What a change of the feed is called outside; null: nobody is told. */
export function webhookEventOf(kind: string, detail: string | null): WebhookEvent | null {
  const [noun = '', verb = ''] = kind.split('.')
  if (noun === 'ticket') return ofTicket[verb] === undefined ? 'ticket.updated' : ofTicket[verb]
  if (kind === 'message.received' || kind === 'contact.created' || kind === 'contact.updated') return kind
  if (kind !== 'message.status') return null
  return webhookEvents.find(event => event === `message.${detail}`) ?? null
}

/** After the first try, the ones of Svix, in seconds; after the last it has failed. */
export const RETRIES_S = [5, 300, 1800, 7200, 18_000, 36_000, 36_000] as const

/** An endpoint that takes nothing for as long is left alone until a person takes it up again; hours. */
export const GIVE_UP_HOURS = 120

/** When the next try is, after `attempts` have failed; null: none is. */
export function nextTry(attempts: number, now: Date): Date | null {
  const seconds = RETRIES_S[attempts - 1]
  return seconds === undefined ? null : new Date(now.getTime() + seconds * 1000)
}

/**
 * Why a webhook may not go there; undefined where it may. Names of this machine and of private networks are refused, and
 * addresses of them, unless the installation allows it. What a public name leads to is judged when it is called.
 */
export function webhookUrlProblem(text: string, allowsPrivate: boolean): InputSentence | undefined {
  if (!URL.canParse(text)) return 'must be a URL'
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(allowsPrivate && url.protocol === 'http:')) return 'must begin with https://'
  if (url.username || url.password) return 'must have no user and no password in it'
  if (!allowsPrivate && isPrivateHost(url.hostname)) return 'must be a public address'
  return undefined
}

function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  // Of addresses of version 6 none is needed: services have names.
  if (host.startsWith('[')) return true
  // The parser writes every spelling of an address (hex, octal, one number) as four numbers.
  const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)?.slice(1).map(Number)
  if (octets) {
    const [a = 0, b = 0] = octets
    if (a === 0 || a === 10 || a === 127 || a >= 224) return true
    if ((a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32)) return true
    return (a === 192 && (b === 168 || b === 0)) || (a === 198 && (b === 18 || b === 19))
  }
  return !host.includes('.') || /\.(localhost|local|internal|lan|home|intranet|corp|private|arpa)$/.test(host)
}

/** Of Standard Webhooks: HMAC-SHA256 over id, seconds and body, by the secret behind `whsec_`. */
export async function signWebhook(secret: string, id: string, at: Date, body: string): Promise<Record<string, string>> {
  const seconds = Math.floor(at.getTime() / 1000)
  const bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, '')), char => char.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const sum = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${id}.${seconds}.${body}`))
  const signature = btoa(String.fromCharCode(...new Uint8Array(sum)))
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` }
}
