/**
 * An answer to the customer: written to the conversation and left for `send-message`; the ticket waits on the customer.
 * Idempotent by key: the same key gives the message it made before.
 */
import { AppError, errorSentence, type Language } from '../core/errors.ts'
import { afterReply } from '../core/ticket.ts'
import { windowAt } from '../core/window.ts'
import type { ConversationRow, MessageRow, TicketRow } from '../db/arrivals.ts'
import * as arrivals from '../db/arrivals.ts'
import { channelById } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { insertSourceLink } from '../db/links.ts'
import { conversationById, messageBy } from '../db/messages.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { lockTicket, ticketEvents } from '../db/tickets.ts'
import { writeMove } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'
import { tell, wake } from './tell.ts'

export type ReplyInput = {
  ticketId: string
  text: string
  idempotencyKey: string
  authorName: string | null
  /** When it was written, where that is not now. */
  at?: Date
  /** Where it was written in a CRM: its state is told there. */
  source?: { connectionId: string; remoteType: string; remoteId: string }
}

export type Reply =
  | { kind: 'queued'; message: MessageRow }
  | { kind: 'repeated'; message: MessageRow }
  /** Nothing goes out; the attempt is kept as a failed message where it came from a CRM. */
  | { kind: 'window closed'; closedAt: Date | null; message: MessageRow | null }
  | { kind: 'channel disconnected'; channel: string; reason: string; message: MessageRow | null }

/** Throws `not found`. */
export async function reply(ctx: InboxContext, input: ReplyInput): Promise<Reply> {
  const { answer, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [ticket, config] = await Promise.all([lockTicket(tx, input.ticketId), loadInboxConfig(tx)])
    if (!ticket) throw new AppError('not found', { what: 'ticket' })
    const [repeated, conversation, channel] = await Promise.all([
      messageBy(tx, { idempotencyKey: input.idempotencyKey }),
      conversationById(tx, ticket.conversationId),
      channelById(tx, ticket.channelId),
    ])
    if (repeated) return { answer: { kind: 'repeated', message: repeated } as Reply, connectionIds: [] }
    const window = windowAt(conversation?.lastInboundAt ?? null, ctx.now)
    if (window.kind === 'closed') {
      const kept = await keepRefused(tx, ctx, ticket, input, windowClosed(window.closedAt, config.language))
      return { ...kept, answer: { kind: 'window closed', closedAt: window.closedAt, message: kept.message } as Reply }
    }
    if (channel?.state === 'reconnect') {
      const reason = channel.stateReason ?? ''
      const kept = await keepRefused(tx, ctx, ticket, input, { failureCode: '190', failureReason: reason })
      const facts = { channel: channel.displayPhoneNumber ?? channel.name, reason, message: kept.message }
      return { ...kept, answer: { kind: 'channel disconnected', ...facts } as Reply }
    }
    const message = messageRow(ctx, ticket, input)
    await write(tx, message, input)
    const connectionIds = await tell(tx, ctx, 'message', message.id, input.source?.connectionId ?? null)
    const state = afterReply(ticket, message.providerAt)
    // The first answer stops FRT also where the ticket was set to wait by hand before.
    const isTurn = ticket.state !== 'waiting' || !(await isAnswered(tx, ticket.id))
    if (isTurn) {
      const move = {
        values: state === ticket.state ? {} : { state, stateAt: message.providerAt },
        events: [{ kind: 'answered' as const }],
        action: 'ticket answered',
      }
      // The state follows from the answer and was not said by the CRM it came from, so that one is told too.
      connectionIds.push(...(await writeMove(tx, ctx, config, ticket, move, message.providerAt, null)))
    }
    return { answer: { kind: 'queued', message } as Reply, connectionIds }
  })
  await wake(ctx, [...new Set(connectionIds)])
  if (answer.kind === 'queued') {
    const { workspaceId } = ctx
    const { conversationId } = answer.message
    await ctx.emit([{ name: 'inbox/message.queued', data: { workspaceId, conversationId } }])
  }
  return answer
}

async function isAnswered(tx: Tx, ticketId: string): Promise<boolean> {
  return (await ticketEvents(tx, ticketId)).some(event => event.kind === 'answered')
}

async function write(tx: Tx, message: MessageRow, input: ReplyInput) {
  await Promise.all([
    arrivals.insertMessages(tx, [message]),
    input.source
      ? insertSourceLink(tx, newId(), message.workspaceId, message.id, input.source, message.recordedAt)
      : null,
  ])
}

type Refusal = { failureCode: string; failureReason: string }

/** WhatsApp's own code for it (Meta, "Error codes"). */
function windowClosed(closedAt: Date | null, language: Language): Refusal {
  const facts = { closedAt: closedAt?.toISOString() ?? '—' }
  return { failureCode: '131047', failureReason: errorSentence('window closed', facts, language) }
}

/** Who wrote in a CRM sees there that it did not go out; who called the API is told at once. */
async function keepRefused(tx: Tx, ctx: InboxContext, ticket: TicketRow, input: ReplyInput, refusal: Refusal) {
  if (!input.source) return { message: null, connectionIds: [] }
  const message: MessageRow = { ...messageRow(ctx, ticket, input), status: 'failed', ...refusal }
  await write(tx, message, input)
  return { message, connectionIds: await tell(tx, ctx, 'message', message.id, null) }
}

function messageRow(ctx: InboxContext, ticket: TicketRow, input: ReplyInput): MessageRow {
  return {
    id: newId(),
    workspaceId: ctx.workspaceId,
    channelId: ticket.channelId,
    conversationId: ticket.conversationId,
    contactId: ticket.contactId,
    ticketId: ticket.id,
    wamid: null,
    direction: 'out',
    origin: 'agent',
    kind: 'text',
    text: input.text,
    content: null,
    raw: null,
    replyToWamid: null,
    providerAt: input.at && input.at < ctx.now ? input.at : ctx.now,
    recordedAt: ctx.now,
    status: 'queued',
    failureCode: null,
    failureReason: null,
    authorName: input.authorName,
    sourceConnectionId: input.source?.connectionId ?? null,
    sourceRemoteId: input.source?.remoteId ?? null,
    idempotencyKey: input.idempotencyKey,
    sendingAt: null,
  }
}

/** The address of a conversation: the number as received, else the business-scoped id. */
export function addressOf(conversation: ConversationRow): { to: string } | { recipient: string } | null {
  if (conversation.toWaId) return { to: `+${conversation.toWaId}` }
  return conversation.toUserId ? { recipient: conversation.toUserId } : null
}
