/**
 * `/embed/:connector`: the backend of cards inside a CRM's records. What is said in the conversation, its window, its clocks
 * and the templates; and answers, each with a key, because the vendor asks again on its own when an answer of ours is late.
 */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { InvalidInput } from '../core/invalid-input.ts'
import { composed } from '../core/outbound.ts'
import { explainProblem } from '../core/outbound-limits.ts'
import { seesAll } from '../core/permissions.ts'
import { failureWords } from '../core/send-errors.ts'
import { byLanguage, canBeSent, needsOf, renderTemplate } from '../core/template.ts'
import { ticketNumber } from '../core/ticket.ts'
import { windowAt } from '../core/window.ts'
import { channelById } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { survivorOf } from '../db/contact-merges.ts'
import { linksByRemote } from '../db/links.ts'
import { conversationById, latestConversation, ticketMessages } from '../db/messages.ts'
import { listTemplates } from '../db/templates.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { latestTicket, ticketInSight, ticketView } from '../db/tickets.ts'
import { reply } from '../inbox/reply.ts'
import { ticketSla } from '../inbox/ticket-sla.ts'
import { filesOfMessages } from './api/media-shape.ts'
import { previewBody, previewTemplate } from './api/templates.ts'
import { showMessage } from './api/tickets.ts'
import { inboxContext } from './auth.ts'
import { linkToPage, type RemoteRecord, remoteRecord } from './embed-app.ts'
import { embedCaller } from './embed-caller.ts'
import { problem } from './errors.ts'
import type { Caller, HttpEnv } from './runtime.ts'

/** What a card has room for; the whole is in the inbox. */
const MESSAGES = 50
const TEMPLATES = 50

const replyBody = z.object({
  ticketId: z.uuid(),
  idempotencyKey: z.string().min(8).max(100),
  basedOn: z.uuid().optional(),
  force: z.boolean().optional(),
  content: composed.refine(({ type }) => type === 'text' || type === 'template', 'text or template'),
})

export const embed = new Hono<HttpEnv>()
  .get('/:connector/conversation', async c => {
    const { connectionId, record } = await embedCaller(c)
    const asked = checked(remoteRecord, c.req.query())
    mustBe(record, asked)
    c.header('cache-control', 'no-store')
    return c.json(await show(c, connectionId, asked))
  })
  .post('/:connector/link', async c => {
    const { caller, connectionId, email, record, body } = await embedCaller(c)
    const asked = checked(remoteRecord, readJson(body))
    mustBe(record, asked)
    const looker = { connectionId, workspaceId: caller.workspaceId, email }
    return c.json({ url: await linkToPage(c.var.runtime, c.req.param('connector'), looker, asked) })
  })
  .post('/:connector/templates/:id/preview', async c => {
    const { caller, body } = await embedCaller(c)
    mustAnswer(caller)
    const given = checked(previewBody, readJson(body))
    return c.json(await previewTemplate(c, checked(z.uuid(), c.req.param('id')), given))
  })
  .post('/:connector/reply', async c => {
    const { caller, connectionId, record, body } = await embedCaller(c)
    mustAnswer(caller)
    const asked = checked(replyBody, readJson(body))
    if (record) await mustHave(c, connectionId, record, asked.ticketId)
    return answer(c, connectionId, asked)
  })

function mustAnswer({ permissions }: Caller) {
  if (!permissions.has('tickets.reply')) throw new AppError('missing permission', { permission: 'tickets.reply' })
}

/** A page that was opened for a record is of that one. */
function mustBe(record: RemoteRecord | null, asked: RemoteRecord) {
  const isIt = !record || (record.objectType === asked.objectType && record.objectId === asked.objectId)
  if (!isIt) throw new AppError('not found', { what: 'record' })
}

async function mustHave(c: Context<HttpEnv>, connectionId: string, record: RemoteRecord, ticketId: string) {
  const { caller, runtime } = c.var
  const isOf = await inWorkspace(runtime.services.db, caller.workspaceId, async tx => {
    const linked = await linkedRecord(tx, connectionId, record)
    const ticket = await ticketView(tx, { sees: seesAll, agentId: null }, { id: ticketId })
    return linked !== undefined && linked === (record.objectType === 'ticket' ? ticket?.id : ticket?.contactId)
  })
  if (!isOf) throw new AppError('not found', { what: 'ticket' })
}

function checked<T>(shape: z.ZodType<T>, given: unknown): T {
  const read = shape.safeParse(given)
  if (!read.success) throw new InvalidInput(read.error.issues, given)
  return read.data
}

