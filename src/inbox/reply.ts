/**
 * An answer to the customer: written to the conversation and left for `send-message`; the ticket waits on the customer.
 * Idempotent by key: the same key gives the message it made before.
 */
import { AppError, type Language } from '../core/errors.ts'
import { type Composed, isAnAnswer, kindOf, type Outbound, ownFilesIn, toContent, wordsOf } from '../core/outbound.ts'
import { groupProblems } from '../core/outbound-group.ts'
import {
  addresseeProblems,
  explainProblem,
  fileProblems,
  type OutboundProblem,
  problemsOf,
  templateProblems,
} from '../core/outbound-limits.ts'
import { byLanguage, canBeSent, renderTemplate } from '../core/template.ts'
import { movedByReply } from '../core/ticket.ts'
import { windowAt } from '../core/window.ts'
import type { ConversationRow, MessageRow, TicketRow } from '../db/arrivals.ts'
import * as arrivals from '../db/arrivals.ts'
import { type ChannelRow, channelById, isOnline } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { type PresenceRow, presentAt } from '../db/collaboration.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import { insertSourceLink } from '../db/links.ts'
import { type MediaRow, mediaByIds } from '../db/media.ts'
import { conversationById, messageBy, messagesSince } from '../db/messages.ts'
import { listTemplates, type TemplateRow, templateByName } from '../db/templates.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { lockTicket, ticketEvents } from '../db/tickets.ts'
import { writeMove } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'
import { tell, wake } from './tell.ts'

export type ReplyInput = {
  ticketId: string
  content: Composed
  /** The message that it answers to, by our id. */
  replyTo?: string | undefined
  idempotencyKey: string
  authorName: string | null
  /** Written by a bot, not by a person: it answers nobody, and promises run on. */
  automated?: boolean | undefined
  /** The last message that its author had seen: what came after it is asked about, unless `force`. */
  basedOn?: string | undefined
  /** Sends whatever came meanwhile, and whoever else is answering. */
  force?: boolean | undefined
  /** When it was written, where that is not now. */
  at?: Date
  /** Where it was written in a CRM: its state is told there. */
  source?: { connectionId: string; remoteType: string; remoteId: string }
}

export type Reply =
  | { kind: 'queued'; message: MessageRow }
  | { kind: 'repeated'; message: MessageRow }
  | Asked
  /** Nothing goes out; the attempt is kept as a failed message where it came from a CRM. */
  | Refused

/** What somebody must look at before it goes; nothing is kept. */
type Asked =
  | { kind: 'changed since'; message: null; newer: MessageRow[] }
  | { kind: 'somebody is replying'; message: null; who: PresenceRow[] }

type Refused = {
  message: MessageRow | null
} /** `templates`: those that may go out instead, the workspace's language first. */ & (
  | { kind: 'window closed'; closedAt: Date | null; templates: TemplateRow[] }
  | { kind: 'channel disconnected' | 'channel paused'; channel: string; reason: string }
  | { kind: 'invalid'; problems: OutboundProblem[] }
)

/** Throws `not found`. */
export async function reply(ctx: InboxContext, input: ReplyInput): Promise<Reply> {
  const { answer, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, tx => answerIn(tx, ctx, input))
  await wake(ctx, [...new Set(connectionIds)])
  if (answer.kind === 'queued') {
    const { workspaceId } = ctx
    const { conversationId } = answer.message
    await ctx.emit([{ name: 'inbox/message.queued', data: { workspaceId, conversationId } }])
  }
  return answer
}

/** What is to be told after the commit. */
type Answered = { answer: Reply; connectionIds: string[] }

