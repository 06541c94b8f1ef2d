import { formsOf, isSpelling, nationalOf } from '../../core/phone-spelling.ts'
import type { Found, Sought } from '../contract.ts'
import { demand, query } from './client.ts'
import { QUERY_VALUES } from './read.ts'
import { type SalesforceRecord, searchAnswer } from './schema.ts'
import { CONTACT_KEY, type SalesforceContext } from './settings.ts'
import { among, chunks, named, select } from './soql.ts'

/**
 * A longer search finds nothing. From 4,000 on its operators are dropped and any of the words will do, which is what ours say
 * anyway. https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_syntax.htm
 */
const SEARCH_CHARACTERS = 10_000
const SEARCH_RESULTS = 2_000

const PHONES = ['Phone', 'MobilePhone'] as const
const WANTED = ['Id', CONTACT_KEY, 'Email', ...PHONES]
const LIVE = { Contact: '', Lead: 'IsConverted = false' } as const

/**
 * The people there who are these: by our key, else by e-mail, else by a number, however it is written. A contact goes before a lead;
 * two contacts of one number are both given, for a person to choose. Throws RemoteCallError.
 */
export async function findContacts(ctx: SalesforceContext, sought: Sought[]): Promise<Found[]> {
  const byKey = await findBy(ctx, CONTACT_KEY, sought, ({ waKey }) => waKey)
  const unknown = without(sought, byKey)
  const byEmail = await findBy(ctx, 'Email', unknown, ({ email }) => email?.toLowerCase() ?? '')
  const byPhone = await searchPhones(ctx, without(unknown, byEmail), [])
  return [
    ...[...byKey, ...byEmail],
    ...byPhone.map(({ recordId, record }) => ({ recordId, remoteId: record.Id, by: 'phone' as const })),
  ]
}

export type Met = { recordId: string; record: SalesforceRecord }

/**
 * People who have one of the numbers of these, with the fields that are named. What the search gives is looked at again, since it goes
 * by parts of numbers too; who has the key of somebody else is somebody else. Throws RemoteCallError.
 */
export async function searchPhones(ctx: SalesforceContext, sought: Sought[], fields: string[]): Promise<Met[]> {
  const met: Met[] = []
  const names = [...new Set([...WANTED, ...fields])].map(named)
  const returning = Object.entries(LIVE).map(([type, where]) => {
    const own = type === 'Lead' ? names.filter(name => !ctx.settings.notOnLeads.includes(name)) : names
    return `${type}(${own.join(', ')}${where ? ` WHERE ${where}` : ''})`
  })
  for (const part of bySearch(sought)) {
    const sosl = `FIND {${searchOf(part)}} IN PHONE FIELDS RETURNING ${returning.join(', ')} LIMIT ${SEARCH_RESULTS}`
    const path = `/search?q=${encodeURIComponent(sosl)}`
    const answer = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: searchAnswer })
    for (const each of part) {
      const numbers = numbersOf(each)
      const theirs = answer.searchRecords.filter(record => mayBe(record, each) && hasNumber(record, numbers))
      const contacts = theirs.filter(({ attributes }) => attributes.type === 'Contact')
      for (const record of contacts.length > 0 ? contacts : theirs) met.push({ recordId: each.recordId, record })
    }
  }
  return met
}

/** By a field that is indexed; of a contact and a lead with the same the contact. */
async function findBy(
  ctx: SalesforceContext,
  field: typeof CONTACT_KEY | 'Email',
  sought: Sought[],
  read: (sought: Sought) => string,
): Promise<Found[]> {
  const found: Found[] = []
  const asked = sought.filter(each => read(each) !== '')
  for (const part of chunks(asked, QUERY_VALUES)) {
    const byValue = new Map<string, SalesforceRecord[]>()
    for (const [type, live] of Object.entries(LIVE)) {
      const left = part.filter(each => !byValue.has(read(each)))
      if (left.length === 0) continue
      const where = [among(field, left.map(read)), ...(live ? [live] : [])].join(' AND ')
      const { records } = await query(ctx, `${select(WANTED, type)} WHERE ${where}`)
      for (const record of records as SalesforceRecord[]) {
        const value = String(record[field] ?? '').toLowerCase()
        byValue.set(value, [...(byValue.get(value) ?? []), record])
      }
    }
    for (const each of part) {
      const theirs = (byValue.get(read(each).toLowerCase()) ?? []).filter(record => mayBe(record, each))
      for (const { Id } of theirs) {
        found.push({ recordId: each.recordId, remoteId: Id, by: field === 'Email' ? 'email' : 'key' })
      }
    }
  }
  return found
}

function hasNumber(record: SalesforceRecord, numbers: string[]): boolean {
  return numbers.some(digits => PHONES.some(name => isSpelling(textOf(record[name]), digits)))
}

function mayBe(record: SalesforceRecord, { waKey }: Sought): boolean {
  const key = textOf(record[CONTACT_KEY])
  return !key || key === waKey
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function numbersOf({ phones }: Sought): string[] {
  return [...new Set(digitsOf(phones).flatMap(formsOf))]
}

function digitsOf(phones: string[]): string[] {
  return phones.map(phone => phone.replace(/\D/g, '')).filter(digits => digits !== '')
}

/** Every spelling, where that is no longer than a search may be; else one pattern for the spellings of a number. */
function searchOf(part: Sought[]): string {
  const exact = joined(part.flatMap(spellingsOf).flat())
  return exact.length <= SEARCH_CHARACTERS ? exact : joined(part.flatMap(patternsOf))
}

function joined(terms: string[]): string {
  return [...new Set(terms)].join(' OR ')
}

/**
 * How the numbers of somebody may be written there: whole, and as at home. The index holds numbers as they were written, without
 * what stands between the digits. The digit that Mexico and Argentina add for mobiles is for callers from abroad only.
 */
function spellingsOf({ phones }: Sought): string[][] {
  return digitsOf(phones).flatMap(digits => {
    const whole = formsOf(digits)
    const home = whole.map(nationalOf)
    return [whole, home.filter(form => !home.some(other => other !== form && form.endsWith(other)))]
  })
}

/** `52*5512345678` for 525512345678 and 5215512345678: an asterisk is any characters, also none. */
function patternsOf(sought: Sought): string[] {
  return spellingsOf(sought).map(([one = '', other]) => {
    if (other === undefined) return one
    const [long, short] = one.length > other.length ? [one, other] : [other, one]
    const begin = [...long].findIndex((digit, nth) => digit !== short[nth])
    return `${short.slice(0, begin)}*${short.slice(begin)}`
  })
}

function without(sought: Sought[], found: Found[]): Sought[] {
  const known = new Set(found.map(({ recordId }) => recordId))
  return sought.filter(({ recordId }) => !known.has(recordId))
}

/** People with a number, a search's worth at a time. */
function bySearch(sought: Sought[]): Sought[][] {
  const parts: Sought[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const each of sought) {
    const patterns = patternsOf(each)
    if (patterns.length === 0) continue
    const size = ' OR '.length + joined(patterns).length
    if (length + size > SEARCH_CHARACTERS) {
      parts.push([])
      length = 0
    }
    parts.at(-1)?.push(each)
    length += size
  }
  return parts
}
