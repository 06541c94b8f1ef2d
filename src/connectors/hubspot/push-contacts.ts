import type { PushItem, PushResult } from '../contract.ts'
import { adoptByPhone, adoptContacts } from './adopt-contacts.ts'
import { met, type Write, wasTaken, writeAll } from './batch.ts'
import { batchUpdate, batchUpsert, type UpsertInput } from './client.ts'
import { knownProperties, splitUpdates } from './properties.ts'
import { readUnheard } from './read-unheard.ts'
import { CONTACT_KEY, type HubSpotContext } from './settings.ts'

/**
 * Known contacts by id, only what changed; the others by `wa_id`, our unique property: as often as it is sent, it is one
 * contact. One whose push was never answered is read first, lest what people have written there meanwhile is lost; and one of
 * which a policy bids it.
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
  const keyed = await readUnheard(
    ctx,
    'contacts',
    CONTACT_KEY,
    fresh.filter(item => item.readFirst),
  )
  const unkeyed = [...fresh.filter(item => !item.readFirst), ...keyed.missing]
  const known = ctx.settings.findByPhone ? await adoptByPhone(ctx, unkeyed) : { results: [], strangers: unkeyed }
  const upserts = [...known.strangers, ...unheard.missing].map(upsertOf)
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
  return [...silent, ...unheard.results, ...keyed.results.map(asMet), ...known.results, ...updated, ...kept, ...adopted]
}

/** Found by our key before anything was told of it. */
function asMet(result: PushResult): PushResult {
  return result.kind === 'stored' ? met(result.recordId, result.remoteId) : result
}

function upsertOf(item: PushItem): Write<UpsertInput> {
  const properties = knownProperties(item)
  const id = properties[CONTACT_KEY] ?? ''
  return { item, input: { objectWriteTraceId: item.recordId, idProperty: CONTACT_KEY, id, properties } }
}
