import type { PushItem, PushResult } from '../contract.ts'
import { stored, type Write, writeAll } from './batch.ts'
import { batchUpdate, batchUpsert, type Properties, type UpdateInput, type UpsertInput } from './client.ts'
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
  return [...silent, ...updated, ...upserted]
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
