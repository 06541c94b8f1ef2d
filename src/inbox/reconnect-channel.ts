import { AppError } from '../core/errors.ts'
import { type ChannelRow, channelById, setChannelToken } from '../db/channels.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { auditChannel } from './audit-channel.ts'
import type { InboxContext } from './context.ts'
import { wakeChannel } from './wake-channel.ts'
import { readPhoneNumber, type WhatsAppApi } from './whatsapp/client.ts'

/** Gives a number another token; what waited to be sent goes out. Throws `not found`. */
export async function reconnectChannel(
  ctx: InboxContext & { whatsapp: WhatsAppApi; sealing: Sealing },
  channelId: string,
  token: string,
): Promise<ChannelRow> {
  const channel = await inWorkspace(ctx.db, ctx.workspaceId, tx => channelById(tx, channelId))
  if (!channel) throw new AppError('not found', { what: 'channel' })
  const meta = await readPhoneNumber(ctx.whatsapp, { phoneNumberId: channel.phoneNumberId, token })
  const found = meta.kind === 'found' ? meta : null
  const changed: ChannelRow = {
    ...channel,
    token: await ctx.sealing.seal(token),
    state: found ? 'connected' : 'unchecked',
    stateReason: meta.kind === 'refused' ? meta.reason : null,
    displayPhoneNumber: found?.displayPhoneNumber ?? channel.displayPhoneNumber,
    perSecond: found?.perSecond ?? channel.perSecond,
  }
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await setChannelToken(tx, channelId, changed)
    await auditChannel(tx, ctx, 'channel reconnected', channel, changed)
  })
  await wakeChannel(ctx, channelId)
  await ctx.emit([{ name: 'inbox/check.due', data: { workspaceId: ctx.workspaceId, channelId } }])
  return changed
}
