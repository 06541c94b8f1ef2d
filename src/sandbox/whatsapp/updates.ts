import type { Courier } from '../courier.ts'
import { shuffled } from '../random.ts'
import type { Person, Phone } from './state.ts'

/** One message or status, with the person it is about. */
export type Update = { kind: 'message' | 'status'; person: Person; value: Record<string, unknown> }
export type Disorder = { batch?: number; duplicates?: number; shuffle?: boolean; seed?: number }

/** Meta allows this many updates in one POST. */
const MAX_BATCH = 1_000

/** Posts the updates to the phone's webhook, with the disorder asked for. */
export function postUpdates(courier: Courier, phone: Phone, updates: Update[], disorder: Disorder = {}) {
  if (updates.length === 0) return
  const seed = disorder.seed ?? phone.seed
  const shuffle = disorder.shuffle ?? phone.shuffle
  const size = Math.min(disorder.batch ?? phone.batch, MAX_BATCH)
  const ordered = shuffle ? shuffled(updates, seed) : updates
  const bodies: string[] = []
  for (let start = 0; start < ordered.length; start += size) {
    const body = bodyOf(phone, ordered.slice(start, start + size))
    for (let copy = 0; copy < (disorder.duplicates ?? phone.duplicates); copy++) bodies.push(body)
  }
  for (const body of shuffle ? shuffled(bodies, seed + 1) : bodies) postBody(courier, phone, body)
}

/** Signs and posts a body as it is. */
export function postBody(courier: Courier, phone: Phone, body: string) {
  const url = phone.overrideUrl ?? phone.webhookUrl
  if (!url || phone.subscribed === false) return
  courier.send({ vendor: 'whatsapp', url, secret: phone.appSecret, body })
}

/** Meta's JSON: non-ASCII as \uXXXX and slashes escaped, so that re-serialising it breaks the signature. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value).replace(/[/\u007f-\uffff]/g, char =>
    char === '/' ? '\\/' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function bodyOf(phone: Phone, updates: Update[]): string {
  const messages = updates.filter(update => update.kind === 'message')
  const statuses = updates.filter(update => update.kind === 'status')
  const changes = [
    ...(messages.length > 0 ? [change(phone, 'messages', messages)] : []),
    ...(statuses.length > 0 ? [change(phone, 'statuses', statuses)] : []),
  ]
  return metaJson({ object: 'whatsapp_business_account', entry: [{ id: phone.wabaId, changes }] })
}

function change(phone: Phone, key: 'messages' | 'statuses', updates: Update[]) {
  const contacts = new Map<Person, Record<string, unknown>>()
  for (const { person } of updates) {
    if (key === 'messages' || person.userId) contacts.set(person, contactOf(person))
  }
  return {
    value: {
      messaging_product: 'whatsapp',
      metadata: {
        display_phone_number: phone.displayPhoneNumber.replace(/\D/g, ''),
        phone_number_id: phone.phoneNumberId,
      },
      ...(contacts.size > 0 ? { contacts: [...contacts.values()] } : {}),
      [key]: updates.map(update => update.value),
    },
    field: 'messages',
  }
}

function contactOf(person: Person): Record<string, unknown> {
  return {
    profile: { name: person.name, ...(person.username ? { username: person.username } : {}) },
    ...(hidden(person) ? {} : { wa_id: person.waId }),
    ...(person.userId ? { user_id: person.userId } : {}),
  }
}

/** A number can only be hidden by somebody who has a BSUID. */
export function hidden(person: Person): boolean {
  return Boolean(person.hidesNumber && person.userId)
}
