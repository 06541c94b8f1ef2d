/** HubSpot's search: five requests a second for the whole account, an index that lags, at most 10,000 results a query. */
import type { z } from 'zod'
import { demand, type ObjectType } from './client.ts'
import { type HubSpotObject, searchAnswer } from './schema.ts'
import type { HubSpotContext } from './settings.ts'

export type Filter =
  | { propertyName: string; operator: 'EQ' | 'GT' | 'GTE' | 'CONTAINS_TOKEN'; value: string }
  | { propertyName: string; operator: 'IN'; values: string[] }

/** Results of a page, at most. */
export const SEARCH_PAGE = 200

/** One query. Groups are alternatives, filters of a group hold together. Throws RemoteCallError. */
export function search(
  ctx: HubSpotContext,
  type: ObjectType,
  query: { groups: Filter[][]; properties: string[]; limit: number; sortBy?: string },
): Promise<z.infer<typeof searchAnswer>> {
  const body = {
    filterGroups: query.groups.map(filters => ({ filters })),
    sorts: query.sortBy ? [{ propertyName: query.sortBy, direction: 'ASCENDING' }] : [],
    properties: query.properties,
    limit: query.limit,
  }
  const path = `/crm/objects/${ctx.settings.apiVersion}/${type}/search`
  return demand(ctx, { method: 'POST', path, purpose: 'read', body, schema: searchAnswer })
}

/**
 * Records changed since a moment, the next page of them by id. Ids only grow, and each page is a query of its own, so
 * that neither the cap of 10,000 results is met, nor what changes meanwhile moves others to another page.
 */
export async function changedAfter(
  ctx: HubSpotContext,
  type: 'contacts' | 'tickets',
  query: { since: Date; afterId: string; properties: string[]; limit: number },
): Promise<{ records: HubSpotObject[]; total: number; lastId: string | null }> {
  const groups: Filter[][] = [
    [
      { propertyName: MODIFIED[type], operator: 'GTE', value: String(query.since.getTime()) },
      { propertyName: 'hs_object_id', operator: 'GT', value: query.afterId },
    ],
  ]
  const limit = Math.min(query.limit, SEARCH_PAGE)
  const { results, total } = await search(ctx, type, {
    ...{ groups, limit, sortBy: 'hs_object_id' },
    properties: [MODIFIED[type], ...query.properties],
  })
  return { records: results, total, lastId: total > results.length ? (results.at(-1)?.id ?? null) : null }
}

/** Contacts have a property of their own for it: `hs_lastmodifieddate` is not kept on all of them. */
const MODIFIED = { contacts: 'lastmodifieddate', tickets: 'hs_lastmodifieddate' } as const
