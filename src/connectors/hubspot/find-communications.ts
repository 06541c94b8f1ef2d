import type { PushItem } from '../contract.ts'
import { BATCH_SIZE, chunks } from './batch.ts'
import { batchRead, demand, type ObjectType } from './client.ts'
import { lastingText } from './map.ts'
import { associationsAnswer, type HubSpotObject } from './schema.ts'
import { type Filter, SEARCH_PAGE, search } from './search.ts'
import type { HubSpotContext } from './settings.ts'

/** Ids a call of association reading takes. */
const ASSOCIATION_BATCH = 1_000

/** Groups of filters a search takes. */
const GROUPS = 5

const READ = ['hs_timestamp', 'hs_communication_body']

/**
 * The communications that are these messages, by record id: on the same ticket or contact, of the same moment, saying
 * the same; or on nothing any more, where all it may have hung on was deleted. One communication is one message at most; those
 * in `taken` belong to others. Throws RemoteCallError.
 */
export async function findCommunications(ctx: HubSpotContext, items: PushItem[]): Promise<Map<string, HubSpotObject>> {
  const ids = new Set<string>()
  for (const parent of ['ticket', 'contact'] as const) {
    const parentIds = [...new Set(items.flatMap(item => homesOf(item, parent)))]
    for (const id of await associated(ctx, `${parent}s`, 'communications', parentIds)) ids.add(id.to)
  }
  for (const item of items) for (const id of item.taken ?? []) ids.delete(id)
  const there: HubSpotObject[] = []
  for (const part of chunks([...ids], BATCH_SIZE)) there.push(...(await batchRead(ctx, 'communications', part, READ)))
  const matched = match(items, there)
  const astray = items.filter(item => !matched.has(item.recordId) && isHomeless(item))
  if (astray.length === 0) return matched
  return new Map([...matched, ...match(astray, await orphans(ctx, astray))])
}

function match(items: PushItem[], communications: HubSpotObject[]): Map<string, HubSpotObject> {
  const byKey = new Map<string, HubSpotObject[]>()
  for (const found of communications) {
    const key = keyOf(found.properties)
    byKey.set(key, [...(byKey.get(key) ?? []), found])
  }
  const matched = new Map<string, HubSpotObject>()
  for (const item of items) {
    const first = byKey.get(keyOf(item.values))?.shift()
    if (first) matched.set(item.recordId, first)
  }
  return matched
}

/** What was said of a ticket that was deleted since, and made anew, hangs on the contact alone. */
function homesOf({ homes, parents }: PushItem, parent: 'ticket' | 'contact'): string[] {
  const { contact, ticket } = parents
  const all = homes ?? { contact: contact ? [contact] : [], ticket: ticket ? [ticket] : [] }
  return parent === 'ticket' || all.ticket.length !== 1 ? all[parent] : []
}

/** Both its ticket and its contact have become others. */
function isHomeless({ homes }: PushItem): boolean {
  return homes !== undefined && homes.ticket.length !== 1 && homes.contact.length > 1
}

/** Communications of these moments that hang on nothing. */
async function orphans(ctx: HubSpotContext, items: PushItem[]): Promise<HubSpotObject[]> {
  const found = new Map<string, HubSpotObject>()
  for (const part of chunks([...new Set(items.map(({ values }) => momentOf(values)))], GROUPS)) {
    const groups = part.map((value): Filter[] => [{ propertyName: 'hs_timestamp', operator: 'EQ', value }])
    const { results } = await search(ctx, 'communications', { groups, properties: READ, limit: SEARCH_PAGE })
    for (const each of results) found.set(each.id, each)
  }
  for (const parents of ['contacts', 'tickets'] as const) {
    for (const { from } of await associated(ctx, 'communications', parents, [...found.keys()])) found.delete(from)
  }
  return [...found.values()]
}

type Associated = { from: string; to: string }

async function associated(ctx: HubSpotContext, from: ObjectType, to: ObjectType, ids: string[]): Promise<Associated[]> {
  const found: Associated[] = []
  let inputs: { id: string; after?: string }[] = ids.map(id => ({ id }))
  while (inputs.length > 0) {
    const next: typeof inputs = []
    for (const part of chunks(inputs, ASSOCIATION_BATCH)) {
      const path = `/crm/associations/${ctx.settings.apiVersion}/${from}/${to}/batch/read`
      const body = { inputs: part }
      const answer = await demand(ctx, { method: 'POST', path, purpose: 'read', body, schema: associationsAnswer })
      for (const { from: of, to: ends, paging } of answer.results) {
        found.push(...ends.map(({ toObjectId }) => ({ from: of.id, to: toObjectId })))
        if (paging?.next) next.push({ id: of.id, after: paging.next.after })
      }
    }
    inputs = next
  }
  return found
}

/** Milliseconds. HubSpot gives back the moment as ISO text, whatever it was given as. */
function momentOf(values: Record<string, string | null>): string {
  const timestamp = values.hs_timestamp ?? ''
  return /^\d+$/.test(timestamp) ? timestamp : String(Date.parse(timestamp))
}

function keyOf(values: Record<string, string | null>): string {
  return `${momentOf(values)} ${lastingText(values.hs_communication_body ?? '')}`
}