async function answerIn(tx: Tx, ctx: InboxContext, input: ReplyInput): Promise<Answered> {
  const [ticket, config] = await Promise.all([
    lockTicket(tx, ctx.sees, input.ticketId),
    loadInboxConfig(tx, ctx.workspaceId),
  ])
  if (!ticket) throw new AppError('not found', { what: 'ticket' })
  const [repeated, conversation, channel, newer, present] = await Promise.all([
    messageBy(tx, { idempotencyKey: input.idempotencyKey }),
    conversationById(tx, ticket.conversationId),
    channelById(tx, ticket.channelId),
    input.basedOn && !input.force ? messagesSince(tx, ticket.conversationId, input.basedOn) : [],
    ctx.actor.kind === 'agent' && !input.force ? presentAt(tx, ticket.id, ctx.now) : [],
  ])
  if (repeated) return { answer: { kind: 'repeated', message: repeated }, connectionIds: [] }
  const asked = askFirst(ctx, newer, present)
  if (asked) return { answer: asked, connectionIds: [] }
  if (!channel) throw new Error(`Ticket ${ticket.id} has no channel`)
  const refuse = (refusal: Refusal) => keepRefused(tx, ctx, ticket, input, refusal, config.language)

  const window = windowAt(conversation?.lastInboundAt ?? null, ctx.now)
  if (window.kind === 'closed' && input.content.type !== 'template') {
    const sendable = (await listTemplates(tx, { wabaId: channel.wabaId })).filter(row => canBeSent(row.status))
    const templates = byLanguage(sendable, config.language)
    return refuse({ kind: 'window closed', closedAt: window.closedAt, templates })
  }
  if (!isOnline(channel)) {
    const kind = channel.state === 'paused' ? 'channel paused' : 'channel disconnected'
    const name = channel.displayPhoneNumber ?? channel.name
    return refuse({ kind, channel: name, reason: channel.stateReason ?? '' })
  }
  const ready = await prepare(tx, channel, ticket, conversation, input)
  if ('problems' in ready) return refuse({ kind: 'invalid', problems: ready.problems })
  const message = { ...messageRow(ctx, ticket, input), ...ready.values }
  await write(tx, message, input)
  const connectionIds = await tell(tx, ctx, 'message', message.id, input.source?.connectionId ?? null)
  if (!input.automated && isAnAnswer(input.content))
    connectionIds.push(...(await moveTicket(tx, ctx, config, ticket, message)))
  return { answer: { kind: 'queued', message }, connectionIds }
}

/** Two who answer at once wait for each other at the lock above: the second of them is asked. */
function askFirst(ctx: InboxContext, newer: readonly MessageRow[], present: readonly PresenceRow[]): Asked | null {
  if (newer.length > 0) return { kind: 'changed since', message: null, newer: [...newer] }
  const mine = ctx.actor.kind === 'agent' ? ctx.actor.agentId : null
  const who = present.filter(row => row.kind === 'replying' && row.agentId !== mine)
  return who.length > 0 ? { kind: 'somebody is replying', message: null, who } : null
}

/** The ticket waits on the customer. Returns the connections to wake. */
async function moveTicket(
  tx: Tx,
  ctx: InboxContext,
  config: InboxConfig,
  ticket: TicketRow,
  message: MessageRow,
): Promise<string[]> {
  // The first answer stops FRT also where the ticket was set to wait by hand before.
  const isTurn = ticket.state !== 'waiting' || !(await isAnswered(tx, ticket.id))
  const move = {
    values: movedByReply(ticket, message.providerAt),
    // Also of an answer after an answer: what the customer wrote before it may come later.
    events: [{ kind: 'answered' as const }],
    action: 'ticket answered',
    ...(isTurn ? {} : { private: true as const }),
  }
  // The state follows from the answer and was not said by the CRM it came from, so that one is told too.
  return writeMove(tx, ctx, config, ticket, move, message.providerAt, null)
}

async function isAnswered(tx: Tx, ticketId: string): Promise<boolean> {
  return (await ticketEvents(tx, ticketId)).some(event => event.kind === 'answered')
}

type Ready =
  | { values: Pick<MessageRow, 'text' | 'content' | 'replyToWamid' | 'targetWamid'> }
  | { problems: OutboundProblem[] }

