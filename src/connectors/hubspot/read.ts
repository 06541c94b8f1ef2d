import type { RemoteRecord } from '../contract.ts'
import { BATCH_SIZE, chunks } from './batch.ts'
import { batchRead, type ObjectType } from './client.ts'
import type { HubSpotObject } from './schema.ts'
import { CONTACT_KEY, type HubSpotContext, TICKET_KEY } from './settings.ts'

const wanted: Record<ObjectType, string[]> = {
  contacts: [CONTACT_KEY, 'firstname', 'lastname', 'phone', 'email', 'hs_merged_object_ids'],
  tickets: [
    ...[TICKET_KEY, 'subject', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority', 'hubspot_owner_id'],
    'hs_merged_object_ids',
  ],
  communications: [
    ...['hs_communication_channel_type', 'hs_communication_logged_from', 'hs_timestamp', 'hs_communication_body'],
  ],
}

/** Live records by id, also by ids that a merge has taken away. Throws RemoteCallError. */
export async function readObjects(ctx: HubSpotContext, type: ObjectType, remoteIds: string[]): Promise<RemoteRecord[]> {
  const records = new Map<string, RemoteRecord>()
  // HubSpot's ids are numbers; another vendor's would make it refuse the whole batch.
  const ids = [...new Set(remoteIds)].filter(id => /^\d+$/.test(id))
  const names = wantedOf(ctx, type)
  for (const part of chunks(ids, BATCH_SIZE)) {
    for (const found of await batchRead(ctx, type, part, names)) records.set(found.id, toRecord(names, found))
  }
  return [...records.values()]
}

/** What is read of a record: what we need ourselves, and what the mapping names. */
export function wantedOf({ mapped }: HubSpotContext, type: ObjectType): string[] {
  const named = type === 'communications' ? [] : (mapped?.[type === 'contacts' ? 'contact' : 'ticket'] ?? [])
  return [...new Set([...wanted[type], ...named])]
}

/** A record as it was read with these names; what was not asked for is not in it. */
export function toRecord(names: string[], { id, properties, updatedAt }: HubSpotObject): RemoteRecord {
  const { hs_merged_object_ids: merged, ...values } = Object.fromEntries(
    names.map(name => [name, properties[name] ?? null]),
  )
  const aliases = (merged ?? '').split(';').filter(alias => alias !== '' && alias !== id)
  return { remoteId: id, values, version: updatedAt ?? null, ...(aliases.length > 0 ? { aliases } : {}) }
}
