import type { Runtime } from '../runtime.ts'
import { FAILURES } from './errors.ts'
import { type Chat, chatOf, type MessageStatus, type Person, type Phone } from './state.ts'
import { hidden, postUpdates, type Update } from './updates.ts'

const WINDOW_MS = 24 * 60 * 60 * 1000
/** Statuses of a phone that batches wait this long for company. */
const GATHER_MS = 15

type Failure = { code: number; title: string; details: string }
type Outcome = 'delivered' | keyof typeof FAILURES | Failure

/** Moves an accepted message on: sent, then delivered (and read, if the chat is open), or failed. */
export function startStatuses(runtime: Runtime, phone: Phone, person: Person, messageId: string, outcome: Outcome) {
  const { courier } = runtime
  courier.later(phone.statusDelayMs, () => {
    if (outcome !== 'delivered') {
      const failure = typeof outcome === 'string' ? FAILURES[outcome] : outcome
      gather(runtime, phone, recordFailure(runtime, messageId, person, failure))
      return
    }
    gather(runtime, phone, recordStatus(runtime, messageId, person, 'sent'))
    courier.later(phone.statusDelayMs, () => {
      const chat = chatOf(runtime.world.whatsapp, phone.phoneNumberId, person)
      gather(runtime, phone, recordStatus(runtime, messageId, person, 'delivered'))
      if (runtime.world.whatsapp.messages.get(messageId)?.type === 'reaction') return
      if (phone.autoRead) gather(runtime, phone, recordStatus(runtime, messageId, person, 'read'))
      else chat.unread.push(messageId)
      runtime.bus.changed()
    })
  })
}

export function windowOpen(runtime: Runtime, chat: Chat): boolean {
  return chat.lastInboundAt !== undefined && runtime.clock.now() - chat.lastInboundAt < WINDOW_MS
}

/** Writes the status down and gives the update that tells about it. */
export function recordStatus(runtime: Runtime, id: string, person: Person, status: MessageStatus): Update[] {
  const message = runtime.world.whatsapp.messages.get(id)
  if (!message) return []
  message.status = status
  const priced = status === 'sent' || status === 'delivered'
  return [
    {
      kind: 'status',
      person,
      value: {
        ...statusOf(runtime, id, person, status, message.callbackData),
        ...(priced ? { pricing: pricingOf(message.category ?? 'service') } : {}),
      },
    },
  ]
}

function recordFailure(runtime: Runtime, id: string, person: Person, failure: Failure): Update[] {
  const message = runtime.world.whatsapp.messages.get(id)
  if (!message) return []
  const { code, title, details } = failure
  message.status = 'failed'
  message.error = { code, title, details }
  runtime.bus.changed()
  const error = {
    code,
    title,
    message: title,
    error_data: { details },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  }
  const value = { ...statusOf(runtime, id, person, 'failed', message.callbackData), errors: [error] }
  return [{ kind: 'status', person, value }]
}

function statusOf({ clock }: Runtime, id: string, person: Person, status: MessageStatus, callbackData?: string) {
  return {
    id,
    status,
    timestamp: clock.seconds(),
    ...(hidden(person) ? {} : { recipient_id: person.waId }),
    ...(person.userId ? { recipient_user_id: person.userId } : {}),
    ...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
  }
}

function pricingOf(category: string) {
  return category === 'service'
    ? { billable: false, pricing_model: 'PMP', type: 'free_customer_service', category }
    : { billable: true, pricing_model: 'PMP', type: 'regular', category }
}

const gathered = new WeakMap<Phone, Update[]>()

/** One POST per status, unless the phone batches. */
function gather({ courier }: Runtime, phone: Phone, updates: Update[]) {
  if (phone.batch <= 1) {
    postUpdates(courier, phone, updates)
    return
  }
  const waiting = gathered.get(phone)
  if (waiting) {
    waiting.push(...updates)
    return
  }
  const bucket = [...updates]
  gathered.set(phone, bucket)
  courier.later(GATHER_MS, () => {
    gathered.delete(phone)
    postUpdates(courier, phone, bucket)
  })
}
