/**
 * Sends what waits in a conversation, oldest first, so that answers arrive in the order they were written, and no faster
 * than WhatsApp lets the number and this customer's pair. A message is marked before it leaves: one found marked by a
 * process that is gone may have been sent, and is never sent again blindly; its status tells, or a person decides.
 */
import { addressOf } from '../core/address.ts'
import type { BlobStore } from '../core/blobs.ts'
import { furthest } from '../core/message.ts'
import { fromContent, type Outbound, ownFilesIn } from '../core/outbound.ts'
import { explainTrouble, type Pace } from '../core/send-errors.ts'
import { afterRefusal, channelPace, PAIR_PACE } from '../core/send-limits.ts'
import type { ConversationRow, MessageRow } from '../db/arrivals.ts'
import { type ChannelRow, channelById, isOnline, setChannelState } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { forgetMediaCopies, type MediaRow } from '../db/media.ts'
import { conversationById, markSending, nextUnsent, setSendResult } from '../db/messages.ts'
import type { Sealing } from '../db/sealing.ts'
import { forgetRefusals, lockSendLimit, returnSend, saveSendLimit, sendLimitOf, takeSend } from '../db/send-limits.ts'
import { statusesOf } from '../db/statuses.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { workspaceById } from '../db/workspaces.ts'
import type { InboxContext } from './context.ts'
import { putFile, readyFiles } from './media-for-sending.ts'
import { notifyAdmins } from './notify.ts'
import { tell, wake } from './tell.ts'
import { type CallFailure, type SendOutcome, sendMessage, type WhatsAppApi } from './whatsapp/client.ts'

export type SendContext = InboxContext & { whatsapp: WhatsAppApi; sealing: Sealing; blobs: BlobStore }

/** Nothing left that may go, or the oldest must wait. */
export type Sent = { kind: 'done'; sent: number } | { kind: 'retry after'; afterMs: number; reason: string }

/** A send marked longer ago than this belongs to a process that is gone; ms. The call's own deadline is shorter. */
const ABANDONED_MS = 60_000

/** WhatsApp says nothing clear of a file for longer than this: its message fails, so that the others can go; ms. */
const PATIENCE_WITH_FILES_MS = 900_000

/** After WhatsApp could not be reached. */
const NOT_REACHED_MS = 15_000

export async function sendMessages(ctx: SendContext, conversationId: string): Promise<Sent> {
  for (let sent = 0; ; sent++) {
    const taken = await take(ctx, conversationId)
    if (taken === 'nothing') return { kind: 'done', sent }
    if (taken === 'busy') return { kind: 'retry after', afterMs: ABANDONED_MS, reason: 'Another process is sending' }
    if ('waitUntil' in taken) return waitUntil(ctx, taken.waitUntil, 'The pace that WhatsApp allows')
    if ('abandoned' in taken) {
      await wake(ctx, taken.abandoned)
      continue
    }
    if ('toPut' in taken) {
      const failure = await putFile(ctx, taken.toPut, taken.channel, taken.token)
      if (!failure) continue
      const outcome = judge(ctx, taken.message, failure)
      if (outcome.kind === 'ambiguous') return { kind: 'retry after', afterMs: NOT_REACHED_MS, reason: outcome.reason }
      const left = await settle(ctx, taken, outcome, sent)
      if (left) return left
      continue
    }
    const outcome = await send(ctx, taken)
    const left = await settle(ctx, taken, outcome, sent)
    if (left) return left
  }
}

/** Writes down what came of it. Returns what there is to wait for; nothing where the next one may go. */
async function settle(
  ctx: SendContext,
  taken: Pick<Taken, 'message' | 'channel'>,
  outcome: SendOutcome,
  sent: number,
): Promise<Sent | null> {
  const blockedUntil = await record(ctx, taken, outcome)
  if (outcome.kind === 'throttled') return waitUntil(ctx, blockedUntil ?? ctx.now, outcome.reason)
  if (outcome.kind === 'not reached') return { kind: 'retry after', afterMs: NOT_REACHED_MS, reason: outcome.reason }
  if (outcome.kind === 'unauthorized' || outcome.kind === 'held back') return { kind: 'done', sent }
  return null
}

/** A file that may or may not have arrived is put again; for how long, the message's age tells. */
function judge({ now }: SendContext, { recordedAt }: MessageRow, failure: CallFailure): CallFailure {
  if (failure.kind !== 'ambiguous' || now.getTime() - recordedAt.getTime() < PATIENCE_WITH_FILES_MS) return failure
  return { kind: 'refused', code: MEDIA_UPLOAD_ERROR, reason: failure.reason }
}

/** Meta's own code for files that do not get there (Meta, "Error codes"). */
const MEDIA_UPLOAD_ERROR = '131053'

function waitUntil({ now }: SendContext, at: Date, reason: string): Sent {
  return { kind: 'retry after', afterMs: Math.max(1, Math.ceil(at.getTime() - now.getTime())), reason }
}

type Taken = {
  message: MessageRow
  content: Outbound
  conversation: ConversationRow
  channel: ChannelRow
  token: string
}

/** A file of the message is to be put at WhatsApp first. */
type Unready = { toPut: MediaRow; message: MessageRow; channel: ChannelRow; token: string }

