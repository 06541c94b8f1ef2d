import type { RemoteRecord } from '../contract.ts'
import { query } from './client.ts'
import { objectOf, type SObject, toRecord, wantedOf } from './records.ts'
import { record } from './schema.ts'
import type { SalesforceContext } from './settings.ts'
import { among, chunks, select } from './soql.ts'

/** Of ids and keys in one query: its address may have 16,384 characters. */
export const QUERY_VALUES = 200

/** How many times a record may have been merged away before it is followed no further. */
const MOST_MERGES = 5

/**
 * Live records by id, also by ids that a merge or a lead's conversion has taken away. Throws RemoteCallError.
 */
export async function readObjects(ctx: SalesforceContext, remoteIds: string[]): Promise<RemoteRecord[]> {
  const records = new Map<string, RemoteRecord>()
  /** Id that is to be read → those that lead there. */
  let asked = new Map([...new Set(remoteIds)].map(id => [id, [] as string[]]))
  for (let merges = 0; asked.size > 0 && merges < MOST_MERGES; merges++) {
    for (const found of await readLive(ctx, [...asked.keys()])) {
      const aliases = new Set([...(records.get(found.remoteId)?.aliases ?? []), ...(asked.get(found.remoteId) ?? [])])
      records.set(found.remoteId, { ...found, ...(aliases.size > 0 ? { aliases: [...aliases] } : {}) })
    }
    const missing = [...asked.keys()].filter(id => !records.has(id))
    const next = new Map<string, string[]>()
    for (const [id, survivor] of await readSurvivors(ctx, missing)) {
      const known = records.get(survivor)
      const led = [id, ...(asked.get(id) ?? [])]
      if (known) records.set(survivor, { ...known, aliases: [...new Set([...(known.aliases ?? []), ...led])] })
      else next.set(survivor, [...(next.get(survivor) ?? []), ...led])
    }
    asked = next
  }
  return [...records.values()]
}

/** Ids that a merge or a conversion has taken away → those that were left by it. Throws RemoteCallError. */
export async function readSurvivors(ctx: SalesforceContext, ids: string[]): Promise<Map<string, string>> {
  const survivors = new Map<string, string>()
  for (const [type, part] of byObject(ids)) {
    if (type === 'Lead') {
      const where = `${among('Id', part)} AND IsConverted = true AND ConvertedContactId != null`
      const { records } = await query(ctx, `${select(['Id', 'ConvertedContactId'], type)} WHERE ${where}`)
      for (const { Id, ConvertedContactId } of records) survivors.set(String(Id), String(ConvertedContactId))
    }
    if (type !== 'Contact' && type !== 'Case' && type !== 'Lead') continue
    const where = `${among('Id', part)} AND IsDeleted = true AND MasterRecordId != null`
    const { records } = await query(ctx, `${select(['Id', 'MasterRecordId'], type)} WHERE ${where}`, true)
    for (const { Id, MasterRecordId } of records) survivors.set(String(Id), String(MasterRecordId))
  }
  return survivors
}

/** A lead that was converted is live there, and none of ours any more. */
async function readLive(ctx: SalesforceContext, ids: string[]): Promise<RemoteRecord[]> {
  const live: RemoteRecord[] = []
  for (const [type, part] of byObject(ids)) {
    const names = wantedOf(ctx, type)
    const where = `${among('Id', part)}${type === 'Lead' ? ' AND IsConverted = false' : ''}`
    const { records } = await query(ctx, `${select(['Id', ...names, 'SystemModstamp'], type)} WHERE ${where}`)
    live.push(...records.map(found => toRecord(names, record.parse(found))))
  }
  return live
}

/** Another vendor's ids, which Salesforce would refuse the whole query for, are none. */
function byObject(ids: string[]): [SObject, string[]][] {
  const groups = Map.groupBy(ids, objectOf)
  return [...groups].flatMap(([type, group]) =>
    type === undefined ? [] : chunks(group, QUERY_VALUES).map((part): [SObject, string[]] => [type, part]),
  )
}
