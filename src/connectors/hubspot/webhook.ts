/** HubSpot's webhooks: change events of the app, and replies from the custom channel. */
import { z } from 'zod'
import { isFormatted, toWhatsAppText } from '../../core/rich-text.ts'
import { joinTellings, tellingsOf } from '../../core/tellings.ts'
import type { RemoteAuthor, RemoteChange, RemoteValues, WebhookRequest, WebhookVerdict } from '../contract.ts'
import type { HubSpotCredentials } from './credentials.ts'
import { type ChangeEvent, type ChannelEvent, changeEvent, channelEvent } from './schema.ts'

/** https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation */
const MAX_AGE_MS = 5 * 60_000

/** Signature v3: HMAC-SHA256 of method, URI, raw body and timestamp, compared in constant time. */
export async function verifyWebhook(
  credentials: HubSpotCredentials,
  request: WebhookRequest,
  now: Date,
): Promise<WebhookVerdict> {
  const signature = fromBase64(request.headers.get('x-hubspot-signature-v3'))
  const timestamp = request.headers.get('x-hubspot-request-timestamp') ?? ''
  if (!signature || !/^\d{1,16}$/.test(timestamp) || credentials.clientSecret === '') return 'invalid'
  const text = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', text.encode(credentials.clientSecret), algorithm, false, ['verify'])
  const head = text.encode(request.method.toUpperCase() + decodeUri(request.url))
  const signed = joined(head, request.body, text.encode(timestamp))
  if (!(await crypto.subtle.verify('HMAC', key, signature, signed))) return 'invalid'
  return Math.abs(now.getTime() - Number(timestamp)) > MAX_AGE_MS ? 'expired' : 'valid'
}

/** Change events come by the hundred, in any order and more than once; a custom channel's reply alone or in a list. */
export function parseWebhook(body: unknown, receivedAt: Date): RemoteChange[] {
  const events = z.union([z.array(z.looseObject({})), z.looseObject({}).transform(event => [event])]).parse(body)
  const changes: RemoteChange[] = []
  for (const event of events) {
    const change =
      fromChangeEvent(changeEvent.safeParse(event).data) ?? fromReply(channelEvent.safeParse(event).data, receivedAt)
    if (change) changes.push(change)
  }
  return gathered(changes)
}

/** An app has one address for all accounts that installed it, and a body may be of several. */
export function byPortal(body: unknown): { account: string; body: unknown[] }[] {
  const events = z.array(z.unknown()).safeParse(Array.isArray(body) ? body : [body]).data ?? []
  const portals = new Map<string, unknown[]>()
  for (const event of events) {
    const portalId = ofPortal.safeParse(event).data?.portalId
    if (portalId !== undefined) portals.set(portalId, [...(portals.get(portalId) ?? []), event])
  }
  return [...portals].map(([account, body]) => ({ account, body }))
}

const ofPortal = z.object({ portalId: z.coerce.string().regex(/^\d+$/) })

/** One change a record and kind: HubSpot sends an event for each property, and we read the record anyway. */
export function gathered(changes: RemoteChange[]): RemoteChange[] {
  const seen = new Map<string, RemoteChange>()
  for (const change of changes) {
    const key = `${change.kind} ${change.kind === 'reply' ? '' : change.object} ${change.remoteId}`
    const earlier = seen.get(key)
    if (earlier?.kind === 'touched' && change.kind === 'touched') {
      const at = change.at > earlier.at ? change.at : earlier.at
      const values = later(earlier, change)
      const author = earlier.author?.by === 'person' ? earlier.author : (change.author ?? earlier.author)
      const tellings = joinTellings(earlier.tellings, change.tellings)
      const byUs = earlier.byUs && change.byUs
      seen.set(key, { ...earlier, at, byUs, values, tellings, ...(author ? { author } : {}) })
    } else if (!earlier) seen.set(key, change)
  }
  return [...seen.values()]
}

type Touched = Extract<RemoteChange, { kind: 'touched' }>

/** Of two values of one property, the one that was set last. */
function later(a: Touched, b: Touched): RemoteValues {
  return a.at > b.at ? { ...b.values, ...a.values } : { ...a.values, ...b.values }
}

const objects: Record<string, 'contact' | 'ticket'> = {
  ...{ contact: 'contact', ticket: 'ticket' },
  ...{ '0-1': 'contact', '0-5': 'ticket' },
}

