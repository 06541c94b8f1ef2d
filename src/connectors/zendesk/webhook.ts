/** Zendesk's event webhooks: one event a request, in any order, more than once. */
import type { RemoteAuthor, RemoteChange, RemoteValues, WebhookRequest, WebhookVerdict } from '../contract.ts'
import { placeOf } from './comments.ts'
import type { ZendeskCredentials } from './credentials.ts'
import { noteOf, replyOf } from './reply.ts'
import { commentEvent, event, type ZendeskEvent } from './schema.ts'
import { CONTINUED, TAG, type ZendeskSettings } from './settings.ts'
import { asText, statusValues, tagsOf } from './values.ts'

/** Zendesk names no limit; a signature that is older is somebody's copy. */
const MAX_AGE_MS = 5 * 60_000

/** What we listen to. https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/ */
export const SUBSCRIPTIONS = [
  ...['created', 'comment_added', 'status_changed', 'custom_status_changed', 'priority_changed', 'subject_changed'].map(
    ofTicket,
  ),
  ...['agent_assignment_changed', 'group_assignment_changed', 'tags_changed', 'custom_field_changed'].map(ofTicket),
  ...['merged', 'soft_deleted', 'permanently_deleted', 'undeleted'].map(ofTicket),
  ...['name_changed', 'identity_changed', 'identity_created', 'identity_deleted', 'custom_field_changed'].map(ofUser),
  ...['tags_changed', 'notes_changed', 'details_changed', 'active_changed', 'merged', 'deleted'].map(ofUser),
]

function ofTicket(name: string): string {
  return `zen:event-type:ticket.${name}`
}

function ofUser(name: string): string {
  return `zen:event-type:user.${name}`
}

/** HMAC-SHA256 of timestamp and raw body, compared in constant time: https://developer.zendesk.com/documentation/webhooks/verifying/ */
export async function verifyWebhook(
  { signingSecret }: ZendeskCredentials,
  { headers, body }: WebhookRequest,
  now: Date,
): Promise<WebhookVerdict> {
  const signature = fromBase64(headers.get('x-zendesk-webhook-signature'))
  const timestamp = headers.get('x-zendesk-webhook-signature-timestamp') ?? ''
  const at = Date.parse(timestamp)
  if (!signature || !signingSecret || Number.isNaN(at)) return 'invalid'
  const text = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', text.encode(signingSecret), algorithm, false, ['verify'])
  const head = text.encode(timestamp)
  const signed = new Uint8Array(head.length + body.length)
  signed.set(head)
  signed.set(body, head.length)
  if (!(await crypto.subtle.verify('HMAC', key, signature, signed))) return 'invalid'
  return Math.abs(now.getTime() - at) > MAX_AGE_MS ? 'expired' : 'valid'
}

/** Throws on a body that is no event. What says nothing of ours is left out. */
export function parseWebhook(body: unknown, receivedAt: Date, settings: ZendeskSettings): RemoteChange[] {
  const heard = event.parse(body)
  const [, object, what = ''] = /^zen:event-type[:/](ticket|user)\.(\w+)$/.exec(heard.type) ?? []
  const time = new Date(heard.time)
  const at = Number.isNaN(time.getTime()) ? receivedAt : time
  if (object === 'ticket') return fromTicketEvent(heard, what, at, settings)
  return object === 'user' ? fromUserEvent(heard, what, at, settings) : []
}

