import type { Runtime } from '../runtime.ts'
import { type GraphError, graphError, invalidParameter, plannedError } from './errors.ts'
import { refuseForPace, takeFailure } from './limits.ts'
import { newWamid, sameNumber } from './numbers.ts'
import { type SendBody, textOf } from './schema.ts'
import { type Chat, chatOf, keepMessage, type Person, type Phone, personByNumber } from './state.ts'
import { startStatuses, windowOpen } from './statuses.ts'
import { findTemplate, refuseSending } from './templates.ts'

/** How long the "typing…" of the business stays on the customer's phone. */
const TYPING_MS = 25_000

type Accepted = {
  messaging_product: 'whatsapp'
  contacts: Record<string, string>[]
  messages: { id: string; message_status: 'accepted' | 'held_for_quality_assessment' }[]
}

/** Accepts a message as the API does: most failures come later, by webhook. */
export function acceptMessage(runtime: Runtime, phone: Phone, body: SendBody): Accepted | GraphError {
  const input = body.to ?? body.recipient
  if (input === undefined) return invalidParameter('The parameter to is required.')
  const known = findPerson(runtime, body)
  if (!known && body.to === undefined)
    return invalidParameter(`Recipient ${input} is not a valid business-scoped user id.`)
  const person = known ?? { waId: input.replace(/\D/g, ''), name: input }
  if (person.waId === '') return invalidParameter('The parameter to must be a phone number.')

  const refused = refuse(runtime, phone, person, body)
  if (refused) return refused

  const id = newWamid(sameNumber(person.waId), 'out')
  const chat = known ? chatOf(runtime.world.whatsapp, phone.phoneNumberId, person) : undefined
  keepOutbound(runtime, phone, chat, id, body)
  const template = body.type === 'template'
  const outcome = !chat ? 'undeliverable' : template || windowOpen(runtime, chat) ? 'delivered' : 'windowClosed'
  const held = template && phone.holdTemplates === true
  const message = runtime.world.whatsapp.messages.get(id)
  if (held && message) message.held = true
  else startStatuses(runtime, phone, person, id, takeFailure(runtime, phone, person.waId, 'status') ?? outcome)
  runtime.bus.changed()
  return {
    messaging_product: 'whatsapp',
    contacts: [
      {
        input,
        ...(body.to === undefined ? {} : { wa_id: person.waId }),
        ...(person.userId ? { user_id: person.userId } : {}),
      },
    ],
    messages: [{ id, message_status: held ? 'held_for_quality_assessment' : 'accepted' }],
  }
}

function refuse(runtime: Runtime, phone: Phone, person: Person, body: SendBody): GraphError | undefined {
  const planned = takeFailure(runtime, phone, person.waId, 'answer')
  if (planned) return plannedError(planned)
  const tooFast = refuseForPace(runtime, phone, sameNumber(person.waId))
  if (tooFast) return tooFast
  if (body.type !== 'template') return undefined
  const isCode = categoryOf(runtime, phone, body) === 'authentication'
  if (isCode && body.to === undefined) {
    return graphError(400, 131062, '(#131062) Business-scoped user id (BSUID) recipients are not supported', {
      details: 'Authentication templates are sent to phone numbers only',
    })
  }
  return refuseSending(runtime.world.whatsapp, phone, body.template)
}

/** Meta's decision over templates that were held: they go out, or fail. Returns how many. */
export function releaseHeld(runtime: Runtime, phone: Phone, deliver: boolean): number {
  const { whatsapp } = runtime.world
  let count = 0
  for (const message of whatsapp.messages.values()) {
    if (!message.held) continue
    const chat = findChat(runtime, phone, message.id)
    const person = chat && whatsapp.people.get(chat.person)
    if (!person) continue
    message.held = false
    count++
    startStatuses(runtime, phone, person, message.id, deliver ? 'delivered' : 'heldBack')
  }
  return count
}

/** Marks the message and all earlier ones as read by the business; false when the id is not one of its inbound ones. */
export function markRead(runtime: Runtime, phone: Phone, messageId: string, typing: boolean): boolean {
  const { whatsapp } = runtime.world
  const message = whatsapp.messages.get(messageId)
  const chat = message?.direction === 'in' ? findChat(runtime, phone, messageId) : undefined
  if (!message || !chat) return false
  const last = chat.messageIds.lastIndexOf(messageId)
  for (let index = last; index >= 0; index--) {
    const earlier = whatsapp.messages.get(chat.messageIds[index] as string)
    if (earlier?.direction !== 'in') continue
    if (earlier.readByBusiness) break
    earlier.readByBusiness = true
  }
  if (typing) chat.typingUntil = runtime.clock.now() + TYPING_MS
  runtime.bus.changed()
  return true
}

function findPerson({ world }: Runtime, body: SendBody): Person | undefined {
  if (body.to !== undefined) return personByNumber(world.whatsapp, body.to)
  const key = world.whatsapp.peopleByUserId.get(body.recipient ?? '')
  return key === undefined ? undefined : world.whatsapp.people.get(key)
}

function findChat({ world }: Runtime, phone: Phone, messageId: string): Chat | undefined {
  const owner = world.whatsapp.chatByMessage.get(messageId)
  const chat = owner === undefined ? undefined : world.whatsapp.chats.get(owner)
  return chat?.phoneNumberId === phone.phoneNumberId ? chat : undefined
}

function categoryOf({ world }: Runtime, phone: Phone, body: SendBody): string {
  if (body.type !== 'template') return 'service'
  const { name, language } = body.template
  return findTemplate(world.whatsapp, phone.wabaId, name, language.code)?.category.toLowerCase() ?? 'utility'
}

function keepOutbound(runtime: Runtime, phone: Phone, chat: Chat | undefined, id: string, body: SendBody) {
  const { whatsapp } = runtime.world
  const message = {
    id,
    direction: 'out' as const,
    type: body.type,
    text: textOf(body),
    at: runtime.clock.now(),
    status: 'accepted' as const,
    ...(body.context ? { replyTo: body.context.message_id } : {}),
    ...(body.biz_opaque_callback_data === undefined ? {} : { callbackData: body.biz_opaque_callback_data }),
    category: categoryOf(runtime, phone, body),
    ...fileOf(body),
  }
  if (!chat || body.type === 'reaction') whatsapp.messages.set(id, message)
  else keepMessage(whatsapp, chat, message)
  if (chat) delete chat.typingUntil
  if (body.type === 'reaction') showReaction(runtime, body.reaction)
}

/** What a template's header carries is a file as well. */
function fileOf(body: SendBody): { fileId?: string; link?: string } {
  const named = body as unknown as Record<string, unknown>
  const components = body.type === 'template' ? (body.template.components ?? []) : []
  const parameters = components.flatMap(({ parameters = [] }) => parameters)
  const part = named[body.type] ?? {}
  const carriers = [part, ...parameters.flatMap(each => [each.image, each.video, each.document])]
  const found = carriers.find(each => typeof each === 'object' && each !== null && ('id' in each || 'link' in each))
  const { id, link } = (found ?? {}) as { id?: string; link?: string }
  if (typeof id === 'string' && body.type !== 'reaction') return { fileId: id }
  return typeof link === 'string' ? { link } : {}
}

function showReaction({ world }: Runtime, reaction: { message_id: string; emoji: string }) {
  const target = world.whatsapp.messages.get(reaction.message_id)
  if (!target) return
  const others = (target.reactions ?? []).filter(entry => entry.from !== 'business')
  target.reactions = reaction.emoji === '' ? others : [...others, { from: 'business', emoji: reaction.emoji }]
}