/** `abandoned` names the connections to wake. */
type Take = Taken | Unready | 'nothing' | 'busy' | { abandoned: string[] } | { waitUntil: Date }

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
    if (!isOnline(channel)) return 'nothing'
    // Before the mark: a token or a content that cannot be read means that nothing left.
    const token = String(await ctx.sealing.open(channel.token))
    const readied = await readyFiles(tx, channel.id, fromContent(message.content, message.text), ctx.now)
    if (readied.kind === 'to be put') return { toPut: readied.file, message, channel, token }
    const { content } = readied
    const freeAt = await takeAllowance(tx, ctx, conversation, channel)
    if (freeAt) return { waitUntil: freeAt }
    await markSending(tx, message.id, ctx.now)
    return { message, content, conversation, channel, token }
  })
}

/** From both or from neither. The customer's first: only this conversation waits for it, all of the number's for the other. */
async function takeAllowance(
  tx: Tx,
  { workspaceId, now }: SendContext,
  conversation: ConversationRow,
  channel: ChannelRow,
): Promise<Date | null> {
  const pairFreeAt = await takeSend(tx, { id: conversation.id, workspaceId }, PAIR_PACE, now)
  if (pairFreeAt) return pairFreeAt
  const pace = channelPace(channel.perSecond, await sendLimitOf(tx, channel.id), now)
  const channelFreeAt = await takeSend(tx, { id: channel.id, workspaceId }, pace, now)
  if (channelFreeAt) await returnSend(tx, conversation.id, PAIR_PACE)
  return channelFreeAt
}

async function send(ctx: SendContext, { message, content, conversation, channel, token }: Taken): Promise<SendOutcome> {
  const address = addressOf(conversation)
  if (!address) return { kind: 'refused', code: 'no address', reason: 'The customer has neither a number nor an id' }
  const account = { phoneNumberId: channel.phoneNumberId, token }
  const { replyToWamid, id } = message
  return sendMessage(ctx.whatsapp, account, { address, content, replyToWamid, callback: id })
}

/** What the call led to. Returns until when the number or the pair is blocked. */
async function record(
  ctx: SendContext,
  { message, channel }: Pick<Taken, 'message' | 'channel'>,
  outcome: SendOutcome,
): Promise<Date | null> {
  const { connectionIds, blockedUntil } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const none = { wamid: null, failureCode: null, failureReason: null }
    const quiet = { connectionIds: [], blockedUntil: null }
    switch (outcome.kind) {
      case 'accepted': {
        // Its states may have outrun the answer.
        const [known] = await Promise.all([
          statusesOf(tx, channel.id, outcome.wamid),
          forgetRefusals(tx, message.conversationId),
        ])
        const status = known.map(row => row.status).reduce(furthest, 'accepted')
        const failed = known.find(row => row.status === 'failed')
        const failure = { failureCode: failed?.errorCode ?? null, failureReason: failed?.errorText ?? null }
        await setSendResult(tx, message.id, { status, wamid: outcome.wamid, ...failure })
        break
      }
      case 'throttled':
        await setSendResult(tx, message.id, { ...none, status: 'queued' })
        return { connectionIds: [], blockedUntil: await block(tx, ctx, message, outcome.pace) }
      case 'not reached':
        await setSendResult(tx, message.id, { ...none, status: 'queued' })
        return quiet
      case 'unauthorized':
      case 'held back': {
        const state = outcome.kind === 'unauthorized' ? 'reconnect' : 'paused'
        const language = (await workspaceById(tx, ctx.workspaceId))?.language ?? 'es'
        await setSendResult(tx, message.id, { ...none, status: 'queued', failureReason: outcome.reason })
        const reason = explainTrouble(outcome.code, outcome.reason, language)
        if (await setChannelState(tx, channel.id, state, reason)) {
          const name = channel.displayPhoneNumber ?? channel.name
          await notifyAdmins(tx, ctx, { kind: 'number stopped', key: `${channel.id} ${+ctx.now}`, name, reason })
        }
        return quiet
      }
      case 'refused':
        await setSendResult(tx, message.id, {
          ...{ status: 'failed', wamid: null },
          ...{ failureCode: outcome.code, failureReason: outcome.reason },
        })
        // Perhaps WhatsApp knows its file no more: sent again, it is put there again.
        await forgetFiles(tx, channel.id, message)
        break
      case 'ambiguous':
        await setSendResult(tx, message.id, {
          ...{ ...none, status: 'uncertain' },
          ...{ failureCode: outcome.code, failureReason: outcome.reason },
        })
        break
    }
    return { connectionIds: await tell(tx, ctx, 'message', message.id, null), blockedUntil: null }
  })
  await wake(ctx, connectionIds)
  return blockedUntil
}

async function forgetFiles(tx: Tx, channelId: string, { content, text }: MessageRow) {
  const files = ownFilesIn(fromContent(content, text))
  if (files.length > 0) await forgetMediaCopies(tx, channelId, files)
}

/** For all processes: the pair waits alone, otherwise everything of the number does. */
async function block(tx: Tx, { workspaceId, now }: SendContext, message: MessageRow, pace: Pace): Promise<Date> {
  const id = pace === 'pair' ? message.conversationId : message.channelId
  const limit = afterRefusal(await lockSendLimit(tx, { id, workspaceId }, now), pace, now, Math.random())
  await saveSendLimit(tx, id, limit)
  return limit.blockedUntil ?? now
}