function fromChangeEvent(event: ChangeEvent | undefined): RemoteChange | undefined {
  if (!event) return undefined
  // `object.creation` tells the type by id, `contact.creation` by name.
  const [prefix, kind] = event.subscriptionType.split('.')
  const at = new Date(event.occurredAt)
  // Of two records that were tied together or parted, the one that it was done to.
  const typeId = kind === 'associationChange' ? (event.fromObjectTypeId ?? event.objectTypeId) : event.objectTypeId
  const object = objects[(prefix === 'object' ? typeId : prefix) ?? '']
  const remoteId = kind === 'associationChange' ? (event.fromObjectId ?? event.objectId) : event.objectId
  if (!object || Number.isNaN(at.getTime())) return undefined
  if (kind === 'merge') return merged(object, event, at)
  if (!remoteId) return undefined
  switch (kind) {
    case 'creation':
    case 'propertyChange':
    case 'restore':
    case 'associationChange': {
      const [byUs, values] = [isOurs(event), valuesOf(event)]
      const tellings = tellingsOf(values, at, byUs)
      return { kind: 'touched', object, remoteId, at, byUs, values, tellings, ...authorOf(event) }
    }
    case 'deletion':
      return { kind: 'deleted', object, remoteId, at }
    case 'privacyDeletion':
      return { kind: 'erased', object, remoteId, at }
    default:
      return undefined
  }
}

/** Of what an app changed nobody can tell whether a person asked it to. */
const rules = new Set(['AUTOMATION_PLATFORM', 'WORKFLOWS', 'IMPORT', 'CALCULATED'])

function authorOf({ changeSource, sourceId }: ChangeEvent): { author?: RemoteAuthor } {
  const user = /^userId:(\d+)$/.exec(sourceId ?? '')?.[1] ?? null
  if (user !== null || changeSource === 'CRM_UI') return { author: { by: 'person', user } }
  return changeSource && rules.has(changeSource) ? { author: { by: 'rule', user: null } } : {}
}

function valuesOf({ propertyName, propertyValue }: ChangeEvent): RemoteValues {
  return propertyName === undefined ? {} : { [propertyName]: propertyValue ?? null }
}

/** Since 2025 the survivor may have an id of its own, and then both old ids lead to it. */
function merged(object: 'contact' | 'ticket', event: ChangeEvent, at: Date): RemoteChange | undefined {
  const remoteId = event.newObjectId ?? event.primaryObjectId ?? event.objectId
  if (!remoteId) return undefined
  const old = [event.primaryObjectId, ...(event.mergedObjectIds ?? [])]
  const mergedIds = [...new Set(old.flatMap(id => (id === undefined || id === remoteId ? [] : [id])))]
  return { kind: 'merged', object, remoteId, mergedIds, at }
}

/** `appId` is the app that subscribed, which is ours: the body is signed with its secret. */
function isOurs({ changeSource, sourceId, appId }: ChangeEvent): boolean {
  return changeSource === 'INTEGRATION' && appId !== undefined && sourceId?.split(':')[0] === appId
}

function fromReply(event: ChannelEvent | undefined, receivedAt: Date): RemoteChange | undefined {
  if (!event) return undefined
  const { id, text, richText, createdAt, recipients, senders, attachments } = event.message
  const written = new Date(createdAt ?? Number.NaN)
  const at = Number.isNaN(written.getTime()) ? receivedAt : written
  const actors = (recipients ?? []).map(({ actorId }) => /^V-(\d+)$/.exec(actorId ?? '')?.[1])
  const addresses = (recipients ?? []).flatMap(({ deliveryIdentifier, deliveryIdentifiers }) => [
    ...(deliveryIdentifier ? [deliveryIdentifier] : []),
    ...(deliveryIdentifiers ?? []),
  ])
  const [sender] = senders ?? []
  return {
    kind: 'reply',
    remoteId: id,
    to: {
      contactRemoteId: actors.find(actor => actor !== undefined) ?? null,
      phone: addresses.find(({ type }) => type === 'HS_PHONE_NUMBER')?.value ?? null,
    },
    from: { phone: sender?.deliveryIdentifier?.type === 'HS_PHONE_NUMBER' ? sender.deliveryIdentifier.value : null },
    text: wordsOf(text ?? '', richText ?? ''),
    attachments: attachments.map(file => ({
      ...{ remoteId: file.fileId ?? file.id ?? null, url: file.url ?? null, name: file.name ?? null },
      ...{ mimeType: file.contentType ?? null, bytes: file.size ?? null },
    })),
    author: { remoteId: sender?.actorId ?? null, name: sender?.name ?? null },
    at,
  }
}

/** The plain text is as they typed it, unless they formatted it. */
function wordsOf(text: string, richText: string): string {
  const typed = text.trim()
  return typed === '' || isFormatted(richText) ? toWhatsAppText(richText) || typed : typed
}

/** The characters HubSpot signs decoded, and no others. */
const decoded: Record<string, string> = {
  ...{ '%3A': ':', '%2F': '/', '%3F': '?', '%40': '@', '%21': '!', '%24': '$' },
  ...{ '%27': "'", '%28': '(', '%29': ')', '%2A': '*', '%2C': ',', '%3B': ';' },
}

function decodeUri(url: string): string {
  return url.replace(/%[0-9a-f]{2}/gi, code => decoded[code.toUpperCase()] ?? code)
}

/** Undefined for what is not base64, non-ASCII header text included. */
function fromBase64(text: string | null): Uint8Array<ArrayBuffer> | undefined {
  if (!text || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