/** Checks what is to go out against WhatsApp's limits, the template and the conversation. */
async function prepare(
  tx: Tx,
  channel: ChannelRow,
  ticket: TicketRow,
  conversation: ConversationRow | undefined,
  { content, replyTo }: ReplyInput,
): Promise<Ready> {
  const isGroup = conversation?.groupId != null
  const toWhom = isGroup ? groupProblems(content) : addresseeProblems(content, conversation?.toWaId ?? null)
  const problems = [...problemsOf(content), ...toWhom]
  const wamids = new Map<string, string>()
  const named = [
    ...(replyTo ? [{ field: 'replyTo', id: replyTo }] : []),
    ...(content.type === 'reaction' ? [{ field: 'content.messageId', id: content.messageId }] : []),
  ]
  for (const { field, id } of named) {
    const target = await messageBy(tx, { id })
    const isHere = target?.conversationId === ticket.conversationId
    if (isHere && target.wamid) wamids.set(field, target.wamid)
    else problems.push({ field, rule: isHere ? 'not sent yet' : 'no such message', facts: {} })
  }
  const template =
    content.type === 'template' ? await templateByName(tx, channel.wabaId, content.name, content.language) : undefined
  if (content.type === 'template') problems.push(...templateProblems(content, template))
  const files = new Map((await mediaByIds(tx, ownFilesIn(content))).map(file => [file.id, file]))
  problems.push(...fileProblems(content, new Map([...files].map(([id, file]) => [id, factsOf(file)]))))
  if (problems.length > 0) return { problems }
  const targetWamid = wamids.get('content.messageId') ?? null
  const whole = withFileName(content, files)
  const outbound: Outbound = whole.type === 'reaction' ? { ...whole, targetWamid: targetWamid ?? '' } : whole
  const text = content.type === 'template' && template ? templateText(template, content) : wordsOf(content)
  return { values: { text, content: toContent(outbound), replyToWamid: wamids.get('replyTo') ?? null, targetWamid } }
}

function factsOf({ mime, bytes, state, width, height }: MediaRow) {
  return { mime, bytes: bytes ?? 0, state, width: width ?? undefined, height: height ?? undefined }
}

/** A document keeps the name that it was uploaded under. */
function withFileName(content: Composed, files: ReadonlyMap<string, MediaRow>): Composed {
  if (content.type !== 'document' || content.filename || !('id' in content.media)) return content
  const filename = files.get(content.media.id)?.fileName
  return filename ? { ...content, filename } : content
}

function templateText(template: TemplateRow, content: Extract<Composed, { type: 'template' }>): string {
  const header = content.header?.type === 'text' ? content.header.values : undefined
  // A one-time password is the customer's alone: neither colleagues nor a CRM read it.
  const body = content.code === undefined ? content.body : ['••••••']
  return renderTemplate(template, { header, body, cards: content.cards })
}

async function write(tx: Tx, message: MessageRow, input: ReplyInput) {
  await Promise.all([
    arrivals.insertMessages(tx, [message]),
    input.source
      ? insertSourceLink(tx, newId(), message.workspaceId, message.id, input.source, message.recordedAt)
      : null,
  ])
}

type WithoutMessage<T> = T extends unknown ? Omit<T, 'message'> : never
type Refusal = WithoutMessage<Refused>

/** Who wrote in a CRM sees there that it did not go out; who called the API is told at once. */
async function keepRefused(
  tx: Tx,
  ctx: InboxContext,
  ticket: TicketRow,
  input: ReplyInput,
  refusal: Refusal,
  language: Language,
): Promise<Answered> {
  if (!input.source) return { answer: { ...refusal, message: null }, connectionIds: [] }
  const message: MessageRow = { ...messageRow(ctx, ticket, input), status: 'failed', ...failureOf(refusal, language) }
  await write(tx, message, input)
  return { answer: { ...refusal, message }, connectionIds: await tell(tx, ctx, 'message', message.id, null) }
}

/** With WhatsApp's own code where it has one (Meta, "Error codes"), whose words say the rest. */
function failureOf(refusal: Refusal, language: Language): Pick<MessageRow, 'failureCode' | 'failureReason'> {
  switch (refusal.kind) {
    case 'window closed':
      return { failureCode: '131047', failureReason: '' }
    case 'channel disconnected':
    case 'channel paused':
      return { failureCode: refusal.kind, failureReason: refusal.reason }
    case 'invalid': {
      const failureReason = refusal.problems.map(each => explainProblem(each, language)).join('; ')
      return { failureCode: refusal.kind, failureReason }
    }
  }
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
    origin: input.automated ? 'bot' : 'agent',
    kind: kindOf(input.content),
    text: wordsOf(input.content),
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
    authorId: ctx.actor.kind === 'agent' ? ctx.actor.agentId : null,
  }
}
