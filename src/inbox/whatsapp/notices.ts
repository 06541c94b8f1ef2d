/**
 * What is no message of Meta's, and yet belongs into the conversation with a customer: calls, a stop of marketing, another
 * agent passing the customer on, changed ids. Each gets an id made of what it says, so that it is stored once.
 */
import type { InboundMessage } from '../../core/inbound.ts'
import type { Change, NormalizedItem } from './items.ts'
import { asList, asObject, defined, isObject, type Loose, number, string } from './loose.ts'
import * as people from './people.ts'
import { readTime } from './times.ts'

/** A customer's call, or one of the business. Its beginning and its end are each a line of the conversation. */
export function readCall(change: Change, place: string, value: unknown, profiles: people.Profile[]): NormalizedItem {
  if (!isObject(value)) return { kind: 'broken', place, cause: 'Not a call: an object expected', item: value }
  const id = string(value.id) || string(value.wacid)
  const event = string(value.event)
    .toLowerCase()
    .replace(/^call_/, '')
  const isOurs = value.direction === 'BUSINESS_INITIATED'
  const customer = isOurs ? people.recipientOf(value) : people.senderOf(value)
  if (!id || !event || !people.isSomebody(customer)) return { kind: 'other', place, field: 'call' }
  const content = defined({
    event,
    status: string(value.status).toLowerCase(),
    seconds: number(value.duration),
  })
  const direction = isOurs ? ('out' as const) : ('in' as const)
  return notice(change, place, profiles, {
    ...{ wamid: `${id}:${event}`, sender: customer, kind: 'call', content, direction },
    ...{ status: isOurs ? 'sent' : 'received', origin: isOurs ? 'agent' : 'customer' },
    at: value.timestamp ?? value.start_time,
  })
}

/** A customer wants no marketing, or wants it again. It concerns this number, and marketing alone. */
export function readPreference(
  change: Change,
  place: string,
  value: unknown,
  profiles: people.Profile[],
): NormalizedItem {
  if (!isObject(value)) return { kind: 'broken', place, cause: 'Not a preference: an object expected', item: value }
  const sender = people.personOf(value.wa_id, value.user_id, value.parent_user_id)
  const word = string(value.value)
  if (!people.isSomebody(sender) || !word)
    return { kind: 'broken', place, cause: 'A preference of nobody', item: value }
  const category = string(value.category)
  const content = defined({
    event: category === 'marketing_messages' || !category ? `marketing_${word}` : `${category}_${word}`,
    signupId: string(value.signup_id),
  })
  const wamid = nameOf('preference', sender, value.timestamp, category, word)
  return notice(change, place, profiles, { wamid, sender, content, at: value.timestamp, raw: value })
}

/** Another agent of the business passes the customer to people, or takes them. */
export function readHandover(change: Change, place: string): NormalizedItem {
  const { value } = change
  const from = asObject(value.sender)
  const sender = people.personOf(from.phone_number || from.wa_id, from.user_id, from.parent_user_id)
  const event = string(value.type)
  if (!people.isSomebody(sender) || !event) return { kind: 'other', place, field: change.field }
  const detail = asObject(value[event])
  const { previous_owner_role, new_owner_role, metadata } = detail
  const content = defined({ event, from: previous_owner_role, to: new_owner_role, reason: metadata })
  const text = summaryOf(detail) || string(metadata)
  const wamid = nameOf(event, sender, value.timestamp, string(new_owner_role))
  return notice(change, place, [], { wamid, sender, content, text, at: value.timestamp, raw: value })
}

/** Meta's words on what was said so far, of a handover or beside a message. */
export function summaryOf(value: Loose): string {
  return string(asObject(asObject(value.conversation_context).summary).text)
}

/** Ids that changed, by the field that Meta gave up in August 2026 for `system` messages. */
export function readUserIdUpdate(
  change: Change,
  place: string,
  value: unknown,
  profiles: people.Profile[],
): NormalizedItem {
  const update = asObject(value)
  const ids = asObject(update.user_id)
  const parents = asObject(update.parent_user_id)
  const former = people.personOf(undefined, ids.previous, parents.previous)
  const now = people.personOf(update.wa_id, ids.current, parents.current)
  if (!people.isSomebody(now)) return { kind: 'broken', place, cause: 'An update of nobody’s id', item: value }
  const sender = people.orElse(former, now)
  const wamid = nameOf('user_id', now, update.timestamp)
  const content = { event: 'user_changed_user_id' }
  const text = string(update.detail)
  const said = { wamid, sender, content, text, at: update.timestamp, raw: update, alsoKnownAs: now }
  return notice(change, place, profiles, said)
}

/** A contact of the business's phone, in coexistence: an edit comes as `add` too. */
export function readAddressBook({ value, place, channel }: Change): NormalizedItem[] {
  return asList(value.state_sync).map((given, n) => {
    const { contact, action } = asObject(given)
    const { phone_number, full_name, first_name } = asObject(contact)
    const sender = people.personOf(phone_number, asObject(contact).user_id)
    const at = `${place}.value.state_sync.${n}`
    if (!people.isSomebody(sender)) return { kind: 'other', place: at, field: 'smb_app_state_sync' }
    const name = string(full_name) || string(first_name) || null
    return { kind: 'address book', place: at, channel, entry: { sender, name, action: string(action) } }
  })
}

type Said = Pick<InboundMessage, 'wamid' | 'sender' | 'content'> & Partial<Omit<InboundMessage, 'at'>> & { at: unknown }

function notice(change: Change, place: string, profiles: people.Profile[], { at, ...said }: Said): NormalizedItem {
  const profile = people.profileOf(said.sender, profiles)
  const message: InboundMessage = {
    ...{ via: 'live', direction: 'in', origin: 'customer', status: 'received', kind: 'system', text: '' },
    ...{ raw: null, replyToWamid: null, targetWamid: null, groupId: null, alsoKnownAs: null },
    ...{ name: profile?.name ?? null, username: profile?.username ?? null },
    at: readTime(at, change.arrived.receivedAt),
    ...said,
  }
  return { kind: 'message', place, channel: change.channel, message }
}

/** The same on every reading, whatever body it comes in. */
function nameOf(kind: string, { waId, userId, parentUserId }: InboundMessage['sender'], ...parts: unknown[]): string {
  return [kind, userId ?? waId ?? parentUserId, ...parts.map(string)].filter(Boolean).join('.')
}
