/** One message of a webhook: the customer's, or what the business wrote elsewhere. */
import type { InboundMessage, Via } from '../../core/inbound.ts'
import type { MessageOrigin, MessageStatus } from '../../core/message.ts'
import { readContent } from './content.ts'
import type { Change, NormalizedItem } from './items.ts'
import { asObject, isObject, type Loose, string } from './loose.ts'
import * as people from './people.ts'
import { readTime } from './times.ts'

/** What the place of a message says of it. */
export type Manner = { via: Via; profiles: people.Profile[] }

/** A message of a customer. */
export function readMessage(change: Change, place: string, value: unknown, manner: Manner): NormalizedItem {
  if (!isObject(value)) return { kind: 'broken', place, cause: 'Not a message: an object expected', item: value }
  const sender = people.orElse(people.senderOf(value), people.formerOf(value))
  if (!people.isSomebody(sender)) {
    // News about a person may name them inside only.
    if (value.type === 'system') return { kind: 'other', place, field: 'system message without sender' }
    return { kind: 'broken', place, cause: 'No sender: neither from nor from_user_id', item: value }
  }
  const { waId } = sender
  // Coexistence and history put what the business wrote beside what it was written.
  if (manner.via !== 'live' && people.sameNumber(waId, change.ownNumber)) return readEcho(change, place, value, manner)
  const by = { direction: 'in', origin: 'customer', status: 'received' } as const
  return item(change, place, { ...by, ...said(change, value, sender, manner) })
}

/** A message that the business wrote: in its app, or by another agent, who repeats the request it made of Meta. */
export function readEcho(change: Change, place: string, value: unknown, manner: Manner): NormalizedItem {
  if (!isObject(value)) return { kind: 'broken', place, cause: 'Not an echo: an object expected', item: value }
  const request = isObject(value.message) ? value.message : null
  const echo = request ? { ...value, ...request } : value
  const to = people.recipientOf(echo)
  // A sample of Meta's has the two the other way round.
  const named = people.sameNumber(to.waId, change.ownNumber) ? people.senderOf(echo) : to
  const [only] = manner.profiles
  const customer = people.orElse(named, only ? only.sender : named)
  if (!people.isSomebody(customer))
    return { kind: 'broken', place, cause: 'An echo that names no customer', item: value }
  const origin: MessageOrigin = request ? 'bot' : 'agent'
  const by = { direction: 'out', origin, status: historyStatus(echo) } as const
  return item(change, place, { ...by, ...said(change, echo, customer, manner) })
}

function said(change: Change, value: Loose, sender: InboundMessage['sender'], manner: Manner) {
  const context = asObject(value.context)
  const content = readContent(value)
  const { target, targetWamid } = content.content ?? {}
  const profile = people.profileOf(sender, manner.profiles)
  return {
    wamid: string(value.id) || nameOf(value),
    via: manner.via,
    sender,
    ...{ name: profile?.name ?? null, username: profile?.username ?? null },
    at: readTime(value.timestamp, change.arrived.receivedAt),
    // A request of the Send API says `message_id`.
    replyToWamid: string(context.id) || string(context.message_id) || null,
    targetWamid: string(targetWamid) || string(target) || null,
    groupId: string(value.group_id) || null,
    alsoKnownAs: people.alsoKnownAs(value),
    ...content,
  }
}

/** Without an id a message is named by what it says, so that it is the same in whatever body it comes again. */
function nameOf(message: Loose): string {
  const text = JSON.stringify(message)
  let [low, high] = [0x811c9dc5, 0x1b873593]
  for (let n = 0; n < text.length; n++) {
    low = Math.imul(low ^ text.charCodeAt(n), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(n), 0x85ebca6b)
  }
  const digest = [low, high].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
  return `noid.${digest}`
}

function item(change: Change, place: string, message: InboundMessage): NormalizedItem {
  return { kind: 'message', place, channel: change.channel, message }
}

const historyStatuses: Record<string, MessageStatus> = {
  delivered: 'delivered',
  read: 'read',
  played: 'played',
  error: 'failed',
}

/** How far a message of the business got, where its history tells; what was written elsewhere has been sent. */
function historyStatus(value: Loose): MessageStatus {
  const word = string(asObject(value.history_context).status).toLowerCase()
  return (Object.hasOwn(historyStatuses, word) ? historyStatuses[word] : undefined) ?? 'sent'
}
