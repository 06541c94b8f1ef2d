import type { Failure } from '../../core/failure.ts'
import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { failed, type Write } from './collections.ts'
import { lostCall } from './failure.ts'
import { searchPhones } from './find-contacts.ts'
import { knownFields, objectOf } from './records.ts'
import type { SalesforceRecord } from './schema.ts'
import { CONTACT_KEY, type SalesforceContext } from './settings.ts'

export type KnownByPhone = { results: PushResult[]; writes: Write[]; strangers: PushItem[] }

/**
 * People who are there by their number, contacts or leads, get our key and what they lack; what people wrote there stays, and where
 * a policy has something to say of it nothing is written before it is heard. Where two
 * have the number nobody is chosen: a person must merge them there, or give one the key.
 */
export async function meetByPhone(ctx: SalesforceContext, items: PushItem[]): Promise<KnownByPhone> {
  const sought = items.map(item => {
    const { MobilePhone, Phone, [CONTACT_KEY]: waKey } = item.values
    const phones = [MobilePhone, Phone].flatMap(phone => phone ?? [])
    return { recordId: item.recordId, waKey: waKey ?? '', phones, email: null }
  })
  const known: KnownByPhone = { results: [], writes: [], strangers: [] }
  let met: Awaited<ReturnType<typeof searchPhones>>
  try {
    met = await searchPhones(ctx, sought, [...new Set(items.flatMap(({ values }) => Object.keys(values)))])
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return { ...known, results: items.map(item => failed(item, failure)) }
  }
  const taken = new Set<string>()
  for (const item of items) {
    const theirs = met.filter(({ recordId }) => recordId === item.recordId).map(({ record }) => record)
    const first = theirs.find(record => record[CONTACT_KEY]) ?? theirs[0]
    if (!first || taken.has(first.Id)) known.strangers.push(item)
    else if (theirs.length > 1 && !first[CONTACT_KEY]) known.results.push(failed(item, twoOfOneNumber(item, theirs)))
    else {
      taken.add(first.Id)
      const { recordId } = item
      if (item.readFirst) known.results.push({ recordId, kind: 'stored', remoteId: first.Id, version: null, met: true })
      else known.writes.push(whatLacks(ctx, first, item))
    }
  }
  return known
}

/** Who is there has a name, and one is not put together of two. */
const NAME = ['FirstName', 'LastName']

function whatLacks(ctx: SalesforceContext, record: SalesforceRecord, item: PushItem): Write {
  const type = objectOf(record.Id) === 'Lead' ? 'Lead' : 'Contact'
  const { notOnLeads } = ctx.settings
  const lacking = Object.entries(knownFields(ctx.settings, item)).filter(
    ([name]) => !record[name] && !NAME.includes(name) && !(type === 'Lead' && notOnLeads.includes(name)),
  )
  return { item, type, by: 'Id', fields: { Id: record.Id, ...Object.fromEntries(lacking) } }
}

function twoOfOneNumber({ values }: PushItem, theirs: SalesforceRecord[]): Failure {
  const ids = theirs.map(({ Id }) => Id).join(' and ')
  const message = `Salesforce has ${values.MobilePhone ?? values.Phone} on ${ids}: merge them there, or give one of them ${CONTACT_KEY} ${values[CONTACT_KEY]}`
  return { kind: 'rejected', code: 'DUPLICATES_DETECTED', field: 'MobilePhone', message }
}
