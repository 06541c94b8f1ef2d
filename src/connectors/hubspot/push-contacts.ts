import type { PushItem, PushResult } from '../contract.ts'
import { adoptByPhone, adoptContacts } from './adopt-contacts.ts'
import { type Write, wasTaken, writeAll } from './batch.ts'
import { batchUpdate, batchUpsert, type UpsertInput } from './client.ts'
import { knownProperties, splitUpdates } from './properties.ts'
import { readUnheard } from './read-unheard.ts'
import { CONTACT_KEY, type HubSpotContext } from './settings.ts'

/**
 * Known contacts by id, only what changed; the others by `wa_id`, our unique property: as often as it is sent, it is one
 * contact. One whose push was never answered is read first, lest what people have written there meanwhile is lost.
 */
export async function pushContacts(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const { silent, updates } = splitUpdates(items.filter(({ remoteId }) => remoteId !== null))
  const unlinked = items.filter(({ remoteId }) => remoteId === null)
  const unheard = await readUnheard(
    ctx,
    'contacts',
    CONTACT_KEY,
    unlinked.filter(item => item.unheard),
  )
  const fresh = unlinked.filter(item => !item.unheard)
  const met = ctx.settings.findByPhone ? await adoptByPhone(ctx, fresh) : { results: [], strangers: fresh }
  const upserts = [...met.strangers, ...unheard.missing].map(upsertOf)
  const updated = await writeAll(updates, {
    purpose: 'update',
    send: inputs => batchUpdate(ctx, 'contacts', inputs),
  })
  const upserted = await writeAll(upserts, {
    purpose: 'create',
    key: CONTACT_KEY,
    send: inputs => batchUpsert(ctx, 'contacts', inputs),
  })
  const taken = new Set(upserted.filter(wasTaken).map(({ recordId }) => recordId))
  const kept = upserted.filter(({ recordId }) => !taken.has(recordId))
  const adopted = await adoptContacts(
    ctx,
    upserts.filter(({ item }) => taken.has(item.recordId)),
  )
  return [...silent, ...unheard.results, ...met.results, ...updated, ...kept, ...adopted]
}

function upsertOf(item: PushItem): Write<UpsertInput> {
  const properties = knownProperties(item)
  const id = properties[CONTACT_KEY] ?? ''
  return { item, input: { objectWriteTraceId: item.recordId, idProperty: CONTACT_KEY, id, properties } }
}
