import { AppError } from '../core/errors.ts'
import { type ChannelRow, channelById, setChannelState } from '../db/channels.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { auditChannel } from './audit-channel.ts'
import type { InboxContext } from './context.ts'
import { wakeSenders } from './tell.ts'

/**
 * A person has mended what Meta held a number back for: what waited goes out. A number that is not paused stays as it is;
 * one that needs a token is reconnected instead. Throws `not found`.
 */
export async function resumeChannel(ctx: InboxContext, channelId: string): Promise<ChannelRow> {
  const channel = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const known = await channelById(tx, channelId)
    if (!known) throw new AppError('not found', { what: 'channel' })
    if (known.state !== 'paused') return known
    await setChannelState(tx, channelId, 'connected', null)
    const resumed = { ...known, state: 'connected' as const, stateReason: null }
    await auditChannel(tx, ctx, 'channel resumed', known, resumed)
    return resumed
  })
  await wakeSenders(ctx, channelId)
  return channel
}
