/**
 * A WhatsApp webhook body in our words. Every entry, change, message and status stands for itself: one that cannot be
 * understood becomes a `broken` item with its cause, and never stops the others.
 */
import { eventOf, readEvents } from './events.ts'
import { readHistory } from './history.ts'
import type { Arrived, Change, ChannelKey, NormalizedItem } from './items.ts'
import { parseJson, storable } from './json.ts'
import { asList, asObject, type Loose, string } from './loose.ts'
import { type Manner, readEcho, readMessage } from './message.ts'
import * as notices from './notices.ts'
import * as people from './people.ts'
import * as schema from './schema.ts'
import { readStatus } from './status.ts'

export type { Arrived, ChannelKey, NormalizedItem } from './items.ts'

/** `text` is the body as stored. Throws nothing: what is not JSON, or not Meta's, is one broken item. */
export function normalize(text: string, arrived: Arrived): NormalizedItem[] {
  let body: unknown
  try {
    body = parseJson(text)
  } catch (error) {
    // The error quotes the body.
    return [{ kind: 'broken', place: '', cause: storable(`Not JSON: ${(error as Error).message}`), item: null }]
  }
  const envelope = schema.envelope.safeParse(body)
  if (!envelope.success) {
    return [{ kind: 'broken', place: '', cause: 'Not a webhook body: an object expected', item: body }]
  }
  return envelope.data.entry.flatMap((entry, n) => normalizeEntry(entry, `entry.${n}`, arrived))
}

function normalizeEntry(given: unknown, place: string, arrived: Arrived): NormalizedItem[] {
  const entry = schema.entry.safeParse(given)
  if (!entry.success) return [{ kind: 'broken', place, cause: 'Not an entry: an object expected', item: given }]
  const { changes } = entry.data
  return changes.flatMap((change, n) => normalizeChange(change, entry.data, `${place}.changes.${n}`, arrived))
}

function normalizeChange(given: unknown, entry: schema.Entry, place: string, arrived: Arrived): NormalizedItem[] {
  const change = schema.change.safeParse(given)
  if (!change.success) return [{ kind: 'broken', place, cause: 'Not a change: an object expected', item: given }]
  const { field, value } = change.data
  if (Object.keys(value).length === 0) return [{ kind: 'other', place, field }]
  const channel = channelOf(entry, value)
  if (!channel) {
    const cause = 'Neither metadata.phone_number_id nor the id of an account, so the channel cannot be told'
    return [{ kind: 'broken', place: `${place}.value`, cause, item: value }]
  }
  const ownNumber = string(asObject(value.metadata).display_phone_number).replace(/\D/g, '') || null
  const items = readChange({ field, time: entry.time, value, place, channel, ownNumber, arrived })
  return items.length > 0 ? items : [{ kind: 'other', place, field }]
}

function channelOf(entry: schema.Entry, value: Loose): ChannelKey | null {
  const { metadata, recipient } = value
  const phoneNumberId = string(asObject(metadata).phone_number_id) || string(asObject(recipient).phone_number_id)
  if (phoneNumberId) return { phoneNumberId }
  return entry.id ? { wabaId: entry.id, displayPhoneNumber: null } : null
}

function readChange(change: Change): NormalizedItem[] {
  const { field, value } = change
  switch (field) {
    case 'history':
      return readHistory(change)
    case 'smb_app_state_sync':
      return notices.readAddressBook(change)
    case 'messaging_handovers':
      return [notices.readHandover(change, change.place)]
    case 'standby':
      return readTalk({ ...change, value: { ...value, ...asObject(value.standby) } }, 'standby')
    default: {
      const items = readTalk(change, 'live')
      return items.length > 0 || field === 'messages' || field === 'calls' ? items : readEvents(change)
    }
  }
}

/** What customers and the business say to each other. Whatever the field, what is there is read. */
function readTalk(change: Change, via: 'live' | 'standby'): NormalizedItem[] {
  const { value, field } = change
  const under = via === 'standby' ? `${change.place}.value.standby` : `${change.place}.value`
  const profiles = people.readProfiles(value.contacts)
  const echoed: Manner = { via: 'echo', profiles }
  const manner: Manner = field === 'smb_message_echoes' ? echoed : { via, profiles }
  const each = (key: string, read: (place: string, item: unknown) => NormalizedItem) =>
    asList(value[key]).map((item, n) => read(`${under}.${key}.${n}`, item))
  return [
    ...withSummary(
      each('messages', (place, item) => readMessage(change, place, item, manner)),
      notices.summaryOf(value),
    ),
    ...each('message_echoes', (place, item) => readEcho(change, place, item, echoed)),
    ...each('statuses', (place, item) => readStatus(change, place, item)),
    ...each('calls', (place, item) => notices.readCall(change, place, item, profiles)),
    ...each('user_preferences', (place, item) => notices.readPreference(change, place, item, profiles)),
    ...each('user_id_update', (place, item) => notices.readUserIdUpdate(change, place, item, profiles)),
    ...each('errors', (place, item) =>
      eventOf({ ...change, field: 'errors' }, place, `error ${string(asObject(item).code) || field}`, asObject(item)),
    ),
  ]
}

/** Meta's words on what another agent and the customer said before stay with the first message. */
function withSummary(items: NormalizedItem[], summary: string): NormalizedItem[] {
  const first = items.find(item => item.kind === 'message')
  if (summary && first) first.message.content = { ...first.message.content, summary }
  return items
}
