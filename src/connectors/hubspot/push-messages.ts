import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { failed, stored, type Write, writeAll } from './batch.ts'
import { batchCreate, batchUpdate, type CreateInput, type UpdateInput } from './client.ts'
import { lostCall } from './failure.ts'
import { findCommunications } from './find-communications.ts'
import { knownProperties, splitUpdates } from './properties.ts'
import { pushChannelStatuses } from './push-channel-statuses.ts'
import { association } from './push-tickets.ts'
import type { HubSpotContext } from './settings.ts'

/** HubSpot's own association types. */
const COMMUNICATION_TO_CONTACT = 81
const COMMUNICATION_TO_TICKET = 83

/**
 * Communications, one a message, on contact and ticket in the same call. They have no unique property, so those that an
 * earlier push may have stored are looked for before they are created.
 */
export async function pushMessages(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const statuses = await pushChannelStatuses(
    ctx,
    items.filter(item => item.remoteType === 'channel-message'),
  )
  const messages = items.filter(item => item.remoteType !== 'channel-message')
  const { silent, updates } = splitUpdates(messages.filter(({ remoteId }) => remoteId !== null))
  const unheard = messages.filter(item => item.remoteId === null && item.unheard)
  const fresh = messages.filter(item => item.remoteId === null && !item.unheard)
  const found = await readBack(ctx, unheard)
  const updated = await writeAll([...updates, ...found.updates], {
    purpose: 'update',
    send: inputs => batchUpdate(ctx, 'communications', inputs),
  })
  const created = await writeAll([...found.missing, ...fresh].map(creationOf), {
    purpose: 'create',
    send: inputs => batchCreate(ctx, 'communications', inputs),
  })
  return [...statuses, ...silent, ...found.results, ...updated, ...created]
}

type ReadBack = { results: PushResult[]; updates: Write<UpdateInput>[]; missing: PushItem[] }

/** Those found are done, or updated where their delivery state has moved on; nothing is created while it is unknown. */
async function readBack(ctx: HubSpotContext, items: PushItem[]): Promise<ReadBack> {
  const back: ReadBack = { results: [], updates: [], missing: [] }
  if (items.length === 0) return back
  let found: Awaited<ReturnType<typeof findCommunications>>
  try {
    found = await findCommunications(ctx, items)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return { ...back, results: items.map(item => failed(item, failure)) }
  }
  for (const item of items) {
    const communication = found.get(item.recordId)
    const body = item.values.hs_communication_body ?? ''
    if (!communication) back.missing.push(item)
    else if (communication.properties.hs_communication_body === body) back.results.push(stored(item, communication))
    else {
      const properties = { hs_communication_body: body }
      back.updates.push({ item, input: { objectWriteTraceId: item.recordId, id: communication.id, properties } })
    }
  }
  return back
}

function creationOf(item: PushItem): Write<CreateInput> {
  const { contact, ticket } = item.parents
  const associations = [
    ...(contact ? [association(contact, COMMUNICATION_TO_CONTACT)] : []),
    ...(ticket ? [association(ticket, COMMUNICATION_TO_TICKET)] : []),
  ]
  return { item, input: { objectWriteTraceId: item.recordId, properties: knownProperties(item), associations } }
}
