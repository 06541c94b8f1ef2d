import { AppError } from '../core/errors.ts'
import { type ChannelRow, insertChannel, metaAppByKey } from '../db/channels.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { auditChannel } from './audit-channel.ts'
import { type InboxContext, newId } from './context.ts'
import { DEFAULT_APP } from './meta-app.ts'
import { readPhoneNumber, type WhatsAppApi } from './whatsapp/client.ts'

export type NewChannel = { name?: string; phoneNumberId: string; wabaId: string; token: string; appKey: string }

/** Messages a second that Meta grants to any number. */
const DEFAULT_PER_SECOND = 80

/**
 * Connects a WhatsApp number. Meta is asked whether the token may speak for it; where it does not say so, the number is
 * kept as `unchecked` with Meta's words, so that it can be prepared before it is live. Throws `already exists`, and
 * `not found` for an app that the workspace does not have.
 */
export async function createChannel(
  ctx: InboxContext & { whatsapp: WhatsAppApi; sealing: Sealing },
  { name, phoneNumberId, wabaId, token, appKey }: NewChannel,
): Promise<ChannelRow> {
  const isKnown = appKey === DEFAULT_APP || (await inWorkspace(ctx.db, ctx.workspaceId, tx => metaAppByKey(tx, appKey)))
  if (!isKnown) throw new AppError('not found', { what: 'meta app' })
  const meta = await readPhoneNumber(ctx.whatsapp, { phoneNumberId, token })
  const found = meta.kind === 'found' ? meta : null
  const channel: ChannelRow = {
    id: newId(),
    workspaceId: ctx.workspaceId,
    name: name ?? found?.verifiedName ?? found?.displayPhoneNumber ?? phoneNumberId,
    ...{ phoneNumberId, wabaId, appKey },
    displayPhoneNumber: found?.displayPhoneNumber ?? null,
    token: await ctx.sealing.seal(token),
    state: found ? 'connected' : 'unchecked',
    stateReason: meta.kind === 'refused' ? meta.reason : null,
    createdAt: ctx.now,
    perSecond: found?.perSecond ?? DEFAULT_PER_SECOND,
  }
  try {
    await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      await insertChannel(tx, channel)
      await auditChannel(tx, ctx, 'channel created', undefined, channel)
    })
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error
    throw new AppError('already exists', { what: `phoneNumberId ${phoneNumberId}` }, { cause: error })
  }
  return channel
}
