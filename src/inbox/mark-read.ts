import { AppError } from '../core/errors.ts'
import { channelById, isOnline } from '../db/channels.ts'
import { conversationById, latestInbound } from '../db/messages.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { lockTicket } from '../db/tickets.ts'
import type { InboxContext } from './context.ts'
import * as client from './whatsapp/client.ts'

/** WhatsApp forgets a message's id after this time. */
const KNOWN_MS = 30 * 24 * 3_600_000

export type Marked =
  | { kind: 'marked'; messageId: string }
  | { kind: 'channel disconnected' | 'channel paused'; channel: string; reason: string }
  | Exclude<Awaited<ReturnType<typeof client.markRead>>, { kind: 'done' }>

/**
 * Shows the customer that everything up to the last message was read; with `typing`, for 25 seconds, that somebody writes.
 * It is worth nothing later, so it is not tried again. Throws `not found` and `nothing to mark`.
 */
export async function markRead(
  ctx: InboxContext & { whatsapp: client.WhatsAppApi; sealing: Sealing },
  ticketId: string,
  { typing }: { typing: boolean },
): Promise<Marked> {
  const since = new Date(ctx.now.getTime() - KNOWN_MS)
  const { channel, message } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const ticket = await lockTicket(tx, ctx.sees, ticketId)
    if (!ticket) throw new AppError('not found', { what: 'ticket' })
    const [channel, message, conversation] = await Promise.all([
      channelById(tx, ticket.channelId),
      latestInbound(tx, ticket.conversationId, since),
      conversationById(tx, ticket.conversationId),
    ])
    // Groups know no read marks (Meta, "Groups API").
    return { channel, message: conversation?.groupId ? undefined : message }
  })
  if (!channel || !message?.wamid) throw new AppError('nothing to mark')
  if (!isOnline(channel)) {
    const kind = channel.state === 'paused' ? 'channel paused' : 'channel disconnected'
    return { kind, channel: channel.displayPhoneNumber ?? channel.name, reason: channel.stateReason ?? '' }
  }
  const token = String(await ctx.sealing.open(channel.token))
  const account = { phoneNumberId: channel.phoneNumberId, token }
  const outcome = await client.markRead(ctx.whatsapp, account, { wamid: message.wamid, typing })
  return outcome.kind === 'done' ? { kind: 'marked', messageId: message.id } : outcome
}
