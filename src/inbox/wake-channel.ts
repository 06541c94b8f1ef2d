import { mediaDue } from '../core/events.ts'
import { reopenMediaOfChannel } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { InboxContext } from './context.ts'
import { wakeSenders } from './tell.ts'

/** Files that are asked for at once; the sweep takes the others. */
const AT_ONCE = 200

/** Meta keeps a file for so long; ms. */
const KEPT_MS = 30 * 86_400_000

/** A number has a token that holds again: what waited for it is sent, and what could not be fetched is. */
export async function wakeChannel(ctx: InboxContext, channelId: string): Promise<void> {
  const since = new Date(ctx.now.getTime() - KEPT_MS)
  const files = await inWorkspace(ctx.db, ctx.workspaceId, tx => reopenMediaOfChannel(tx, channelId, since, ctx.now))
  if (files.length > 0) await ctx.emit(files.slice(0, AT_ONCE).map(file => mediaDue({ ...file, mediaId: file.id })))
  await wakeSenders(ctx, channelId)
}
