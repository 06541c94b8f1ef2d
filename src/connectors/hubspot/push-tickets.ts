import type { PushItem, PushResult } from '../contract.ts'
import { type Write, wasTaken, writeAll } from './batch.ts'
import { type Association, batchCreate, batchUpdate, type CreateInput } from './client.ts'
import { knownProperties, splitUpdates } from './properties.ts'
import { readUnheard } from './read-unheard.ts'
import { type HubSpotContext, TICKET_KEY } from './settings.ts'

/** HubSpot's own association types, ticket → contact. */
const TICKET_TO_CONTACT = 16

/**
 * Known tickets by id. The others are created with their contact in the same call, which upsert cannot; a `wa_ticket_id`
 * that is taken says that an earlier push was stored.
 */
export async function pushTickets(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const { silent, updates } = splitUpdates(items.filter(({ remoteId }) => remoteId !== null))
  const updated = await update(ctx, updates)
  const unlinked = items.filter(({ remoteId }) => remoteId === null)
  const unheard = await settle(
    ctx,
    unlinked.filter(item => item.unheard),
  )
  const fresh = unlinked.filter(item => !item.unheard)
  const created = await create(ctx, fresh)
  const taken = new Set(created.filter(wasTaken).map(({ recordId }) => recordId))
  const settled = await settle(
    ctx,
    fresh.filter(({ recordId }) => taken.has(recordId)),
  )
  return [...silent, ...updated, ...unheard, ...created.filter(({ recordId }) => !taken.has(recordId)), ...settled]
}

/** Looks the tickets up by our key, and creates those that are not there. */
async function settle(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const unheard = await readUnheard(ctx, 'tickets', TICKET_KEY, items)
  const created = await create(ctx, unheard.missing)
  return [...unheard.results, ...created.map(orUnknown)]
}

/** What a lost call has stored since we looked is no refusal: we look again. */
function orUnknown(result: PushResult): PushResult {
  if (result.kind === 'stored' || !wasTaken(result)) return result
  return { ...result, failure: { kind: 'ambiguous', message: result.failure.message } }
}

function update(ctx: HubSpotContext, writes: ReturnType<typeof splitUpdates>['updates']): Promise<PushResult[]> {
  return writeAll(writes, { purpose: 'update', send: inputs => batchUpdate(ctx, 'tickets', inputs) })
}

function create(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  return writeAll(items.map(creationOf), {
    purpose: 'create',
    key: TICKET_KEY,
    conflicts: 'whole',
    send: inputs => batchCreate(ctx, 'tickets', inputs),
  })
}

function creationOf(item: PushItem): Write<CreateInput> {
  const associations = item.parents.contact ? [association(item.parents.contact, TICKET_TO_CONTACT)] : []
  return { item, input: { objectWriteTraceId: item.recordId, properties: knownProperties(item), associations } }
}

/** One of HubSpot's own associations, to be made with the record. */
export function association(id: string, associationTypeId: number): Association {
  return { to: { id }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }] }
}
