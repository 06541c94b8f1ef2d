/**
 * People who were in the CRM before us, and whom a policy of the mapping bids us to hear first: linked, read and merged. Then
 * they are told like any other, of what is still another there.
 */
import type { ObjectKind, PushResult } from '../connectors/contract.ts'
import { RemoteCallError } from '../connectors/contract.ts'
import { clearPushing } from '../db/links.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { linkAndHear } from './adopt.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

/** The same results, those that were met as records that say something else than we do, or as failures. */
export async function hearMet(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: ObjectKind,
  results: PushResult[],
): Promise<PushResult[]> {
  const met = results.flatMap(result => (result.kind === 'stored' && result.met ? [result] : []))
  if (met.length === 0 || kind === 'message') return results
  // Nothing was said of them.
  const recordIds = met.map(({ recordId }) => recordId)
  await inWorkspace(ctx.db, ctx.workspaceId, tx => clearPushing(tx, connection.row.id, kind, recordIds))
  const outcome = new Map<string, PushResult>()
  try {
    const pairs = met.map(({ recordId, remoteId }) => ({ recordId, remoteId }))
    const linked = new Set((await linkAndHear(ctx, connection, kind, pairs)).map(({ recordId }) => recordId))
    for (const { recordId, remoteId } of met) {
      outcome.set(recordId, linked.has(recordId) ? heard(recordId, remoteId) : anothers(recordId, remoteId))
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    for (const { recordId } of met) outcome.set(recordId, { recordId, kind: 'failed', failure: error.failure })
  }
  return results.map(result => outcome.get(result.recordId) ?? result)
}

/** What is agreed was kept as it was heard; the record is looked at anew. */
const heard = (recordId: string, remoteId: string): PushResult => ({
  ...{ recordId, kind: 'stored', remoteId, version: null, there: {} },
})

function anothers(recordId: string, remoteId: string): PushResult {
  const message = `${remoteId} there is the counterpart of another record of ours already: part the two there, or merge ours`
  return { recordId, kind: 'failed', failure: { kind: 'rejected', message } }
}
