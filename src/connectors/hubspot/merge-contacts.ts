import { type MergeResult, RemoteCallError } from '../contract.ts'
import { batchRead, request } from './client.ts'
import { hubspotObject } from './schema.ts'
import type { HubSpotContext } from './settings.ts'

/** Until a record that is not there has been told of anew. */
const NOT_THERE_MS = 60_000

/**
 * Makes one of two contacts, where the settings let it: HubSpot cannot part them again, and takes 250 merges a record. Both
 * are read first, so that two which are one already, by our own call or somebody's there, are answered as such. The
 * survivor may come out under an id of its own; both old ids lead to it.
 */
export async function mergeHubSpotContacts(
  ctx: HubSpotContext,
  { survivor, merged }: { survivor: string; merged: string },
): Promise<MergeResult> {
  try {
    const found = await batchRead(ctx, 'contacts', [survivor, merged], ['hs_merged_object_ids'])
    const holder = (id: string) =>
      found.find(record => record.id === id || record.properties.hs_merged_object_ids?.split(';').includes(id))
    const [stays, goes] = [holder(survivor), holder(merged)]
    if (!stays) return failed({ kind: 'retry after', afterMs: NOT_THERE_MS, message: `${survivor} is not there` })
    if (!goes || goes.id === stays.id) return { kind: 'merged', remoteId: stays.id }
    if (!ctx.settings.mergeContacts) return { kind: 'left apart', remoteId: stays.id }
    const answer = await request(ctx, {
      method: 'POST',
      path: `/crm/objects/${ctx.settings.apiVersion}/contacts/merge`,
      purpose: 'update',
      body: { primaryObjectId: stays.id, objectIdToMerge: goes.id },
      schema: hubspotObject,
    })
    return answer.kind === 'answered' ? { kind: 'merged', remoteId: answer.value.id } : failed(answer.failure)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return failed(error.failure)
  }
}

function failed(failure: Extract<MergeResult, { kind: 'failed' }>['failure']): MergeResult {
  return { kind: 'failed', failure }
}
