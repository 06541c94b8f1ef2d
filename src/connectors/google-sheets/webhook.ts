/**
 * What rings for us: Drive, which says that the spreadsheet changed and not what (headers, no body), and the script in the
 * spreadsheet, which names the rows that a person edited.
 */
import { z } from 'zod'
import type { RemoteChange, WebhookRequest, WebhookVerdict } from '../contract.ts'
import { type GoogleCredentials, signingSecret } from './credentials.ts'

/** How old what the script says may be. */
const MAX_AGE_MS = 5 * 60_000

/** The token of a channel: until when it is good, signed together with the address that it is for. */
export async function channelToken(credentials: GoogleCredentials, url: string, expiresAt: number): Promise<string> {
  const key = await keyOf(signingSecret(credentials), 'sign')
  const signature = await crypto.subtle.sign('HMAC', key, utf8(`drive\n${url}\n${expiresAt}`))
  return `${expiresAt}.${base64url(new Uint8Array(signature))}`
}

/**
 * What the script signs with. It lies in the hidden tab, where whoever may edit the spreadsheet can read it: all that it opens is
 * that a row is looked at again.
 */
export async function scriptSecret(credentials: GoogleCredentials): Promise<string> {
  const key = await keyOf(signingSecret(credentials), 'sign')
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8('apps script'))))
}

export async function verifyWebhook(
  credentials: GoogleCredentials,
  request: WebhookRequest,
  now: Date,
): Promise<WebhookVerdict> {
  const token = request.headers.get('x-goog-channel-token')
  return token === null ? verifyScript(credentials, request, now) : verifyDrive(credentials, request, token, now)
}

async function verifyDrive(
  credentials: GoogleCredentials,
  { url, body }: WebhookRequest,
  token: string,
  now: Date,
): Promise<WebhookVerdict> {
  const [, expiresAt, signature] = /^(\d{1,16})\.([\w-]{43})$/.exec(token) ?? []
  // Google sends no body: with one it is somebody else's.
  if (!expiresAt || !signature || body.byteLength > 0) return 'invalid'
  const key = await keyOf(signingSecret(credentials), 'verify')
  const isSigned = await crypto.subtle.verify(
    'HMAC',
    key,
    fromBase64url(signature),
    utf8(`drive\n${url}\n${expiresAt}`),
  )
  if (!isSigned) return 'invalid'
  return Number(expiresAt) < now.getTime() ? 'expired' : 'valid'
}

async function verifyScript(
  credentials: GoogleCredentials,
  { headers, body }: WebhookRequest,
  now: Date,
): Promise<WebhookVerdict> {
  const timestamp = headers.get('x-buzon-timestamp') ?? ''
  const signature = headers.get('x-buzon-signature') ?? ''
  if (!/^\d{1,16}$/.test(timestamp) || !/^[\w-]{43}=?$/.test(signature)) return 'invalid'
  const key = await keyOf(await scriptSecret(credentials), 'verify')
  const signed = new Uint8Array([...utf8(`${timestamp}\n`), ...body])
  if (!(await crypto.subtle.verify('HMAC', key, fromBase64url(signature.replace('=', '')), signed))) return 'invalid'
  return Math.abs(now.getTime() - Number(timestamp)) > MAX_AGE_MS ? 'expired' : 'valid'
}

/** What the ledger keeps of a request: of Drive's the headers, which are all there is of it. */
export function recordWebhook({ headers }: WebhookRequest, body: string): string {
  const channel = headers.get('x-goog-channel-id')
  if (channel === null) return body
  const [state, number] = ['state', 'message-number'].map(name =>
    headers.get(name === 'state' ? 'x-goog-resource-state' : 'x-goog-message-number'),
  )
  return JSON.stringify({ drive: { channel, state, number } })
}

const driveBody = z.object({ drive: z.object({ state: z.string().nullable() }) })
const scriptBody = z.object({
  /** Keys of rows, by what they are. */
  rows: z.array(z.object({ tab: z.string(), key: z.string() })).max(5_000),
})

/** Throws on a body that is of neither. */
export function parseWebhook(body: unknown, receivedAt: Date): RemoteChange[] {
  if (driveBody.safeParse(body).success) return []
  const { rows } = scriptBody.parse(body)
  return rows.flatMap(({ tab, key }): RemoteChange[] => {
    if ((tab !== 'contact' && tab !== 'ticket') || key === '') return []
    const author = { by: 'person', user: null } as const
    return [{ kind: 'touched', object: tab, remoteId: key, at: receivedAt, byUs: false, author, values: {} }]
  })
}

/** The first of a channel says only that it is there. Deletions, new rows and those to be sent are found by looking. */
export function rings(body: unknown): boolean {
  const drive = driveBody.safeParse(body).data?.drive
  if (drive) return drive.state !== 'sync'
  const rows = scriptBody.safeParse(body).data?.rows ?? []
  return rows.some(({ tab, key }) => (tab !== 'contact' && tab !== 'ticket') || key === '')
}

function keyOf(secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', utf8(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [use])
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), character => character.charCodeAt(0))
}
