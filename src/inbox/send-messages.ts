/**
 * Sends what waits in a conversation, oldest first, so that answers arrive in the order they were written. A message is
 * marked before it leaves: one found marked by a process that is gone may have been sent, and is never sent again
 * blindly; its status tells, or a person decides.
 */
import { furthest } from '../core/message.ts'
import type { ConversationRow, MessageRow } from '../db/arrivals.ts'
import { type ChannelRow, channelById, setChannelState } from '../db/channels.ts'
import { conversationById, markSending, nextUnsent, setSendResult } from '../db/messages.ts'
import type { Sealing } from '../db/sealing.ts'
import { statusesOf } from '../db/statuses.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { InboxContext } from './context.ts'
import { addressOf } from './reply.ts'
import { tell, wake } from './tell.ts'
import { type SendOutcome, sendText, type WhatsAppApi } from './whatsapp/client.ts'

export type SendContext = InboxContext & { whatsapp: WhatsAppApi; sealing: Sealing }

/** Nothing left, or the oldest must wait. */
export type Sent = { kind: 'done'; sent: number } | { kind: 'retry after'; afterMs: number; reason: string }

/** A send marked longer ago than this belongs to a process that is gone; ms. The call's own deadline is shorter. */
const ABANDONED_MS = 60_000

export async function sendMessages(ctx: SendContext, conversationId: string): Promise<Sent> {
  for (let sent = 0; ; sent++) {
    const taken = await take(ctx, conversationId)
    if (taken === 'nothing') return { kind: 'done', sent }
    if (taken === 'busy') return { kind: 'retry after', afterMs: ABANDONED_MS, reason: 'Another process is sending' }
    if ('abandoned' in taken) {
      await wake(ctx, taken.abandoned)
      continue
    }
    const outcome = await send(ctx, taken)
    await record(ctx, taken, outcome)
    if (outcome.kind === 'retry after') return { kind: 'retry after', afterMs: outcome.afterMs, reason: outcome.reason }
    if (outcome.kind === 'unauthorized') return { kind: 'done', sent }
  }
}

type Taken = { message: MessageRow; conversation: ConversationRow; channel: ChannelRow; token: string }

/** `abandoned` names the connections to wake. */
type Take = Taken | 'nothing' | 'busy' | { abandoned: string[] }

async function take(ctx: SendContext, conversationId: string): Promise<Take> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const message = await nextUnsent(tx, conversationId)
    if (!message) return 'nothing'
    if (message.status === 'sending') {
      if (ctx.now.getTime() - (message.sendingAt?.getTime() ?? 0) < ABANDONED_MS) return 'busy'
      const failureReason = 'The process that sent it stopped before an answer came'
      await setSendResult(tx, message.id, { status: 'uncertain', wamid: null, failureCode: null, failureReason })
      return { abandoned: await tell(tx, ctx, 'message', message.id, null) }
    }
    const [conversation, channel] = await Promise.all([
      conversationById(tx, conversationId),
      channelById(tx, message.channelId),
    ])
    if (!conversation || !channel) throw new Error(`Message ${message.id} has no conversation or channel`)
    if (channel.state === 'reconnect') return 'nothing'
    // Before the mark: a token that cannot be opened means that nothing left.
    const token = String(await ctx.sealing.open(channel.token))
    await markSending(tx, message.id, ctx.now)
    return { message, conversation, channel, token }
  })
}

async function send(ctx: SendContext, { message, conversation, channel, token }: Taken): Promise<SendOutcome> {
  const address = addressOf(conversation)
  if (!address) return { kind: 'refused', code: 'no address', reason: 'The customer has neither a number nor an id' }
  const { text, replyToWamid } = message
  const account = { phoneNumberId: channel.phoneNumberId, token }
  return sendText(ctx.whatsapp, account, { address, text, replyToWamid, callback: message.id })
}

async function record(ctx: SendContext, { message, channel }: Taken, outcome: SendOutcome) {
  const connectionIds = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const none = { wamid: null, failureCode: null, failureReason: null }
    switch (outcome.kind) {
      case 'accepted': {
        // Its states may have outrun the answer.
        const known = await statusesOf(tx, channel.id, outcome.wamid)
        const status = known.map(row => row.status).reduce(furthest, 'accepted')
        const failed = known.find(row => row.status === 'failed')
        const failure = { failureCode: failed?.errorCode ?? null, failureReason: failed?.errorText ?? null }
        await setSendResult(tx, message.id, { status, wamid: outcome.wamid, ...failure })
        break
      }
      case 'retry after':
        await setSendResult(tx, message.id, { ...none, status: 'queued' })
        return []
      case 'unauthorized':
        await setSendResult(tx, message.id, { ...none, status: 'queued', failureReason: outcome.reason })
        await setChannelState(tx, channel.id, 'reconnect', outcome.reason)
        return []
      case 'refused':
        await setSendResult(tx, message.id, {
          ...{ status: 'failed', wamid: null },
          ...{ failureCode: outcome.code, failureReason: outcome.reason },
        })
        break
      case 'ambiguous':
        await setSendResult(tx, message.id, { ...none, status: 'uncertain', failureReason: outcome.reason })
        break
    }
    return tell(tx, ctx, 'message', message.id, null)
  })
  await wake(ctx, connectionIds)
}
