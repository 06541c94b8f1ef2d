/**
 * Records of theirs that are found to be ours: from now on the two are linked. What either lacks it gets from the other, and
 * where both have something, the policy of the field decides, as if they had just touched theirs.
 */
import { clearPushing, insertLinks, linksByRemote, linksOf } from '../db/links.ts'
import { lowerLane } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { applyTouched } from './apply-touched.ts'
import type { SyncContext } from './context.ts'
import { loadRecords } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'
import { toRemote } from './to-remote.ts'

export type Pair = { recordId: string; remoteId: string }

/**
 * Of several for one record, or of one there that is another's already, none is linked: that is a person's to say. Answers
 * those that were linked. Throws `RemoteCallError`.
 */
export async function adopt(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: 'contact' | 'ticket',
  pairs: Pair[],
): Promise<Pair[]> {
  const linked = await linkAndHear(ctx, connection, kind, pairs)
  const recordIds = linked.map(pair => pair.recordId)
  if (linked.length > 0) {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => lowerLane(tx, connection.row.id, kind, recordIds, ctx.now))
  }
  return linked
}

/**
 * As `adopt`, in the lane in which they are told. Until what is there has been heard, the link says that a push of it was not
 * answered: whatever ends this in between, the next push hears it first.
 */
export async function linkAndHear(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: 'contact' | 'ticket',
  pairs: Pair[],
): Promise<Pair[]> {
  const { row } = connection
  const clear = pairs.filter(
    pair => pairs.filter(other => other.recordId === pair.recordId || other.remoteId === pair.remoteId).length === 1,
  )
  if (clear.length === 0) return []
  const linked = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [records, ours, theirs] = await Promise.all([
      loadRecords(
        tx,
        kind,
        clear.map(pair => pair.recordId),
        ctx.workspaceId,
      ),
      linksOf(
        tx,
        row.id,
        kind,
        clear.map(pair => pair.recordId),
      ),
      linksByRemote(
        tx,
        row.id,
        kind,
        clear.map(pair => pair.remoteId),
      ),
    ])
    const taken = new Set([
      ...ours.filter(link => link.remoteId !== null || link.pushing).map(link => link.recordId),
      ...theirs.map(link => link.remoteId),
    ])
    const free = clear.filter(pair => !taken.has(pair.recordId) && !taken.has(pair.remoteId))
    const links = free.flatMap(pair => {
      const record = records.get(pair.recordId)
      if (!record) return []
      const { remoteType } = toRemote(connection, record, null)
      const link = { id: newId(), workspaceId: ctx.workspaceId, connectionId: row.id, kind, ...pair, remoteType }
      return [{ ...link, base: {}, pushing: {}, pushingAt: ctx.now, remoteVersion: null, updatedAt: ctx.now }]
    })
    const made = new Set((await insertLinks(tx, links)).map(link => link.recordId))
    return free.filter(pair => made.has(pair.recordId))
  })
  if (linked.length === 0) return []
  const touched = linked.map(({ remoteId }) => ({
    ...{ deliveryId: '', object: kind, remoteId, at: ctx.now, byUs: false, values: {} },
  }))
  const { broken } = await applyTouched(ctx, connection, touched)
  const unheard = new Set(broken.map(each => each.touched.remoteId))
  const heard = linked.filter(pair => !unheard.has(pair.remoteId)).map(pair => pair.recordId)
  await inWorkspace(ctx.db, ctx.workspaceId, tx => clearPushing(tx, row.id, kind, heard))
  return linked
}
