/** Groups: whoever writes in one belongs to it, and what the business writes there has states for each of them. */
import type { Runtime } from '../runtime.ts'
import { type GraphError, graphError, invalidParameter } from './errors.ts'
import { newWamid, sameNumber } from './numbers.ts'
import { type SendBody, textOf } from './schema.ts'
import type { Person, Phone, WhatsAppState } from './state.ts'
import { hidden, postUpdates, type Update } from './updates.ts'

export type Group = {
  id: string
  phoneNumberId: string
  /** Canonical numbers. */
  members: string[]
  lastInboundAt: number
}

const WINDOW_MS = 24 * 60 * 60 * 1000

/** Meta, "Groups API": nothing interactive. */
const TYPES = new Set([
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'template',
  'reaction',
])

export function writeInGroup(state: WhatsAppState, phone: Phone, id: string, person: Person, at: number) {
  const key = `${phone.phoneNumberId}:${id}`
  const group = state.groups.get(key) ?? { id, phoneNumberId: phone.phoneNumberId, members: [], lastInboundAt: at }
  group.members = [...new Set([...group.members, sameNumber(person.waId)])]
  group.lastInboundAt = Math.max(group.lastInboundAt, at)
  state.groups.set(key, group)
}

type Answer = {
  messaging_product: string
  contacts: { input: string }[]
  messages: { id: string; message_status: string }[]
}

/** The answer of the API; the states follow by webhook. */
export function acceptGroupMessage(runtime: Runtime, phone: Phone, body: SendBody): Answer | GraphError {
  const { whatsapp } = runtime.world
  const group = whatsapp.groups.get(`${phone.phoneNumberId}:${body.to}`)
  if (!group) return invalidParameter(`The group ${body.to} does not exist.`)
  if (!TYPES.has(body.type)) {
    const details = `Messages of type ${body.type} are not supported in groups`
    return graphError(400, 131051, '(#131051) Unsupported message type', { details })
  }
  const id = newWamid(group.id.replace(/\W/g, '').slice(0, 15), 'out')
  whatsapp.messages.set(id, {
    ...{ id, direction: 'out', type: body.type, text: textOf(body), at: runtime.clock.now(), status: 'accepted' },
    ...(body.biz_opaque_callback_data === undefined ? {} : { callbackData: body.biz_opaque_callback_data }),
  })
  runtime.courier.later(phone.statusDelayMs, () => tellStates(runtime, phone, group, id, body))
  const contacts = [{ input: group.id }]
  return { messaging_product: 'whatsapp', contacts, messages: [{ id, message_status: 'accepted' }] }
}

function tellStates(runtime: Runtime, phone: Phone, group: Group, id: string, body: SendBody) {
  const { clock, courier, world } = runtime
  const isOpen = body.type === 'template' || clock.now() - group.lastInboundAt < WINDOW_MS
  const members = group.members.flatMap(key => world.whatsapp.people.get(key) ?? [])
  const [first] = members
  if (!first) return
  const about = { id, timestamp: clock.seconds(), recipient_id: group.id, recipient_type: 'group' }
  const callback = body.biz_opaque_callback_data
  const value = { ...about, ...(callback === undefined ? {} : { biz_opaque_callback_data: callback }) }
  const failure = {
    code: 131047,
    title: 'Re-engagement message',
    error_data: { details: 'More than 24 hours have passed' },
  }
  const whole = isOpen ? { ...value, status: 'sent' } : { ...value, status: 'failed', errors: [failure] }
  const update = (person: Person, said: Record<string, unknown>): Update => ({ kind: 'status', person, value: said })
  const states = phone.autoRead ? ['delivered', 'read'] : ['delivered']
  const each = isOpen
    ? states.flatMap(status => members.map(person => update(person, { ...value, status, ...participant(person) })))
    : []
  postUpdates(courier, phone, [update(first, whole), ...each])
  runtime.bus.changed()
}

function participant(person: Person) {
  return {
    ...(hidden(person) ? {} : { recipient_participant_id: person.waId }),
    ...(person.userId ? { recipient_participant_user_id: person.userId } : {}),
  }
}
