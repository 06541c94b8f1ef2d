import type { ListPage, ListQuery } from '../contract.ts'
import { demand } from './client.ts'
import { toRecord, wantedOf } from './read.ts'
import { pageAnswer } from './schema.ts'
import { changedAfter, search } from './search.ts'
import type { HubSpotContext } from './settings.ts'

/** Records of a page of the plain list, at most. */
const LIST_PAGE = 100

/**
 * All live records, or those changed since a moment, by growing id: what is made or changed meanwhile moves no other. The
 * plain list does not count, so the first page costs a search too; later pages say no total. Throws RemoteCallError.
 */
export async function listObjects(
  ctx: HubSpotContext,
  type: 'contacts' | 'tickets',
  { cursor, limit, changedSince }: ListQuery,
): Promise<ListPage> {
  const properties = wantedOf(ctx, type)
  const isFirst = cursor === null
  if (changedSince) {
    const page = await changedAfter(ctx, type, { since: changedSince, afterId: cursor ?? '0', properties, limit })
    const records = page.records.map(found => toRecord(properties, found))
    return { records, cursor: page.lastId, total: isFirst ? page.total : null }
  }
  const query = new URLSearchParams({ limit: String(Math.min(limit, LIST_PAGE)), archived: 'false' })
  if (cursor) query.set('after', cursor)
  query.set('properties', properties.join(','))
  const path = `/crm/objects/${ctx.settings.apiVersion}/${type}?${query}`
  const { results, paging } = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: pageAnswer })
  return {
    records: results.filter(({ archived }) => !archived).map(found => toRecord(properties, found)),
    cursor: paging?.next?.after ?? null,
    total: isFirst ? (await search(ctx, type, { groups: [], properties: [], limit: 1 })).total : null,
  }
}
