/**
 * `/embed/:connector`: the backend of cards inside a CRM's records. What is said in the conversation, its window, its clocks
 * and the templates; and answers, each with a key, because the vendor asks again on its own when an answer of ours is late.
 */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { composed } from '../core/outbound.ts'
import { explainProblem } from '../core/outbound-limits.ts'
import { seesAll } from '../core/permissions.ts'
import { describeMessage } from '../core/rendering.ts'
import { failureWords } from '../core/send-errors.ts'
import { byLanguage, canBeSent, needsOf } from '../core/template.ts'
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
import { inboxContext } from './auth.ts'
import { embedCaller } from './embed-caller.ts'
import { problem } from './errors.ts'
import type { HttpEnv } from './runtime.ts'

/** What a card has room for; the whole is in the inbox. */
const MESSAGES = 50
const TEMPLATES = 50

const recordQuery = z.object({ objectType: z.enum(['contact', 'ticket']), objectId: z.string().min(1).max(64) })

const replyBody = z.object({
  ticketId: z.uuid(),
  idempotencyKey: z.string().min(8).max(100),
  basedOn: z.uuid().optional(),
  force: z.boolean().optional(),
  content: composed.refine(({ type }) => type === 'text' || type === 'template', 'text or template'),
})

export const embed = new Hono<HttpEnv>()
  .get('/:connector/conversation', async c => {
    const { connectionId } = await embedCaller(c)
    const asked = recordQuery.safeParse(c.req.query())
    if (!asked.success) throw new AppError('invalid input', { problems: z.prettifyError(asked.error) })
    c.header('cache-control', 'no-store')
    return c.json(await show(c, connectionId, asked.data))
  })
  .post('/:connector/reply', async c => {
    const { caller, connectionId, body } = await embedCaller(c)
    if (!caller.permissions.has('tickets.reply')) {
      throw new AppError('missing permission', { permission: 'tickets.reply' })
    }
    const asked = replyBody.safeParse(readJson(body))
    if (!asked.success) throw new AppError('invalid input', { problems: z.prettifyError(asked.error) })
    return answer(c, connectionId, asked.data)
  })

async function show(c: Context<HttpEnv>, connectionId: string, record: z.infer<typeof recordQuery>) {
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
    const ticket = ticketId ? await ticketView(tx, { sees: ctx.sees, agentId: caller.agentId }, { id: ticketId }) : undefined
    if (!ticket) return undefined
    const [conversation, channel, messages] = await Promise.all([
      conversationById(tx, ticket.conversationId),
      channelById(tx, ticket.channelId),
      ticketMessages(tx, ticket.id),
    ])
    const known = channel ? await listTemplates(tx, { wabaId: channel.wabaId }) : []
    const templates = known.filter(row => canBeSent(row.status))
    const isSeen = caller.permissions.has('tickets.reply') && (await ticketInSight(tx, caller.sees, ticket.id))
    return { ticket, conversation, channel, messages, templates, isSeen }
  })
  if (!found) return { ...base, canReply: false, ticket: null, window: null, sla: null, messages: [], templates: [] }
  const { ticket, conversation, channel, messages, templates, isSeen } = found
  const { clocks, lines, policy } = await ticketSla(ctx, ticket.id, ctx.now, language)
  return {
    ...base,
    canReply: isSeen,
    ticket: {
      ...{ id: ticket.id, number: ticketNumber(ticket.number), subject: ticket.subject, state: ticket.state },
      ...{
        priority: ticket.priority,
        ownerName: ticket.ownerName,
        url: `${runtime.appUrl}/tickets/${ticket.id}`,
      },
      channel: channel?.displayPhoneNumber ?? channel?.name ?? null,
    },
    window: windowAt(conversation?.lastInboundAt ?? null, ctx.now),
    sla: policy && { policy: policy.name, clocks, lines },
    messages: messages.slice(-MESSAGES).map(row => ({
      ...{ id: row.id, direction: row.direction, author: row.authorName, at: row.providerAt.toISOString() },
      ...{ text: describeMessage(row, language), status: row.status },
      failure: failureWords({ status: row.status, code: row.failureCode }, language),
    })),
    templates: byLanguage(templates, language)
      .slice(0, TEMPLATES)
      .map(row => ({ ...{ name: row.name, language: row.language, category: row.category }, needs: needsOf(row) })),
  }
}

async function ticketOf(tx: Tx, connectionId: string, { objectType, objectId }: z.infer<typeof recordQuery>) {
  const [link] = await linksByRemote(tx, connectionId, objectType, [objectId])
  if (!link) return undefined
  if (objectType === 'ticket') return link.recordId
  const contactId = (await survivorOf(tx, link.recordId)) ?? link.recordId
  const conversation = await latestConversation(tx, contactId)
  return conversation && (await latestTicket(tx, conversation.id))?.id
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
