import type { Failure } from '../../core/failure.ts'
import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { BATCH_SIZE, chunks, failed, stored, type Write, writeAll } from './batch.ts'
import { batchRead, batchUpdate, batchUpsert, type Properties, type UpdateInput, type UpsertInput } from './client.ts'
import { CONFLICT, isConflict, lostCall } from './failure.ts'
import type { HubSpotObject } from './schema.ts'
import { CONTACT_KEY, type HubSpotContext } from './settings.ts'

/**
 * Known contacts by id, only what changed; the others by `wa_id`, our unique property: as often as it is sent, it is one
 * contact, so an uncertain push needs no reading back.
 */
export async function pushContacts(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const { silent, updates } = splitUpdates(items.filter(({ remoteId }) => remoteId !== null))
  const upserts = items.filter(({ remoteId }) => remoteId === null).map(upsertOf)
  const updated = await writeAll(updates, { purpose: 'update', send: inputs => batchUpdate(ctx, 'contacts', inputs) })
  const upserted = await writeAll(upserts, {
    purpose: 'upsert',
    key: CONTACT_KEY,
    send: inputs => batchUpsert(ctx, 'contacts', inputs),
  })
  const taken = new Set(upserted.filter(wasTaken).map(({ recordId }) => recordId))
  const kept = upserted.filter(({ recordId }) => !taken.has(recordId))
  const adopted = await adopt(
    ctx,
    upserts.filter(({ item }) => taken.has(item.recordId)),
  )
  return [...silent, ...updated, ...kept, ...adopted]
}

/** Whether a record was refused because a unique value of it is another's. */
export function wasTaken(result: PushResult): boolean {
  return result.kind === 'failed' && isConflict(result.failure)
}

/** Linked items as updates, and those that have nothing to say as done. */
export function splitUpdates(items: PushItem[]): { silent: PushResult[]; updates: Write<UpdateInput>[] } {
  const silent: PushResult[] = []
  const updates: Write<UpdateInput>[] = []
  for (const item of items) {
    const properties = changedProperties(item)
    if (item.remoteId === null) continue
    if (Object.keys(properties).length === 0) silent.push(stored(item, { id: item.remoteId, updatedAt: null }))
    else updates.push({ item, input: { objectWriteTraceId: item.recordId, id: item.remoteId, properties } })
  }
  return { silent, updates }
}

/** What changed, and '' for what was emptied. */
export function changedProperties({ values, changed }: PushItem): Properties {
  return Object.fromEntries(changed.filter(name => name in values).map(name => [name, values[name] ?? '']))
}

/** For a record that may be new: everything we know, and nothing empty. */
export function knownProperties({ values }: PushItem): Properties {
  const known: Properties = {}
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== '') known[name] = value
  return known
}

function upsertOf(item: PushItem): Write<UpsertInput> {
  const properties = knownProperties(item)
  const id = properties[CONTACT_KEY] ?? ''
  return { item, input: { objectWriteTraceId: item.recordId, idProperty: CONTACT_KEY, id, properties } }
}

/**
 * E-mail is HubSpot's own identity: a contact that has ours is the person, met before we knew the number. It gets our
 * key and what it lacks; what people wrote there stays. With another key it is somebody else.
 */
async function adopt(ctx: HubSpotContext, writes: Write<UpsertInput>[]): Promise<PushResult[]> {
  const results: PushResult[] = []
  const updates: Write<UpdateInput>[] = []
  const names = [...new Set(writes.flatMap(({ input }) => Object.keys(input.properties)))]
  for (const part of chunks(writes, BATCH_SIZE)) {
    const emails = part.flatMap(({ input }) => input.properties.email ?? [])
    let found: HubSpotObject[]
    try {
      found = emails.length === 0 ? [] : await batchRead(ctx, 'contacts', emails, names, 'email')
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      const { failure } = error
      results.push(...part.map(({ item }) => failed(item, lostCall(failure, 'read'))))
      continue
    }
    for (const { item, input } of part) {
      const theirs = found.find(
        ({ properties }) => properties.email?.toLowerCase() === input.properties.email?.toLowerCase(),
      )
      if (!theirs || theirs.properties[CONTACT_KEY])
        results.push(failed(item, emailTaken(input.properties.email, theirs)))
      else {
        const lacking = Object.entries(input.properties).filter(([name]) => !theirs.properties[name])
        updates.push({
          item,
          input: { objectWriteTraceId: item.recordId, id: theirs.id, properties: Object.fromEntries(lacking) },
        })
      }
    }
  }
  const updated = await writeAll(updates, { purpose: 'update', send: inputs => batchUpdate(ctx, 'contacts', inputs) })
  return [...results, ...updated]
}

function emailTaken(email: string | undefined, theirs: HubSpotObject | undefined): Failure {
  const whose = theirs ? `contact ${theirs.id}, which has another WhatsApp number` : 'another contact'
  const message = `HubSpot has ${email ?? 'a unique value of this contact'} on ${whose}`
  return { kind: 'rejected', code: CONFLICT, ...(email ? { field: 'email' } : {}), message }
}
