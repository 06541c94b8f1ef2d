import type { ListPage, ListQuery } from '../contract.ts'
import { query } from './client.ts'
import { objectOf, type SObject, toRecord, wantedOf } from './records.ts'
import { record } from './schema.ts'
import type { SalesforceContext } from './settings.ts'
import { instant, quoted, select } from './soql.ts'

/** Below every id. */
const FIRST = '000000000000000AAA'
const LEADS = `00Q${FIRST.slice(3)}`

/**
 * All people (contacts, then leads that were not converted) or cases, or those changed since a moment, by growing id: what is
 * made or changed meanwhile moves no other. Throws RemoteCallError.
 */
export async function listObjects(
  ctx: SalesforceContext,
  kind: 'contact' | 'ticket',
  { cursor, limit, changedSince }: ListQuery,
): Promise<ListPage> {
  const type: SObject = kind === 'ticket' ? 'Case' : objectOf(cursor ?? '') === 'Lead' ? 'Lead' : 'Contact'
  const names = wantedOf(ctx, type)
  const filters = [
    ...(changedSince ? [`SystemModstamp >= ${instant(changedSince)}`] : []),
    ...(type === 'Lead' ? ['IsConverted = false'] : []),
  ]
  const where = [`Id > ${quoted(cursor ?? FIRST)}`, ...filters].join(' AND ')
  const soql = `${select(['Id', ...names, 'SystemModstamp'], type)} WHERE ${where} ORDER BY Id LIMIT ${limit}`
  const { records } = await query(ctx, soql)
  const listed = records.map(found => toRecord(names, record.parse(found)))
  const last = listed.length === limit ? (listed.at(-1)?.remoteId ?? null) : null
  return {
    records: listed,
    cursor: last ?? (type === 'Contact' ? LEADS : null),
    total: cursor === null ? await countOf(ctx, kind, changedSince) : null,
  }
}

async function countOf(ctx: SalesforceContext, kind: 'contact' | 'ticket', changedSince: Date | null): Promise<number> {
  let total = 0
  for (const type of kind === 'ticket' ? ['Case'] : ['Contact', 'Lead']) {
    const filters = [
      ...(changedSince ? [`SystemModstamp >= ${instant(changedSince)}`] : []),
      ...(type === 'Lead' ? ['IsConverted = false'] : []),
    ]
    const where = filters.length > 0 ? ` WHERE ${filters.join(' AND ')}` : ''
    total += (await query(ctx, `SELECT COUNT() FROM ${type}${where}`)).totalSize
  }
  return total
}
