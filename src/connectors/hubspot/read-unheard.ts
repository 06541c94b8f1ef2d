import { same } from '../../core/echo.ts'
import { type PushItem, type PushResult, RemoteCallError, type RemoteValues } from '../contract.ts'
import { BATCH_SIZE, chunks, failed, stored, type Write } from './batch.ts'
import { batchRead, type UpdateInput } from './client.ts'
import { lostCall } from './failure.ts'
import type { HubSpotObject } from './schema.ts'
import type { HubSpotContext } from './settings.ts'

export type Unheard = {
  /** Those that need no write, and those that could not be looked for. */
  results: PushResult[]
  updates: Write<UpdateInput>[]
  missing: PushItem[]
  /** By record: what somebody has changed there since. */
  theirs: Map<string, RemoteValues>
}

/**
 * Looks for records whose push was never answered, by our unique property. Of one that is there, what we would say
 * otherwise by now is an update; what is neither that nor what we said then is somebody else's, and is left to them.
 */
export async function readUnheard(
  ctx: HubSpotContext,
  type: 'contacts' | 'tickets',
  key: string,
  items: PushItem[],
): Promise<Unheard> {
  const unheard: Unheard = { results: [], updates: [], missing: [], theirs: new Map() }
  for (const part of chunks(items, BATCH_SIZE)) {
    const keys = part.map(item => item.values[key] ?? '')
    const names = [...new Set(part.flatMap(item => Object.keys(item.values)))]
    let found: Map<string, HubSpotObject>
    try {
      const records = await batchRead(ctx, type, keys, names, key)
      found = new Map(records.map(record => [record.properties[key] ?? '', record]))
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      const failure = lostCall(error.failure, 'read')
      unheard.results.push(...part.map(item => failed(item, failure)))
      continue
    }
    for (const item of part) {
      const record = found.get(item.values[key] ?? '')
      if (record) compare(unheard, item, record)
      else unheard.missing.push(item)
    }
  }
  return unheard
}

function compare(unheard: Unheard, item: PushItem, record: HubSpotObject) {
  const ours: Record<string, string> = {}
  const theirs: RemoteValues = {}
  for (const [name, value] of Object.entries(item.values)) {
    const there = record.properties[name] ?? null
    if (same(there, value)) continue
    // Without an unheard push the record is one of ours whose link was lost.
    if (item.unheard && !same(there, item.unheard[name])) theirs[name] = there
    else if (value) ours[name] = value
  }
  if (Object.keys(theirs).length > 0) unheard.theirs.set(item.recordId, theirs)
  const input = { objectWriteTraceId: item.recordId, id: record.id, properties: ours }
  if (Object.keys(ours).length > 0) unheard.updates.push({ item, input })
  else unheard.results.push(withTheirs(unheard, stored(item, record)))
}

/** What somebody has changed is to be read, so the record is not known as it is now. */
export function withTheirs({ theirs }: Unheard, result: PushResult): PushResult {
  const changed = theirs.get(result.recordId)
  return result.kind === 'stored' && changed ? { ...result, version: null, theirs: changed } : result
}
