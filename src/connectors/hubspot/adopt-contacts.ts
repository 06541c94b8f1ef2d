import type { Failure } from '../../core/failure.ts'
import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { BATCH_SIZE, chunks, failed, met, type Write, writeAll } from './batch.ts'
import { batchRead, batchUpdate, type Properties, type UpdateInput, type UpsertInput } from './client.ts'
import { CONFLICT, lostCall } from './failure.ts'
import { findByPhones } from './find-contacts.ts'
import { knownProperties } from './properties.ts'
import type { HubSpotObject } from './schema.ts'
import { CONTACT_KEY, type HubSpotContext } from './settings.ts'

/**
 * E-mail is HubSpot's own identity: a contact that has ours is the person, met before we knew the number. It gets our
 * key and what it lacks; what people wrote there stays. With another key it is somebody else. One that is to be read first is
 * only named.
 */
export async function adoptContacts(ctx: HubSpotContext, writes: Write<UpsertInput>[]): Promise<PushResult[]> {
  const results: PushResult[] = []
  const updates: Write<UpdateInput>[] = []
  const adopted = new Set<string>()
  for (const part of chunks(writes, BATCH_SIZE)) {
    let owners: Map<string, HubSpotObject>
    try {
      owners = await readByEmail(ctx, part)
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      const failure = lostCall(error.failure, 'read')
      results.push(...part.map(({ item }) => failed(item, failure)))
      continue
    }
    for (const write of part) {
      const owner = owners.get(emailOf(write))
      if (owner && !owner.properties[CONTACT_KEY] && !adopted.has(owner.id)) {
        adopted.add(owner.id)
        if (write.item.readFirst) results.push(met(write.item.recordId, owner.id))
        else updates.push(whatLacks(owner, write))
      } else results.push(failed(write.item, emailTaken(write.input.properties.email, owner)))
    }
  }
  const updated = await writeAll(updates, { purpose: 'update', send: inputs => batchUpdate(ctx, 'contacts', inputs) })
  return [...results, ...updated]
}

export type KnownByPhone = { results: PushResult[]; strangers: PushItem[] }

/**
 * People who are there by their number and have no key of ours yet get it, and what they lack. Where two have the number
 * nobody is chosen: a person must merge them there, or give one the key.
 */
export async function adoptByPhone(ctx: HubSpotContext, items: PushItem[]): Promise<KnownByPhone> {
  const sought = items.map(item => ({
    ...{ recordId: item.recordId, waKey: item.values[CONTACT_KEY] ?? '', email: null },
    phones: item.values.phone ? [item.values.phone] : [],
  }))
  const known: KnownByPhone = { results: [], strangers: [] }
  const updates: Write<UpdateInput>[] = []
  try {
    const found = await findByPhones(ctx, sought)
    const ids = [...new Set(found.map(({ remoteId }) => remoteId))]
    const names = [...new Set(items.flatMap(({ values }) => Object.keys(values)))]
    const owners = new Map<string, HubSpotObject>()
    for (const part of chunks(ids, BATCH_SIZE)) {
      for (const owner of await batchRead(ctx, 'contacts', part, names)) owners.set(owner.id, owner)
    }
    const taken = new Set<string>()
    for (const item of items) {
      const mine = found.filter(({ recordId }) => recordId === item.recordId)
      const [first, second] = mine.flatMap(({ remoteId }) => owners.get(remoteId) ?? [])
      // One that has our key already is found by it.
      if (!first || first.properties[CONTACT_KEY] || taken.has(first.id)) known.strangers.push(item)
      else if (second) known.results.push(failed(item, twoOfOneNumber(item, [first.id, second.id])))
      else {
        taken.add(first.id)
        if (item.readFirst) known.results.push(met(item.recordId, first.id))
        else updates.push(whatLacks(first, { item, input: { properties: knownProperties(item) } }))
      }
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = ofSearch(lostCall(error.failure, 'read'))
    return { results: items.map(item => failed(item, failure)), strangers: [] }
  }
  const updated = await writeAll(updates, { purpose: 'update', send: inputs => batchUpdate(ctx, 'contacts', inputs) })
  return { ...known, results: [...known.results, ...updated] }
}

/** Searches have a limit of their own, five a second: the connection's other calls need not wait. */
function ofSearch(failure: Failure): Failure {
  if (failure.kind !== 'retry after') return failure
  const { status: _, ...rest } = failure
  return rest
}

function twoOfOneNumber({ values }: PushItem, ids: string[]): Failure {
  const message = `HubSpot has ${values.phone} on contacts ${ids.join(' and ')}: merge them there, or give one of them ${CONTACT_KEY} ${values[CONTACT_KEY]}`
  return { kind: 'rejected', code: CONFLICT, field: 'phone', message }
}

async function readByEmail(ctx: HubSpotContext, writes: Write<UpsertInput>[]): Promise<Map<string, HubSpotObject>> {
  const emails = [...new Set(writes.map(emailOf))].filter(email => email !== '')
  if (emails.length === 0) return new Map()
  const names = [...new Set(writes.flatMap(({ input }) => Object.keys(input.properties)))]
  const found = await batchRead(ctx, 'contacts', emails, names, 'email')
  return new Map(found.map(owner => [owner.properties.email?.toLowerCase() ?? '', owner]))
}

function emailOf({ input }: Write<UpsertInput>): string {
  return input.properties.email?.toLowerCase() ?? ''
}

function whatLacks(
  { id, properties: theirs }: HubSpotObject,
  { item, input }: { item: PushItem; input: { properties: Properties } },
): Write<UpdateInput> {
  const lacking = Object.entries(input.properties).filter(([name]) => !theirs[name])
  return { item, input: { objectWriteTraceId: item.recordId, id, properties: Object.fromEntries(lacking) } }
}

function emailTaken(email: string | undefined, theirs: HubSpotObject | undefined): Failure {
  const whose = theirs ? `contact ${theirs.id}, which has another WhatsApp number` : 'another contact'
  const message = `HubSpot has ${email ?? 'a unique value of this contact'} on ${whose}`
  return { kind: 'rejected', code: CONFLICT, ...(email ? { field: 'email' } : {}), message }
}