function fromTicketEvent(heard: ZendeskEvent, what: string, at: Date, settings: ZendeskSettings): RemoteChange[] {
  const { id: remoteId } = heard.detail
  const deletions = ['soft_deleted', 'permanently_deleted']
  if (deletions.includes(what)) return [{ kind: 'deleted', object: 'ticket', remoteId, at }]
  if (what === 'merged')
    return [{ kind: 'merged', object: 'ticket', remoteId: targetOf(heard) ?? remoteId, mergedIds: [remoteId], at }]
  const touched = { kind: 'touched', object: 'ticket', remoteId, at, ...byWhom(heard, settings) } as const
  if ((heard.detail.tags ?? []).includes(CONTINUED)) return []
  // What is said beside the fields concerns no field.
  if (what !== 'comment_added') return [{ ...touched, values: ticketNews(heard, what, settings) }]
  const said = commentEvent.safeParse(heard.event).data?.comment
  if (!said || !isOurTicket(heard)) return []
  const author = { id: said.author.id, name: said.author.name, isStaff: said.author.is_staff }
  const { actor_id: actorId, requester_id: requesterId } = heard.detail
  const whole = {
    ...{ id: said.id, place: placeOf(remoteId, said.id), ticketId: remoteId, requesterId, actorId, author, at },
    ...{ text: said.body, html: null, isPublic: said.is_public },
    // The event names one file at most, and not where it is; `replies.whole` reads them all.
    files: said.attachment ? [{ remoteId: said.attachment.id, ...NOTHING_MORE }] : [],
  }
  const change = replyOf(settings, whole) ?? noteOf(settings, whole)
  return change ? [change] : []
}

const NOTHING_MORE = { url: null, name: null, mimeType: null, bytes: null }

/** Others' tickets are answered by e-mail; what is said there is not for WhatsApp. */
function isOurTicket({ detail }: ZendeskEvent): boolean {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(detail.external_id ?? '') || (detail.tags ?? []).includes(TAG)
}

function fromUserEvent(heard: ZendeskEvent, what: string, at: Date, settings: ZendeskSettings): RemoteChange[] {
  const { id: remoteId } = heard.detail
  if (what === 'deleted') return [{ kind: 'deleted', object: 'contact', remoteId, at }]
  if (what === 'merged') {
    const winner = targetOf(heard)
    return winner && winner !== remoteId
      ? [{ kind: 'merged', object: 'contact', remoteId: winner, mergedIds: [remoteId], at }]
      : []
  }
  const values: RemoteValues = what === 'name_changed' ? { name: asText(heard.event.current) } : {}
  return [{ kind: 'touched', object: 'contact', remoteId, at, ...byWhom(heard, settings), values }]
}

/** -1 is a rule of the account's. */
function byWhom({ detail: { actor_id: actor } }: ZendeskEvent, { userId }: ZendeskSettings) {
  const author: RemoteAuthor | undefined =
    actor === '-1' ? { by: 'rule', user: null } : actor ? { by: 'person', user: actor } : undefined
  const byUs = actor !== null && actor === userId
  return { byUs, ...(author && !byUs ? { author } : {}) }
}

/** What the event says of the new values, as they are read: enough to know our own voice. */
function ticketNews({ detail, event: said }: ZendeskEvent, what: string, settings: ZendeskSettings): RemoteValues {
  switch (what) {
    case 'status_changed':
    case 'custom_status_changed':
      return statusValues(detail.status?.toLowerCase() ?? '', detail.custom_status, detail.assignee_id, settings)
    case 'priority_changed':
      return { priority: detail.priority?.toLowerCase() || null }
    case 'subject_changed':
      return { subject: detail.subject }
    case 'agent_assignment_changed':
      return { assignee_id: detail.assignee_id }
    case 'tags_changed':
      return { tags: tagsOf((detail.tags ?? []).join(',')).join(',') || null }
    case 'custom_field_changed': {
      const field = said.field as { id?: unknown } | undefined
      return field?.id ? { [`custom_fields.${field.id}`]: asText(said.current) } : {}
    }
    default:
      return {}
  }
}

/** Whom or what it was merged into, under any of the names that have been seen. */
function targetOf({ event: said }: ZendeskEvent): string | undefined {
  const named = [said.user, said.ticket, said.target_ticket].map(each => (each as { id?: unknown } | undefined)?.id)
  const id = [...named, said.target_ticket_id, said.current].find(each => /^\d+$/.test(String(each ?? '')))
  return id === undefined ? undefined : String(id)
}

/** Undefined for what is not base64, non-ASCII header text included. */
function fromBase64(text: string | null): Uint8Array<ArrayBuffer> | undefined {
  if (!text || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}
