/**
 * What was said before the number was connected, in the three shapes of the field `history`: threads of messages in both
 * directions, a word that there is none, and files of the last two weeks, which follow under the ids of their placeholders.
 */
import { eventOf } from './events.ts'
import type { Change, NormalizedItem } from './items.ts'
import { asList, asObject, isObject, type Loose, string } from './loose.ts'
import { type Manner, readEcho, readMessage } from './message.ts'
import * as people from './people.ts'

export function readHistory(change: Change): NormalizedItem[] {
  const { value, place } = change
  const manner: Manner = { via: 'history', profiles: people.readProfiles(value.contacts) }
  return [
    ...asList(value.history).flatMap((chunk, n) => readChunk(change, `${place}.value.history.${n}`, chunk)),
    ...asList(value.messages).map((message, n) => readMessage(change, `${place}.value.messages.${n}`, message, manner)),
    ...asList(value.message_echoes).map((echo, n) =>
      readEcho(change, `${place}.value.message_echoes.${n}`, echo, manner),
    ),
  ]
}

function readChunk(change: Change, place: string, value: unknown): NormalizedItem[] {
  if (!isObject(value))
    return [{ kind: 'broken', place, cause: 'Not a piece of history: an object expected', item: value }]
  const problems = asList(value.errors).map((problem, n) =>
    eventOf(change, `${place}.errors.${n}`, `error ${string(asObject(problem).code)}`, asObject(problem)),
  )
  const threads = asList(value.threads).flatMap((thread, n) => readThread(change, `${place}.threads.${n}`, thread))
  // How far the import got: the last of its pieces says 100.
  const progress = isObject(value.metadata) ? [eventOf(change, place, 'progress', value.metadata)] : []
  return [...problems, ...threads, ...progress]
}

/** A thread is one customer's: what it says of them holds for the messages of both directions. */
function readThread(change: Change, place: string, value: unknown): NormalizedItem[] {
  const thread = asObject(value)
  const customer = people.personOf(thread.id, undefined)
  const context = asObject(thread.context)
  const username = people.usernameOf(context)
  const messages = asList(thread.messages)
  return messages.map((given, n) => {
    const at = `${place}.messages.${n}`
    const manner: Manner = { via: 'history', profiles: [{ sender: customer, name: null, username }] }
    const message = asObject(given)
    if (!isWrittenByUs(change, message, customer.waId)) return readMessage(change, at, given, manner)
    // On what the business wrote, `from_user_id` is the customer's all the same.
    const userId = string(message.to_user_id) || string(message.from_user_id)
    return readEcho(change, at, { ...message, to: string(message.to) || string(thread.id), to_user_id: userId }, manner)
  })
}

function isWrittenByUs(change: Change, message: Loose, thread: string | null): boolean {
  const { waId } = people.personOf(message.from, undefined)
  if (people.sameNumber(waId, change.ownNumber)) return true
  return change.ownNumber === null && waId !== null && thread !== null && !people.sameNumber(waId, thread)
}