async function show(c: Context<HttpEnv>, connectionId: string, record: RemoteRecord) {
  const { caller, runtime } = c.var
  // Whoever sees the record there reads what its timeline says anyway; answers are by what they see here.
  const ctx = { ...inboxContext(runtime, caller), sees: seesAll }
  const { language } = caller
  const base = {
    language,
    person: caller.agentId ? { name: caller.name } : null,
  }
  const found = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const ticketId = await ticketOf(tx, connectionId, record)
    const ticket = ticketId
      ? await ticketView(tx, { sees: ctx.sees, agentId: caller.agentId }, { id: ticketId })
      : undefined
    if (!ticket) return undefined
    const [conversation, channel, messages] = await Promise.all([
      conversationById(tx, ticket.conversationId),
      channelById(tx, ticket.channelId),
      ticketMessages(tx, ticket.id),
    ])
    const known = channel ? await listTemplates(tx, { wabaId: channel.wabaId }) : []
    const templates = known.filter(row => canBeSent(row.status))
    const files = await filesOfMessages(c.var, tx, messages.slice(-MESSAGES))
    const isSeen = caller.permissions.has('tickets.reply') && (await ticketInSight(tx, caller.sees, ticket.id))
    return { ticket, conversation, channel, messages, files, templates, isSeen }
  })
  if (!found) {
    const empty = { customer: '', ticket: null, window: null, sla: null, messages: [], templates: [] }
    return { ...base, canReply: false, ...empty }
  }
  const { ticket, conversation, channel, messages, files, templates, isSeen } = found
  const { clocks, lines, policy } = await ticketSla(ctx, ticket.id, ctx.now, language)
  return {
    ...base,
    canReply: isSeen,
    customer: ticket.contactName ?? ticket.contactPhone ?? '',
    ticket: {
      ...{ id: ticket.id, number: ticketNumber(ticket.number), subject: ticket.subject, state: ticket.state },
      ...{
        priority: ticket.priority,
        ownerName: ticket.ownerName,
        url: `${runtime.appUrl}/inbox/${ticketNumber(ticket.number)}`,
      },
      channel: channel?.displayPhoneNumber ?? channel?.name ?? null,
    },
    window: windowAt(conversation?.lastInboundAt ?? null, ctx.now),
    sla: policy && { policy: policy.name, clocks, lines },
    // As the API shows them; small cards read a few of its fields, and of a failure words only.
    messages: messages.slice(-MESSAGES).map(row => {
      const words = failureWords({ status: row.status, code: row.failureCode }, language)
      const failure = words && { code: row.failureCode, reason: row.failureReason ?? '', ...words }
      return { ...showMessage(row, language, files.get(row.id)), failure }
    }),
    templates: byLanguage(templates, language)
      .slice(0, TEMPLATES)
      .map(row => ({
        ...{ id: row.id, name: row.name, language: row.language, category: row.category },
        ...{ parameterFormat: row.parameterFormat, needs: needsOf(row), preview: renderTemplate(row, {}) },
      })),
  }
}

async function ticketOf(tx: Tx, connectionId: string, record: RemoteRecord) {
  const recordId = await linkedRecord(tx, connectionId, record)
  if (!recordId || record.objectType === 'ticket') return recordId
  const conversation = await latestConversation(tx, recordId)
  return conversation && (await latestTicket(tx, conversation.id))?.id
}

/** Which ticket or contact of ours it is, after all merges. */
async function linkedRecord(tx: Tx, connectionId: string, { objectType, objectId }: RemoteRecord) {
  const [link] = await linksByRemote(tx, connectionId, objectType, [objectId])
  if (!link || objectType === 'ticket') return link?.recordId
  return (await survivorOf(tx, link.recordId)) ?? link.recordId
}

async function answer(c: Context<HttpEnv>, connectionId: string, asked: z.infer<typeof replyBody>) {
  const { ticketId, idempotencyKey, basedOn, force, content } = asked
  const { caller, runtime } = c.var
  const { language } = caller
  const said = await reply(inboxContext(runtime, caller), {
    ...{ ticketId, content, basedOn, force, authorName: caller.name },
    idempotencyKey: `card:${connectionId}:${ticketId}:${idempotencyKey}`,
  })
  switch (said.kind) {
    case 'queued':
    case 'repeated':
      return c.json({ messageId: said.message.id, repeated: said.kind === 'repeated' }, 202)
    case 'window closed':
      throw new AppError('window closed', { closedAt: said.closedAt?.toISOString() ?? '—' })
    case 'changed since':
      return problem(c, new AppError('changed since', { count: String(said.newer.length) }))
    case 'somebody is replying':
      return problem(c, new AppError('somebody is replying', { name: said.who.map(({ name }) => name).join(', ') }))
    case 'channel disconnected':
    case 'channel paused':
      throw new AppError(said.kind, { channel: said.channel, reason: said.reason })
    case 'invalid':
      throw new AppError('invalid input', {
        problems: said.problems.map(each => explainProblem(each, language)).join('; '),
      })
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('malformed body', {}, { cause })
  }
}
