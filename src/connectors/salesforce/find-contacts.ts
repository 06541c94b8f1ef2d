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
  for (const part of byTerms(sought)) {
    const terms = [...new Set(part.flatMap(termsOf))].join(' OR ')
    const sosl = `FIND {${terms}} IN PHONE FIELDS RETURNING ${returning.join(', ')} LIMIT ${SEARCH_RESULTS}`
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
  const given = phones.map(phone => phone.replace(/\D/g, '')).filter(digits => digits !== '')
  return [...new Set(given.flatMap(formsOf))]
}

/** The index holds numbers as they were written, without what stands between the digits. */
function termsOf(sought: Sought): string[] {
  return numbersOf(sought).flatMap(digits => [digits, nationalOf(digits)])
}

function without(sought: Sought[], found: Found[]): Sought[] {
  const known = new Set(found.map(({ recordId }) => recordId))
  return sought.filter(({ recordId }) => !known.has(recordId))
}

/** People with a number, a search's worth at a time. */
function byTerms(sought: Sought[]): Sought[][] {
  const parts: Sought[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const each of sought) {
    const terms = termsOf(each)
    if (terms.length === 0) continue
    // Each with ` OR `.
    const size = terms.reduce((sum, term) => sum + term.length + 4, 0)
    if (length + size > SEARCH_CHARACTERS) {
      parts.push([])
      length = 0
    }
    parts.at(-1)?.push(each)
    length += size
  }
  return parts
}
