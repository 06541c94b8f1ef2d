import type { PushItem } from '../contract.ts'
import { BATCH_SIZE, chunks } from './batch.ts'
import { batchRead, demand } from './client.ts'
import { lastingText } from './map.ts'
import { associationsAnswer, type HubSpotObject } from './schema.ts'
import type { HubSpotContext } from './settings.ts'

/** Ids a call of association reading takes. */
const ASSOCIATION_BATCH = 1_000

/**
 * The communications that are these messages, by record id: on the same ticket or contact, of the same moment, saying
 * the same. One communication is one message at most; those in `taken` belong to others. Throws RemoteCallError.
 */
export async function findCommunications(ctx: HubSpotContext, items: PushItem[]): Promise<Map<string, HubSpotObject>> {
  const ids = new Set<string>()
  for (const parent of ['ticket', 'contact'] as const) {
    const parentIds = [...new Set(items.flatMap(item => homesOf(item, parent)))]
    for (const id of await communicationsOf(ctx, `${parent}s`, parentIds)) ids.add(id)
  }
  for (const item of items) for (const id of item.taken ?? []) ids.delete(id)

  const byKey = new Map<string, HubSpotObject[]>()
  for (const part of chunks([...ids], BATCH_SIZE)) {
    for (const found of await batchRead(ctx, 'communications', part, ['hs_timestamp', 'hs_communication_body'])) {
      const key = keyOf(found.properties)
      byKey.set(key, [...(byKey.get(key) ?? []), found])
    }
  }
  const matched = new Map<string, HubSpotObject>()
  for (const item of items) {
    const match = byKey.get(keyOf(item.values))?.shift()
    if (match) matched.set(item.recordId, match)
  }
  return matched
}

/** What was said of a ticket that was deleted since, and made anew, hangs on the contact alone. */
function homesOf({ homes, parents }: PushItem, parent: 'ticket' | 'contact'): string[] {
  const { contact, ticket } = parents
  const all = homes ?? { contact: contact ? [contact] : [], ticket: ticket ? [ticket] : [] }
  return parent === 'ticket' || all.ticket.length !== 1 ? all[parent] : []
}

async function communicationsOf(ctx: HubSpotContext, type: 'tickets' | 'contacts', ids: string[]): Promise<string[]> {
  const found: string[] = []
  let inputs: { id: string; after?: string }[] = ids.map(id => ({ id }))
  while (inputs.length > 0) {
    const next: typeof inputs = []
    for (const part of chunks(inputs, ASSOCIATION_BATCH)) {
      const path = `/crm/associations/${ctx.settings.apiVersion}/${type}/communications/batch/read`
      const body = { inputs: part }
      const answer = await demand(ctx, { method: 'POST', path, purpose: 'read', body, schema: associationsAnswer })
      for (const { from, to, paging } of answer.results) {
        found.push(...to.map(({ toObjectId }) => toObjectId))
        if (paging?.next) next.push({ id: from.id, after: paging.next.after })
      }
    }
    inputs = next
  }
  return found
}

/** HubSpot gives back the moment as ISO text, whatever it was given as. */
function keyOf(values: Record<string, string | null>): string {
  const timestamp = values.hs_timestamp ?? ''
  const time = /^\d+$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp)
  return `${time} ${lastingText(values.hs_communication_body ?? '')}`
}
