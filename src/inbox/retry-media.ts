/** A person wants a file once more that did not come. */
import { AppError } from '../core/errors.ts'
import { mediaDue } from '../core/events.ts'
import { writeAudit } from '../db/audit.ts'
import { type MediaRow, mediaById, mediaInSight, reopenMedia } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'

/** From the first try. Throws `not found` and `nothing to fetch`. */
export async function retryMedia(ctx: InboxContext, mediaId: string): Promise<MediaRow> {
  const file = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (!(await mediaInSight(tx, ctx.sees, mediaId))) throw new AppError('not found', { what: 'file' })
    const opened = await reopenMedia(tx, mediaId, ctx.now)
    if (opened) {
      await writeAudit(tx, ctx, newId(), { action: 'file asked again', subjectKind: 'media', subjectId: mediaId })
      return opened
    }
    const known = await mediaById(tx, mediaId)
    throw known ? new AppError('nothing to fetch', { state: known.state }) : new AppError('not found', { what: 'file' })
  })
  await ctx.emit([mediaDue({ ...file, mediaId })])
  return file
}
