import { z } from 'zod'
import { answersTo, type MergeResult, RemoteCallError } from '../contract.ts'
import { invoke } from './client.ts'
import { readObjects } from './read.ts'
import { objectOf } from './records.ts'
import type { SalesforceContext } from './settings.ts'

/** Until a record that is not there has been told of anew. */
const NOT_THERE_MS = 60_000

const soapResult = z.object({
  result: z.object({
    success: z.enum(['true', 'false']),
    errors: z.object({ message: z.string() }).optional().catch(undefined),
  }),
})

/**
 * Makes one of two contacts, or of two leads, where the settings let it: Salesforce cannot part them again. Both are read first, so
 * that two which are one already, by our own call or somebody's there, are answered as such. A lead becomes a contact by its
 * conversion alone, which is a salesperson's to do. SOAP, for REST cannot merge.
 */
export async function mergeSalesforceContacts(
  ctx: SalesforceContext,
  { survivor, merged }: { survivor: string; merged: string },
): Promise<MergeResult> {
  try {
    const found = await readObjects(ctx, [survivor, merged])
    const holder = (id: string) => found.find(record => answersTo(record, id))
    const [stays, goes] = [holder(survivor), holder(merged)]
    if (!stays) {
      const message = `${survivor} is not there`
      return { kind: 'failed', failure: { kind: 'retry after', afterMs: NOT_THERE_MS, message } }
    }
    if (!goes || goes.remoteId === stays.remoteId) return { kind: 'merged', remoteId: stays.remoteId }
    const type = objectOf(stays.remoteId)
    if (!ctx.settings.mergeContacts || type !== objectOf(goes.remoteId)) {
      return { kind: 'left apart', remoteId: stays.remoteId }
    }
    const request = { masterRecord: { type, Id: stays.remoteId }, recordToMergeIds: [goes.remoteId] }
    const call = { place: 'u', method: 'merge', args: { request }, purpose: 'update' } as const
    const answer = await invoke(ctx, { ...call, schema: soapResult })
    if (answer.kind === 'refused') return { kind: 'failed', failure: answer.failure }
    const { success, errors } = answer.value.result
    if (success === 'true') return { kind: 'merged', remoteId: stays.remoteId }
    return {
      kind: 'failed',
      failure: { kind: 'rejected', message: errors?.message ?? 'Salesforce did not merge them' },
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { kind: 'failed', failure: error.failure }
  }
}
