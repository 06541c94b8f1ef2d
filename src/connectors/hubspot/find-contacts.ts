import { formsOf, isSpelling, nationalOf, spellingsOf } from '../../core/phone-spelling.ts'
import type { Found, Sought } from '../contract.ts'
import { BATCH_SIZE, chunks } from './batch.ts'
import { batchRead } from './client.ts'
import type { HubSpotObject } from './schema.ts'
import { type Filter, SEARCH_PAGE, search } from './search.ts'
import { CONTACT_KEY, type HubSpotContext } from './settings.ts'

/** What IN takes, and what of the 3,000 characters of a body each of two filters over the calculated properties may have. */
const MOST_VALUES = 100
const INDEXED_CHARACTERS = 1_350
/** Numbers of a query over what people wrote, with the spellings of each. */
const SPELLED_NUMBERS = 10

const PHONES = ['phone', 'mobilephone', 'hs_whatsapp_phone_number'] as const
const WANTED = [CONTACT_KEY, 'email', ...PHONES]

/**
 * The contacts there that are these people: by our key, else by e-mail, else by a number, however it is written. What a
 * search gives is looked at again here, since its index is approximate. Who has the key of somebody else is somebody else.
 * Two of one number are both given, for a person to choose. Throws RemoteCallError.
 */
export async function findContacts(ctx: HubSpotContext, sought: Sought[]): Promise<Found[]> {
  const byKey = await findBy(ctx, CONTACT_KEY, sought, ({ waKey }) => waKey)
  const unknown = without(sought, byKey)
  const byEmail = await findBy(ctx, 'email', unknown, ({ email }) => email?.toLowerCase() ?? '')
  const byIndex = await findByPhones(ctx, without(unknown, byEmail))
  const rest = without(unknown, [...byEmail, ...byIndex])
  const bySpelling = await findEach(ctx, byNumbers(rest, SPELLED_NUMBERS), digits =>
    PHONES.map(name => among(name, digits.flatMap(spellingsOf))),
  )
  return [...byKey, ...byEmail, ...byIndex, ...bySpelling]
}

/**
 * By what HubSpot itself made of the numbers: whatever stands between the digits, and whether or not the country does. Those
 * without one are passed over. Throws RemoteCallError.
 */
export function findByPhones(ctx: HubSpotContext, sought: Sought[]): Promise<Found[]> {
  return findEach(ctx, byNumbers(sought, MOST_VALUES, INDEXED_CHARACTERS), digits => {
    const national = [...new Set(digits.map(nationalOf))]
    return [
      among('hs_searchable_calculated_phone_number', national),
      among('hs_searchable_calculated_mobile_number', national),
    ]
  })
}

/** Through a unique property, which is never behind. */
async function findBy(
  ctx: HubSpotContext,
  property: typeof CONTACT_KEY | 'email',
  sought: Sought[],
  read: (sought: Sought) => string,
): Promise<Found[]> {
  const found: Found[] = []
  const asked = sought.filter(each => read(each) !== '')
  for (const part of chunks(asked, BATCH_SIZE)) {
    const values = [...new Set(part.map(read))]
    const records = await batchRead(ctx, 'contacts', values, WANTED, property)
    const byValue = new Map(records.map(record => [(record.properties[property] ?? '').toLowerCase(), record]))
    for (const each of part) {
      const record = byValue.get(read(each).toLowerCase())
      if (!record || !mayBe(record, each)) continue
      found.push({ recordId: each.recordId, remoteId: record.id, by: property === 'email' ? 'email' : 'key' })
    }
  }
  return found
}

async function findEach(
  ctx: HubSpotContext,
  parts: Sought[][],
  groupsFor: (digits: string[]) => Filter[][],
): Promise<Found[]> {
  const found: Found[] = []
  for (const part of parts) {
    const groups = groupsFor([...new Set(part.flatMap(numbersOf))])
    const { results } = await search(ctx, 'contacts', { groups, properties: WANTED, limit: SEARCH_PAGE })
    for (const each of part) {
      const numbers = numbersOf(each)
      for (const record of results) {
        if (!mayBe(record, each) || !hasNumber(record, numbers)) continue
        found.push({ recordId: each.recordId, remoteId: record.id, by: 'phone' })
      }
    }
  }
  return found
}

function among(propertyName: string, values: string[]): Filter[] {
  return [{ propertyName, operator: 'IN', values }]
}

function hasNumber({ properties }: HubSpotObject, numbers: string[]): boolean {
  return numbers.some(digits => PHONES.some(name => isSpelling(properties[name], digits)))
}

function mayBe({ properties }: HubSpotObject, { waKey }: Sought): boolean {
  const key = properties[CONTACT_KEY]
  return !key || key === waKey
}

function numbersOf({ phones }: Sought): string[] {
  const given = phones.map(phone => phone.replace(/\D/g, '')).filter(digits => digits !== '')
  return [...new Set(given.flatMap(formsOf))]
}

function without(sought: Sought[], found: Found[]): Sought[] {
  const known = new Set(found.map(({ recordId }) => recordId))
  return sought.filter(({ recordId }) => !known.has(recordId))
}

/** People with a number, a query's worth at a time. */
function byNumbers(sought: Sought[], most: number, characters = Number.POSITIVE_INFINITY): Sought[][] {
  const parts: Sought[][] = []
  let [count, length] = [0, 0]
  for (const each of sought) {
    const numbers = numbersOf(each).map(nationalOf)
    if (numbers.length === 0) continue
    // With its quotes and a comma.
    const size = numbers.reduce((sum, { length }) => sum + length + 3, 0)
    const isFull = count + numbers.length > most || length + size > characters
    if (parts.length === 0 || isFull) {
      parts.push([])
      count = 0
      length = 0
    }
    parts.at(-1)?.push(each)
    count += numbers.length
    length += size
  }
  return parts
}
