/** What goes out to the customer: answers of any type, read marks, and decisions over what did not arrive. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { AppError } from '../../core/errors.ts'
import { inOneLine } from '../../core/invalid-input.ts'
import { composed } from '../../core/outbound.ts'
import { explainProblem } from '../../core/outbound-limits.ts'
import type { MessageRow } from '../../db/arrivals.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { newId } from '../../inbox/context.ts'
import { dismissMessage, resendMessage } from '../../inbox/decide-message.ts'
import { type Marked, markRead } from '../../inbox/mark-read.ts'
import { type Reply, reply } from '../../inbox/reply.ts'
import { inboxContext } from '../auth.ts'
import { languageFor, problem } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { filesOfMessages } from './media-shape.ts'
import { idParam, iso, jsonBody, route } from './shapes.ts'
import { refused, showTemplate } from './templates.ts'
import { messageShape, showMessage, ticketIdOf, ticketParam } from './tickets.ts'

const replyBody = z
  .object({
    text: z.string().trim().optional().openapi({ description: 'A plain text; the same as content {type: text}' }),
    content: composed.optional(),
    replyTo: z.uuid().optional().openapi({ description: 'The message of ours or theirs that it answers to' }),
    idempotencyKey: z.string().min(1).max(200).optional(),
    basedOn: z.uuid().optional().openapi({
      description:
        'The last message that its author had read: if others came after it, 409 tells which, and nothing goes',
    }),
    automated: z
      .boolean()
      .optional()
      .openapi({ description: 'Written by a bot: it is no answer, and the promised times run on' }),
    force: z.boolean().optional().openapi({ description: 'Send it whatever came meanwhile, and whoever else answers' }),
  })
  .refine(body => (body.text === undefined) !== (body.content === undefined), {
    path: ['text'],
    message: 'give either text or content',
  })

const sentShape = z.object({ message: messageShape, repeated: z.boolean() })
const markedShape = z.object({ messageId: z.uuid() })

const routes = {
  reply: route(
    ...(['tickets.reply', 'post', '/tickets/{id}/reply', 'Answer the customer on WhatsApp'] as const),
    {
      params: ticketParam,
      headers: z.object({ 'idempotency-key': z.string().max(200).optional() }),
      ...jsonBody(replyBody),
    },
    sentShape,
    202,
  ),
  read: route(
    ...(['tickets.reply', 'post', '/tickets/{id}/read', 'Show the customer that the messages were read'] as const),
    { params: ticketParam },
    markedShape,
  ),
  typing: route(
    ...([
      'tickets.reply',
      'post',
      '/tickets/{id}/typing',
      'Show the customer for 25 seconds that somebody writes',
    ] as const),
    { params: ticketParam },
    markedShape,
  ),
  resend: route(
    ...([
      'tickets.reply',
      'post',
      '/messages/{id}/resend',
      'Send a message again that failed, or may not have arrived',
    ] as const),
    { params: idParam },
    sentShape,
    202,
  ),
  dismiss: route(
    ...([
      'tickets.reply',
      'post',
      '/messages/{id}/dismiss',
      'Let a message be that failed, or may not have arrived',
    ] as const),
    { params: idParam },
    messageShape,
  ),
}

export const answers = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.reply, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const { text = '', content, replyTo, idempotencyKey, basedOn, ...how } = c.req.valid('json')
    const { caller, runtime } = c.var
    const key = idempotencyKey ?? c.req.valid('header')['idempotency-key']
    const answer = await reply(inboxContext(runtime, caller), {
      ...{ ticketId, replyTo, basedOn, ...how, authorName: caller.name, content: content ?? { type: 'text', text } },
      idempotencyKey: key ? `api:${ticketId}:${key}` : newId(),
    })
    return refusal(c, answer) ?? c.json(await sent(c, answer), 202)
  })
  .openapi(routes.read, async c => mark(c, await ticketIdOf(c.var, c.req.valid('param').id), false))
  .openapi(routes.typing, async c => mark(c, await ticketIdOf(c.var, c.req.valid('param').id), true))
  .openapi(routes.resend, async c => {
    const answer = await resendMessage(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return refusal(c, answer) ?? c.json(await sent(c, answer), 202)
  })
  .openapi(routes.dismiss, async c => {
    const message = await dismissMessage(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json(await show(c, message), 200)
  })

/** The refusal as a problem; nothing where it is on its way. The type is that of routes, which describe problems apart. */
function refusal(c: Context<HttpEnv>, answer: Reply): never | null {
  switch (answer.kind) {
    case 'queued':
    case 'repeated':
      return null
    case 'window closed': {
      const templates = answer.templates.map(showTemplate)
      const error = new AppError('window closed', { closedAt: iso(answer.closedAt) ?? '—' })
      return problem(c, error, undefined, { templates }) as never
    }
    case 'changed since': {
      const newer = answer.newer.map(row => showMessage(row, c.var.caller.language))
      return problem(c, new AppError(answer.kind, { count: String(newer.length) }), undefined, { newer }) as never
    }
    case 'somebody is replying': {
      const who = answer.who.map(({ agentId, name }) => ({ id: agentId, name }))
      const name = who.map(each => each.name).join(', ')
      return problem(c, new AppError(answer.kind, { name }), undefined, { who }) as never
    }
    case 'channel disconnected':
    case 'channel paused':
      throw new AppError(answer.kind, { channel: answer.channel, reason: answer.reason })
    case 'invalid': {
      const language = languageFor(c)
      const errors = answer.problems.map(({ field, rule, facts }) => {
        const message = explainProblem({ field, rule, facts }, language)
        return { field, message: message.slice(field.length + 2) }
      })
      return problem(c, new AppError('invalid input', { problems: inOneLine(errors) }), errors) as never
    }
  }
}

async function sent(c: Context<HttpEnv>, answer: Reply) {
  if (!answer.message) throw new Error(`${answer.kind} has no message`)
  return { message: await show(c, answer.message), repeated: answer.kind === 'repeated' }
}

async function show(c: Context<HttpEnv>, message: MessageRow) {
  const { db } = c.var.runtime.services
  const { workspaceId, language } = c.var.caller
  const files = await inWorkspace(db, workspaceId, tx => filesOfMessages(c.var, tx, [message]))
  return showMessage(message, language, files.get(message.id))
}

async function mark(c: Context<HttpEnv>, ticketId: string, typing: boolean) {
  const { whatsapp, sealing } = c.var.runtime.services
  const context = { ...inboxContext(c.var.runtime, c.var.caller), whatsapp, sealing }
  const marked = await markRead(context, ticketId, { typing })
  if (marked.kind === 'marked') return c.json({ messageId: marked.messageId }, 200)
  throw markError(marked, languageFor(c))
}

function markError(marked: Exclude<Marked, { kind: 'marked' }>, language: ReturnType<typeof languageFor>): AppError {
  switch (marked.kind) {
    case 'channel disconnected':
    case 'channel paused':
      return new AppError(marked.kind, { channel: marked.channel, reason: marked.reason })
    default:
      return refused(marked, language)
  }
}
