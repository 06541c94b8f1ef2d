/**
 * Deletions and restores. Events come in any order and more than once, so what the CRM holds when it is asked decides, and not
 * what was said last.
 */
import { linksByRemote, lostLinks, reviveLinks } from '../db/links.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { takeDeleted } from './ask-deleted.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

type Named = { object: 'contact' | 'ticket'; remoteId: string }

/** Forgets what is gone, or asks of it; answers those that are there all the same. Throws `RemoteCallError`. */
export async function forgetDeleted<Each extends Named>(
  ctx: SyncContext,
  connection: OpenConnection,
  deleted: Each[],
): Promise<Each[]> {
  const there: Each[] = []
  for (const object of ['contact', 'ticket'] as const) {
    const mine = deleted.filter(each => each.object === object)
    if (mine.length === 0) continue
    const { id } = connection.row
    const ids = mine.map(each => each.remoteId)
    const links = await inWorkspace(ctx.db, ctx.workspaceId, tx => linksByRemote(tx, id, object, ids))
    if (links.length === 0) continue
    const asked = links.flatMap(link => link.remoteId ?? [])
    const records = await connection.connector[object].read(connection.remote, asked)
    const alive = new Set(records.flatMap(record => [record.remoteId, ...(record.aliases ?? [])]))
    const gone = links.filter(link => !alive.has(link.remoteId ?? '')).map(link => link.recordId)
    if (gone.length > 0)
      await inWorkspace(ctx.db, ctx.workspaceId, tx => takeDeleted(tx, ctx, connection, object, gone))
    there.push(...mine.filter(each => alive.has(each.remoteId)))
  }
  return there
}

/** Links again what was deleted there, not made anew since, and is there again. Throws `RemoteCallError`. */
export async function reviveRestored(ctx: SyncContext, connection: OpenConnection, touched: Named[]): Promise<void> {
  for (const object of ['contact', 'ticket'] as const) {
    const ids = touched.filter(each => each.object === object).map(each => each.remoteId)
    if (ids.length === 0) continue
    const { id } = connection.row
    const lost = await inWorkspace(ctx.db, ctx.workspaceId, tx => lostLinks(tx, id, object, ids))
    if (lost.length === 0) continue
    const asked = lost.map(link => link.lostRemoteId)
    // By its own id: one that answers to another's was merged into it.
    const records = await connection.connector[object].read(connection.remote, asked)
    const there = new Set(records.map(record => record.remoteId))
    const back = lost.filter(link => there.has(link.lostRemoteId)).map(link => link.id)
    if (back.length > 0) await inWorkspace(ctx.db, ctx.workspaceId, tx => reviveLinks(tx, back, ctx.now))
  }
}
