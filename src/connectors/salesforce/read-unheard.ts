import { same } from '../../core/echo.ts'
import { type ObjectKind, type PushItem, type PushResult, RemoteCallError, type RemoteValues } from '../contract.ts'
import { query } from './client.ts'
import { failed } from './collections.ts'
import { lostCall } from './failure.ts'
import { QUERY_VALUES } from './read.ts'
import { type SObject, toInstant, valuesOf } from './records.ts'
import { record, type SalesforceRecord } from './schema.ts'
import { CONTACT_KEY, MESSAGE, MESSAGE_KEY, type SalesforceContext, TICKET_KEY } from './settings.ts'
import { among, chunks, select } from './soql.ts'

export type Unheard = {
  /** Those that are there, and those that could not be looked for. */
  results: PushResult[]
  missing: PushItem[]
}

const places: Record<ObjectKind, { key: string; types: SObject[] }> = {
  contact: { key: CONTACT_KEY, types: ['Contact', 'Lead'] },
  ticket: { key: TICKET_KEY, types: ['Case'] },
  message: { key: MESSAGE_KEY, types: [MESSAGE] },
}

/**
 * Looks for records that may be there already, by our external id. Of one that is, nothing is written: it is told what it holds, so
 * that what we would say otherwise by now is an update like any other. What is neither that nor what we said then is somebody
 * else's.
 */
export async function readUnheard(ctx: SalesforceContext, kind: ObjectKind, items: PushItem[]): Promise<Unheard> {
  const unheard: Unheard = { results: [], missing: [] }
  const { key, types } = places[kind]
  for (const part of chunks(items, QUERY_VALUES)) {
    try {
      let missing = part
      for (const type of types) {
        if (missing.length === 0) continue
        const found = await readByKey(ctx, type, key, missing)
        const recordOf = (item: PushItem) => found.get(item.values[key] ?? '')
        unheard.results.push(...missing.flatMap(item => asFound(item, recordOf(item)) ?? []))
        missing = missing.filter(item => !recordOf(item))
      }
      unheard.missing.push(...missing)
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      const failure = lostCall(error.failure, 'read')
      const told = new Set(unheard.results.map(({ recordId }) => recordId))
      unheard.results.push(...part.filter(({ recordId }) => !told.has(recordId)).map(item => failed(item, failure)))
    }
  }
  return unheard
}

async function readByKey(ctx: SalesforceContext, type: SObject, key: string, items: PushItem[]) {
  const own = (name: string) => type !== 'Lead' || !ctx.settings.notOnLeads.includes(name)
  const names = [...new Set(items.flatMap(item => Object.keys(item.values)))].filter(own)
  const keys = items.map(item => item.values[key] ?? '')
  const live = type === 'Lead' ? ' AND IsConverted = false' : ''
  const soql = `${select(['Id', key, ...names, 'SystemModstamp'], type)} WHERE ${among(key, keys)}${live}`
  const { records } = await query(ctx, soql)
  return new Map(records.map(found => [String(found[key]), record.parse(found)]))
}

function asFound(item: PushItem, found: SalesforceRecord | undefined): PushResult | undefined {
  if (!found) return undefined
  const names = Object.keys(item.values)
  const there = valuesOf(names, found)
  const theirs: RemoteValues = {}
  for (const [name, value] of Object.entries(item.values)) {
    const isOurs = same(there[name], value) || !item.unheard || same(there[name], item.unheard[name])
    if (!isOurs) theirs[name] = there[name] ?? null
  }
  const stored = { recordId: item.recordId, kind: 'stored', remoteId: found.Id, there } as const
  // What somebody has changed is to be read, so the record is not known as it is now.
  if (Object.keys(theirs).length > 0) return { ...stored, version: null, theirs }
  return { ...stored, version: typeof found.SystemModstamp === 'string' ? toInstant(found.SystemModstamp) : null }
}
