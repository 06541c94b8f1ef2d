/** What the phone of the business hands over once it is asked: its address book and its conversations. */
import type { Runtime } from '../runtime.ts'
import type { Phone } from './state.ts'
import { metaJson, postBody } from './updates.ts'

export function postContacts({ world, courier, clock }: Runtime, phone: Phone) {
  const state_sync = [...world.whatsapp.people.values()].map(({ name, waId }) => ({
    ...{ type: 'contact', action: 'add', metadata: { timestamp: clock.seconds() } },
    contact: { full_name: name, first_name: name.split(' ')[0], phone_number: waId },
  }))
  post(courier, phone, 'smb_app_state_sync', { state_sync })
}

/** All of it in one piece, as old as it is. */
export function postHistory({ world, courier }: Runtime, phone: Phone) {
  const { chats, messages, people } = world.whatsapp
  const threads = [...chats.values()].flatMap(({ phoneNumberId, person, messageIds }) => {
    const customer = people.get(person)?.waId ?? person
    if (phoneNumberId !== phone.phoneNumberId) return []
    const said = messageIds.flatMap(id => messages.get(id) ?? [])
    return [{ id: customer, messages: said.map(message => toHistory(message, customer)) }]
  })
  post(courier, phone, 'history', { history: [{ metadata: { phase: 0, chunk_order: 1, progress: 100 }, threads }] })

  function toHistory(
    { id, direction, text, at }: { id: string; direction: string; text: string; at: number },
    customer: string,
  ) {
    return {
      from: direction === 'in' ? customer : digits(phone.displayPhoneNumber),
      ...{ id, timestamp: String(Math.floor(at / 1000)), type: 'text', text: { body: text } },
      history_context: { status: direction === 'in' ? 'READ' : 'DELIVERED' },
    }
  }
}

function post(courier: Runtime['courier'], phone: Phone, field: string, value: object) {
  const metadata = { display_phone_number: digits(phone.displayPhoneNumber), phone_number_id: phone.phoneNumberId }
  const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } }
  const body = { object: 'whatsapp_business_account', entry: [{ id: phone.wabaId, changes: [change] }] }
  postBody(courier, phone, metaJson(body))
}

function digits(number: string): string {
  return number.replace(/\D/g, '')
}
