/** Who a webhook speaks of: ids in the item itself, names in `contacts[]` beside it, which may name somebody else. */
import type { Sender } from '../../core/identity.ts'
import { canonicalWaId } from '../../core/identity.ts'
import { asList, asObject, isObject, type Loose, string } from './loose.ts'

export type Profile = { sender: Sender; name: string | null; username: string | null }

const NOBODY: Sender = { waId: null, userId: null, parentUserId: null }

/** A person by their ids. A business-scoped id may stand where the number should. */
export function personOf(number: unknown, userId: unknown, parentUserId?: unknown): Sender {
  const given = string(number)
  const digits = given.replace(/^\+/, '')
  const isNumber = /^\d+$/.test(digits)
  return {
    waId: isNumber ? digits : null,
    userId: string(userId) || (isNumber ? null : given || null),
    parentUserId: string(parentUserId) || null,
  }
}

/** The customer who wrote a message. */
export function senderOf(message: Loose): Sender {
  return personOf(message.from, message.from_user_id, message.from_parent_user_id)
}

/** The customer whom the business wrote to. */
export function recipientOf(message: Loose): Sender {
  return personOf(message.to, message.to_user_id, message.to_parent_user_id)
}

export function isSomebody({ waId, userId, parentUserId }: Sender): boolean {
  return Boolean(waId || userId || parentUserId)
}

/** Where one of two says nothing, the other does. */
export function orElse(sender: Sender, other: Sender): Sender {
  return isSomebody(sender) ? sender : other
}

/** News of changed ids may name the person by the old ones, inside only. */
export function formerOf(message: Loose): Sender {
  const system = asObject(message.system)
  return personOf(undefined, system.previous_user_id, system.previous_parent_user_id)
}

/**
 * Further ids of the sender that a message proves: the new ones of who changed them, and the number of who was asked
 * for it and shared it. Any other card is somebody else's.
 */
export function alsoKnownAs(message: Loose): Sender | null {
  const system = asObject(message.system)
  const proved = ['user_changed_number', 'user_changed_user_id'].includes(string(system.type))
    ? personOf(system.wa_id || system.new_wa_id, system.user_id, system.parent_user_id)
    : sharedNumber(message)
  return isSomebody(proved) ? proved : null
}

function sharedNumber(message: Loose): Sender {
  const card = asList(message.contacts).find(item => asObject(item).origin === 'contact_request')
  const phone = asObject(asList(asObject(card).phones)[0])
  const digits = (string(phone.wa_id) || string(phone.phone)).replace(/\D/g, '')
  return digits ? { ...NOBODY, waId: digits } : NOBODY
}

export function readProfiles(value: unknown): Profile[] {
  return asList(value)
    .filter(isObject)
    .map(owner => {
      const profile = asObject(owner.profile)
      const name = string(profile.name) || null
      const sender = personOf(owner.wa_id, owner.user_id, owner.parent_user_id)
      return { sender, name, username: usernameOf(profile) }
    })
}

/** With or without `@`, as it comes. */
export function usernameOf(profile: Loose): string | null {
  return string(profile.username).replace(/^@/, '') || null
}

/** Their own profile, else the only one there is. */
export function profileOf({ waId, userId }: Sender, profiles: Profile[]): Profile | undefined {
  const own = profiles.find(({ sender }) => (waId && sender.waId === waId) || (userId && sender.userId === userId))
  return own ?? (profiles.length === 1 ? profiles[0] : undefined)
}

/** Whether two spellings are the same number. */
export function sameNumber(a: string | null, b: string | null): boolean {
  return Boolean(a && b) && canonicalWaId(a ?? '') === canonicalWaId(b ?? '')
}
