import type { Runtime } from '../runtime.ts'
import { type GivenFile, inboundFile } from './files.ts'
import { writeInGroup } from './groups.ts'
import { newWamid, sameNumber } from './numbers.ts'
import { sampleOf } from './samples.ts'
import {
  type Chat,
  chatOf,
  keepMessage,
  type Person,
  type Phone,
  personByNumber,
  putPerson,
  type WhatsAppState,
} from './state.ts'
import { recordStatus } from './statuses.ts'
import { type Disorder, hidden, postUpdates, type Update } from './updates.ts'

export type InboundMessage = {
  /** A number, or the business-scoped id of somebody who hides it. */
  from: string
  name?: string | undefined
  type?: string | undefined
  text?: string | undefined
  /** The message we answer to. */
  replyTo?: string | undefined
  id?: string | undefined
  /** Seconds, as Meta writes them. */
  timestamp?: string | undefined
  /** What is sent, of the types that have a file; a sample without it. */
  file?: GivenFile | undefined
  /** Merged over the message: other types, referrals, broken shapes. */
  raw?: Record<string, unknown> | undefined
}

/** Customers write. Returns the ids in the order given. */
export function writeInbound(runtime: Runtime, phone: Phone, messages: InboundMessage[], disorder: Disorder): string[] {
  const updates = messages.map(message => inboundUpdate(runtime, phone, message))
  postUpdates(runtime.courier, phone, updates, disorder)
  runtime.bus.changed()
  return updates.map(update => String(update.value.id))
}

/** The customer opens the chat: everything delivered is read. */
export function openChat(runtime: Runtime, phone: Phone, person: Person): string[] {
  const chat = chatOf(runtime.world.whatsapp, phone.phoneNumberId, person)
  const ids = chat.unread.splice(0)
  const updates = ids.flatMap(id => recordStatus(runtime, id, person, 'read'))
  postUpdates(runtime.courier, phone, updates)
  runtime.bus.changed()
  return ids
}

/** The customer reacts to a message; an empty emoji takes the reaction back. */
export function reactTo(runtime: Runtime, phone: Phone, person: Person, messageId: string, emoji: string): string {
  const target = runtime.world.whatsapp.messages.get(messageId)
  if (target) {
    const others = (target.reactions ?? []).filter(reaction => reaction.from !== 'customer')
    target.reactions = emoji === '' ? others : [...others, { from: 'customer', emoji }]
  }
  const raw = { reaction: { message_id: messageId, ...(emoji === '' ? {} : { emoji }) } }
  const update = inboundUpdate(runtime, phone, { from: person.waId, type: 'reaction', raw })
  postUpdates(runtime.courier, phone, [update])
  runtime.bus.changed()
  return String(update.value.id)
}

function inboundUpdate(runtime: Runtime, phone: Phone, message: InboundMessage): Update {
  const { whatsapp } = runtime.world
  const person = senderOf(runtime, message)
  const chat = chatOf(whatsapp, phone.phoneNumberId, person)
  const type = message.type ?? 'text'
  const isOwn = message.raw !== undefined && type in message.raw
  const file = isOwn ? undefined : inboundFile(runtime, phone, type, message.file, message.text)
  const value: Record<string, unknown> = {
    ...(hidden(person) ? {} : { from: isUserId(message.from) ? person.waId : message.from.replace(/\D/g, '') }),
    ...(person.userId ? { from_user_id: person.userId } : {}),
    id: message.id ?? newWamid(sameNumber(person.waId), 'in'),
    timestamp: message.timestamp ?? runtime.clock.seconds(),
    ...sampleOf(type, message.text),
    ...(file ? { [type]: file } : {}),
    type,
    ...(message.replyTo ? { context: { from: phone.displayPhoneNumber.replace(/\D/g, ''), id: message.replyTo } } : {}),
    ...message.raw,
  }
  keepInbound(runtime, chat, value, message)
  return { kind: 'message', person, value }
}

function senderOf({ world }: Runtime, message: InboundMessage): Person {
  if (isUserId(message.from)) return hiddenSender(world.whatsapp, message)
  const known = personByNumber(world.whatsapp, message.from)
  if (known && (message.name === undefined || message.name === known.name)) return known
  return putPerson(world.whatsapp, {
    waId: known?.waId ?? message.from.replace(/\D/g, ''),
    name: message.name ?? `+${message.from.replace(/\D/g, '')}`,
  })
}

function isUserId(from: string): boolean {
  return /^[A-Z]{2}\./.test(from)
}

/** Whoever writes by a business-scoped id alone has a number all the same, which nobody is told. */
function hiddenSender(whatsapp: WhatsAppState, { from, name }: InboundMessage): Person {
  const known = personByNumber(whatsapp, whatsapp.peopleByUserId.get(from) ?? '')
  if (known) return known
  const digits = [...from].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 10_000_000_000, 7)
  const waId = `999${String(digits).padStart(10, '0')}`
  return putPerson(whatsapp, { waId, name: name ?? from, userId: from, hidesNumber: true })
}

/** A redelivered id and a reaction change nothing in the chat; any message moves the 24-hour window. */
function keepInbound(runtime: Runtime, chat: Chat, value: Record<string, unknown>, message: InboundMessage) {
  const { whatsapp } = runtime.world
  const seconds = Number(value.timestamp)
  const at = Number.isFinite(seconds) ? seconds * 1000 : runtime.clock.now()
  if (typeof value.group_id === 'string') {
    const person = whatsapp.people.get(chat.person)
    const phone = whatsapp.phones.get(chat.phoneNumberId)
    if (person && phone) writeInGroup(whatsapp, phone, value.group_id, person, at)
    return
  }
  chat.lastInboundAt = Math.max(chat.lastInboundAt ?? 0, at)
  const id = String(value.id)
  const type = String(value.type)
  if (type === 'reaction' || whatsapp.messages.has(id)) return
  const { id: fileId } = (value[type] ?? {}) as { id?: string }
  keepMessage(whatsapp, chat, {
    id,
    direction: 'in',
    type,
    text: shownText(value, type),
    at,
    ...(message.replyTo ? { replyTo: message.replyTo } : {}),
    ...(fileId ? { fileId } : {}),
  })
}

function shownText(value: Record<string, unknown>, type: string): string {
  const part = value[type]
  if (typeof part !== 'object' || part === null) return `[${type}]`
  const words = part as { body?: unknown; caption?: unknown; text?: unknown }
  const shown = words.body ?? words.caption ?? words.text
  return typeof shown === 'string' ? shown : `[${type}]`
}
