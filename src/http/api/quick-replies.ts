/** Quick replies: shared texts by shortcut, shown with their variables filled before they are sent. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError, languages } from '../../core/errors.ts'
import { invalidInput } from '../../core/invalid-input.ts'
import { firstName, quickReplyVariables, renderQuickReply, unknownVariables } from '../../core/quick-reply.ts'
import { ticketNumber } from '../../core/ticket.ts'
import type { Tx } from '../../db/client.ts'
import * as db from '../../db/quick-replies.ts'
import { newId } from '../../inbox/context.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { there } from './collaboration.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'
import { ticketIdOf, ticketParam } from './tickets.ts'
import { audit, changed, type Vars, within } from './within.ts'

const body = z.object({
  shortcut: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}_-]{1,40}$/u, 'must be letters, digits, - and _, without the /'),
  title: z.string().trim().min(1).max(100),
  category: z.string().trim().min(1).max(60).nullable().default(null),
  language: z.enum(languages),
  body: z
    .string()
    .min(1)
    .max(4096)
    .openapi({ description: `May have ${quickReplyVariables.map(name => `{{${name}}}`).join(', ')}` }),
})
const shape = z
  .object({
    ...{ id: z.uuid(), shortcut: z.string(), title: z.string(), category: z.string().nullable(), language: z.string() },
    ...{ body: z.string(), uses: z.number().int(), lastUsedAt: instant, updatedAt: instant },
  })
  .openapi('QuickReply')
const rendered = z.object({ text: z.string(), missing: z.array(z.string()) })
const params = { params: idParam }
const query = z.object({ language: z.enum(languages).optional(), category: z.string().max(60).optional() })

const routes = {
  list: route(
    ...(['quick-replies.read', 'get', '/quick-replies', 'Quick replies, the most used first'] as const),
    { query },
    z.object({ items: z.array(shape) }),
  ),
  add: route('quick-replies.manage', 'post', '/quick-replies', 'Add a quick reply', jsonBody(body), shape, 201),
  change: route(
    ...(['quick-replies.manage', 'put', '/quick-replies/{id}', 'Change a quick reply'] as const),
    { ...params, ...jsonBody(body) },
    shape,
  ),
  remove: route('quick-replies.manage', 'delete', '/quick-replies/{id}', 'Delete a quick reply', params, shape),
  use: route(
    ...(['quick-replies.read', 'post', '/tickets/{id}/quick-reply', 'Fill a quick reply for a ticket'] as const),
    {
      params: ticketParam,
      ...jsonBody(
        z.object({
          quickReplyId: z.uuid(),
          preview: z.boolean().default(false).openapi({ description: 'Only to look at: the use is not counted' }),
        }),
      ),
    },
    rendered,
  ),
}

export const quickReplies = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const filter = c.req.valid('query')
    return c.json({ items: (await within(c.var, tx => db.listQuickReplies(tx, filter))).map(show) }, 200)
  })
  .openapi(routes.add, async c => {
    const now = c.var.runtime.services.now()
    const row = {
      ...{ id: newId(), workspaceId: c.var.caller.workspaceId, ...c.req.valid('json'), uses: 0, lastUsedAt: null },
      ...{ createdAt: now, updatedAt: now },
    }
    await save(c.var, undefined, row)
    return c.json(show(row), 201)
  })
  .openapi(routes.change, async c => {
    const known = there(await within(c.var, tx => db.quickReplyById(tx, c.req.valid('param').id)), 'quick reply')
    const row = { ...known, ...c.req.valid('json'), updatedAt: c.var.runtime.services.now() }
    await save(c.var, known, row)
    return c.json(show(row), 200)
  })
  .openapi(routes.remove, async c => {
    const row = await within(c.var, async tx => {
      const known = there(await db.quickReplyById(tx, c.req.valid('param').id), 'quick reply')
      await db.deleteQuickReply(tx, known.id)
      await note(tx, c.var, 'quick reply deleted', known, undefined)
      return known
    })
    return c.json(show(row), 200)
  })
  .openapi(routes.use, async c => {
    const { quickReplyId, preview } = c.req.valid('json')
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const { caller, runtime } = c.var
    const answer = await within(c.var, async tx => {
      const [reply, values] = await Promise.all([
        db.quickReplyById(tx, quickReplyId),
        db.quickReplyValues(tx, ticketId),
        preview ? null : db.countUse(tx, quickReplyId, runtime.services.now()),
      ])
      const { contact, phone, number, subject, channel, workspace } = there(values, 'ticket')
      const agent = caller.name
      return renderQuickReply(there(reply, 'quick reply').body, {
        ...{ 'contact.name': contact, 'contact.firstName': firstName(contact), 'contact.phone': phone },
        ...{ 'ticket.number': ticketNumber(number), 'ticket.subject': subject, 'channel.name': channel },
        ...{ 'agent.name': agent, 'agent.firstName': firstName(agent), 'workspace.name': workspace },
      })
    })
    return c.json(answer, 200)
  })

async function save(vars: Vars, before: db.QuickReplyRow | undefined, after: db.QuickReplyRow) {
  const unknown = unknownVariables(after.body)
  if (unknown.length > 0) throw invalidInput('body', '{name} is unknown', { name: `{{${unknown.join('}}, {{')}}}` })
  try {
    await within(vars, async tx => {
      await db.saveQuickReply(tx, after)
      await note(tx, vars, before ? 'quick reply changed' : 'quick reply added', before, after)
    })
  } catch (error) {
    if ((error as { constraint_name?: string }).constraint_name !== 'quick_replies_shortcut') throw error
    throw new AppError('already exists', { what: `/${after.shortcut} (${after.language})` }, { cause: error })
  }
}

function note(
  tx: Tx,
  vars: Vars,
  action: string,
  before: db.QuickReplyRow | undefined,
  after: db.QuickReplyRow | undefined,
) {
  const subjectId = (after ?? before)?.id ?? ''
  return audit(tx, vars, { action, subjectKind: 'quick reply', subjectId, ...changed(before, after, show) })
}

function show({ id, shortcut, title, category, language, body, uses, lastUsedAt, updatedAt }: db.QuickReplyRow) {
  return { id, shortcut, title, category, language, body, uses, lastUsedAt: iso(lastUsedAt), updatedAt: iso(updatedAt) }
}
