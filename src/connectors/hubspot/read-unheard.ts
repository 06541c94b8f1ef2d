import { same } from '../../core/echo.ts'
import { type PushItem, type PushResult, RemoteCallError, type RemoteValues } from '../contract.ts'
import { BATCH_SIZE, chunks, failed } from './batch.ts'
import { batchRead } from './client.ts'
import { lostCall } from './failure.ts'
import type { HubSpotObject } from './schema.ts'
import type { HubSpotContext } from './settings.ts'

export type Unheard = {
  /** Those that are there, and those that could not be looked for. */
  results: PushResult[]
  missing: PushItem[]
}

/**
 * Looks for records that may be there already, by our unique property. Of one that is, nothing is written: it is told
 * what it holds, so that what we would say otherwise by now is an update like any other. What is neither that nor what we
 * said then is somebody else's.
 */
export async function readUnheard(
  ctx: HubSpotContext,
  type: 'contacts' | 'tickets',
  key: string,
  items: PushItem[],
): Promise<Unheard> {
  const unheard: Unheard = { results: [], missing: [] }
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
      if (record) unheard.results.push(asFound(item, record))
      else unheard.missing.push(item)
    }
  }
  return unheard
}

function asFound(item: PushItem, { id, properties, updatedAt }: HubSpotObject): PushResult {
  const there: RemoteValues = {}
  const theirs: RemoteValues = {}
  for (const [name, value] of Object.entries(item.values)) {
    there[name] = properties[name] ?? null
    const isOurs = same(there[name], value) || !item.unheard || same(there[name], item.unheard[name])
    if (!isOurs) theirs[name] = there[name]
  }
  const stored = { recordId: item.recordId, kind: 'stored', remoteId: id, there } as const
  // What somebody has changed is to be read, so the record is not known as it is now.
  return Object.keys(theirs).length > 0
    ? { ...stored, version: null, theirs }
    : { ...stored, version: updatedAt ?? null }
}
