import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { BATCH_SIZE, chunks, failed, type Write, wasTaken, writeAll } from './batch.ts'
import { type Association, batchCreate, batchRead, batchUpdate, type CreateInput } from './client.ts'
import { lostCall } from './failure.ts'
import { knownProperties, splitUpdates } from './properties.ts'
import { type HubSpotContext, TICKET_KEY } from './settings.ts'

/** HubSpot's own association types, ticket → contact. */
const TICKET_TO_CONTACT = 16

/**
 * Known tickets by id. The others are created with their contact in the same call, which upsert cannot; a `wa_ticket_id`
 * that is taken says that an earlier push was stored, and that ticket is updated instead.
 */
export async function pushTickets(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const { silent, updates } = splitUpdates(items.filter(({ remoteId }) => remoteId !== null))
  const updated = await update(ctx, updates)
  const unlinked = items.filter(({ remoteId }) => remoteId === null)
  const uncertain = await settle(
    ctx,
    unlinked.filter(item => item.uncertain),
  )
  const fresh = unlinked.filter(item => !item.uncertain)
  const created = await create(ctx, fresh)
  const taken = new Set(created.filter(wasTaken).map(({ recordId }) => recordId))
  const settled = await settle(
    ctx,
    fresh.filter(({ recordId }) => taken.has(recordId)),
  )
  return [...silent, ...updated, ...uncertain, ...created.filter(({ recordId }) => !taken.has(recordId)), ...settled]
}

/** Looks the tickets up by our key, updates those that exist and creates the others. */
async function settle(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const results: PushResult[] = []
  for (const part of chunks(items, BATCH_SIZE)) results.push(...(await settlePart(ctx, part)))
  return results
}

async function settlePart(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const keyOf = (item: PushItem) => item.values[TICKET_KEY] ?? ''
  let existing: Map<string, string>
  try {
    const found = await batchRead(ctx, 'tickets', items.map(keyOf), [TICKET_KEY], TICKET_KEY)
    existing = new Map(found.map(({ id, properties }) => [properties[TICKET_KEY] ?? '', id]))
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return items.map(item => failed(item, failure))
  }
  const updates = items.flatMap(item => {
    const id = existing.get(keyOf(item))
    if (id === undefined) return []
    return [{ item, input: { objectWriteTraceId: item.recordId, id, properties: knownProperties(item) } }]
  })
  const updated = await update(ctx, updates)
  const created = await create(
    ctx,
    items.filter(item => !existing.has(keyOf(item))),
  )
  return [...updated, ...created]
}

function update(ctx: HubSpotContext, writes: ReturnType<typeof splitUpdates>['updates']): Promise<PushResult[]> {
  return writeAll(writes, { purpose: 'update', send: inputs => batchUpdate(ctx, 'tickets', inputs) })
}

function create(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  return writeAll(items.map(creationOf), {
    purpose: 'upsert',
    key: TICKET_KEY,
    conflicts: 'whole',
    send: inputs => batchCreate(ctx, 'tickets', inputs, 'upsert'),
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
