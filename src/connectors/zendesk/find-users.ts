import { formsOf, isSpelling, nationalOf } from '../../core/phone-spelling.ts'
import type { Found, Sought } from '../contract.ts'
import { read } from './client.ts'
import { chunks } from './jobs.ts'
import { type User, usersAnswer } from './schema.ts'
import { CONTACT_KEY, userKey, type ZendeskContext } from './settings.ts'
import { userValues } from './values.ts'

/** Ids or keys of a call. */
export const LOOK_UP = 100
/** Numbers or addresses of a query, which is part of the address: some 3,500 characters. */
const TERMS = 150
const PAGE = 100

/**
 * The users there who are these people: by our key, else by e-mail, else by a number, however it is written. What a search
 * gives is looked at again here, since its index is approximate and minutes behind. Two of one number are both given, for a
 * person to choose. Throws RemoteCallError.
 */
export async function findUsers(ctx: ZendeskContext, sought: Sought[]): Promise<Found[]> {
  const byKey = await findByKey(ctx, sought)
  const unknown = without(sought, byKey)
  const byEmail = (await findByEmail(ctx, unknown)).map(({ recordId, user }) => found(recordId, user, 'email'))
  const byPhone = await findByPhone(ctx, without(unknown, byEmail))
  return [...byKey, ...byEmail, ...byPhone.map(({ recordId, user }) => found(recordId, user, 'phone'))]
}

/** A user, and whose they are. */
export type Met = { recordId: string; user: User }

/** Those that we made, by the key that they were made with. Throws RemoteCallError. */
export async function readByKey(ctx: ZendeskContext, waKeys: string[]): Promise<Map<string, User>> {
  const users = new Map<string, User>()
  for (const part of chunks([...new Set(waKeys)], LOOK_UP)) {
    const query = { external_ids: part.map(userKey).join(',') }
    const answer = await read(ctx, 'users/show_many', usersAnswer, query)
    const byKey = new Map(answer.users.map(user => [user.external_id, user]))
    for (const waKey of part) {
      const user = byKey.get(userKey(waKey))
      if (user?.active) users.set(waKey, user)
    }
  }
  return users
}

/** Throws RemoteCallError. */
export async function findByPhone(ctx: ZendeskContext, sought: Sought[]): Promise<Met[]> {
  const met: Met[] = []
  for (const part of byTerms(sought, each => numbersOf(each).map(nationalOf))) {
    const terms = [...new Set(part.flatMap(numbersOf).map(nationalOf))].map(phoneTerm)
    const users = await search(ctx, terms)
    for (const each of part) {
      const numbers = numbersOf(each)
      for (const user of users) {
        if (mayBe(user, each) && numbers.some(digits => user.phones.some(phone => isSpelling(phone, digits))))
          met.push({ recordId: each.recordId, user })
      }
    }
  }
  return met
}

/** Throws RemoteCallError. */
export async function findByEmail(ctx: ZendeskContext, sought: Sought[]): Promise<Met[]> {
  const met: Met[] = []
  for (const part of byTerms(sought, ({ email }) => (email ? [email] : []))) {
    const users = await search(
      ctx,
      part.map(({ email }) => emailTerm(email ?? '')),
    )
    for (const each of part) {
      const user = users.find(({ email }) => email?.toLowerCase() === each.email?.toLowerCase())
      if (user && mayBe(user, each)) met.push({ recordId: each.recordId, user })
    }
  }
  return met
}

/** Whoever has this address or number, among their others. Throws RemoteCallError. */
export async function usersWith(ctx: ZendeskContext, { email, phone }: Pick<User, 'email' | 'phone'>): Promise<User[]> {
  const byEmail = email ? await search(ctx, [emailTerm(email)]) : []
  if (byEmail.length > 0 || !phone) return byEmail.filter(user => user.email?.toLowerCase() === email?.toLowerCase())
  const digits = phone.replace(/\D/g, '')
  const byPhone = await search(ctx, [phoneTerm(nationalOf(digits))])
  return byPhone.filter(({ phones }) => phones.some(each => isSpelling(each, digits)))
}

async function findByKey(ctx: ZendeskContext, sought: Sought[]): Promise<Found[]> {
  const users = await readByKey(
    ctx,
    sought.map(({ waKey }) => waKey),
  )
  return sought.flatMap(({ recordId, waKey }) => {
    const user = users.get(waKey)
    return user ? [found(recordId, user, 'key')] : []
  })
}

const phoneTerm = (national: string) => `phone:*${national}`
const emailTerm = (email: string) => `email:"${email.replaceAll('"', '')}"`

/** Terms of one property are alternatives. Who was merged has several numbers. */
async function search(ctx: ZendeskContext, terms: string[]): Promise<(User & { phones: string[] })[]> {
  const query = { query: ['role:end-user', ...terms].join(' '), include: 'identities', per_page: String(PAGE) }
  const users: User[] = []
  const identities: { user_id: string; type: string; value: string | null }[] = []
  for (let page = 1; ; page++) {
    const answer = await read(ctx, 'users/search', usersAnswer, {
      ...query,
      ...(page > 1 ? { page: String(page) } : {}),
    })
    users.push(...answer.users)
    identities.push(...answer.identities)
    if (answer.users.length < PAGE) break
  }
  return users
    .filter(({ active }) => active)
    .map(user => {
      const mine = identities.filter(each => each.user_id === user.id && each.type === 'phone_number')
      return { ...user, phones: [user.phone, ...mine.map(({ value }) => value)].filter(phone => phone !== null) }
    })
}

/** Who has the key of somebody else is somebody else. */
function mayBe(user: User, { waKey }: Sought): boolean {
  const key = userValues(user)[CONTACT_KEY]
  return !key || key === waKey
}

function numbersOf({ phones }: Sought): string[] {
  const given = phones.map(phone => phone.replace(/\D/g, '')).filter(digits => digits !== '')
  return [...new Set(given.flatMap(formsOf))]
}

function found(recordId: string, { id: remoteId }: User, by: Found['by']): Found {
  return { recordId, remoteId, by }
}

function without(sought: Sought[], known: Found[]): Sought[] {
  const ids = new Set(known.map(({ recordId }) => recordId))
  return sought.filter(({ recordId }) => !ids.has(recordId))
}

/** People with a number or an address, a query's worth at a time. */
function byTerms(sought: Sought[], termsOf: (each: Sought) => string[]): Sought[][] {
  const parts: Sought[][] = []
  let count = 0
  for (const each of sought) {
    const { length } = termsOf(each)
    if (length === 0) continue
    if (parts.length === 0 || count + length > TERMS) {
      parts.push([])
      count = 0
    }
    parts.at(-1)?.push(each)
    count += length
  }
  return parts
}
