/** Notes, tasks, who is there, the workspace's tags, and when silent tickets are closed. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError, type ErrorWord } from '../../core/errors.ts'
import type { AuditEntry } from '../../db/audit.ts'
import type { Tx } from '../../db/client.ts'
import * as db from '../../db/collaboration.ts'
import { addNote } from '../../inbox/add-note.ts'
import { sayPresent } from '../../inbox/be-present.ts'
import { newId } from '../../inbox/context.ts'
import { readTicket } from '../../inbox/read-ticket.ts'
import { PLAIN_COLOUR } from '../../inbox/tag-ticket.ts'
import { addTask, changeTask } from '../../inbox/tasks.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { noteShape, presenceShape, showNote, showPresence, showTask, taskShape } from './collaboration-shapes.ts'
import { idParam, jsonBody, route } from './shapes.ts'
import { actingAgent } from './ticket-acts.ts'
import { ticketIdOf, ticketParam } from './tickets.ts'
import { audit, type Vars, within } from './within.ts'

const tagShape = z.object({ id: z.uuid(), name: z.string(), colour: z.string() }).openapi('Tag')
const colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #22c55e')
const noteBody = z.object({ text: z.string().trim().min(1).max(4000), mentions: z.array(z.uuid()).max(20).optional() })
const due = z.iso.datetime().nullable().optional()
const taskBody = z.object({
  title: z.string().trim().min(1).max(200),
  ownerId: z.uuid().nullable().optional(),
  dueAt: due,
})
const taskChange = taskBody.partial().extend({ done: z.boolean().optional() })
const presenceBody = z.object({
  kind: z.enum(db.presenceKinds).nullable().openapi({ description: 'null: closed it. Say it again every 20 seconds.' }),
  agentId: z.uuid().optional(),
})
const readBody = z.object({
  upTo: z
    .uuid()
    .nullable()
    .openapi({ description: 'The last message that was on the screen; null: the customer’s last is unread again' }),
  agentId: z.uuid().optional(),
})
const items = <S extends z.ZodType>(shape: S) => z.object({ items: z.array(shape) })
const params = { params: ticketParam }
const closing = z.object({ days: z.number().int().min(1).max(365).nullable() })

const routes = {
  notes: route('tickets.read', 'get', '/tickets/{id}/notes', 'Notes of the team', params, items(noteShape)),
  note: route(
    ...(['notes.write', 'post', '/tickets/{id}/notes', 'Write a private note'] as const),
    { ...params, ...jsonBody(noteBody) },
    noteShape,
    201,
  ),
  tasks: route('tickets.read', 'get', '/tickets/{id}/tasks', 'Tasks of a ticket', params, items(taskShape)),
  task: route(
    ...(['notes.write', 'post', '/tickets/{id}/tasks', 'Set a task'] as const),
    { ...params, ...jsonBody(taskBody) },
    taskShape,
    201,
  ),
  changeTask: route(
    ...(['notes.write', 'patch', '/tasks/{id}', 'Change a task, or finish it'] as const),
    { params: idParam, ...jsonBody(taskChange) },
    taskShape,
  ),
  present: route('tickets.read', 'get', '/tickets/{id}/presence', 'Who has it open', params, items(presenceShape)),
  sayPresent: route(
    ...(['tickets.read', 'put', '/tickets/{id}/presence', 'Say that one views, answers or left it'] as const),
    { ...params, ...jsonBody(presenceBody) },
    items(presenceShape),
  ),
  readUpTo: route(
    ...([
      'tickets.read',
      'put',
      '/tickets/{id}/read-up-to',
      'Say up to where one has read it; nobody else is told',
    ] as const),
    { ...params, ...jsonBody(readBody) },
    z.object({ upTo: z.uuid().nullable() }),
  ),
  tags: route('tickets.read', 'get', '/tags', 'Tags of the workspace', {}, items(tagShape)),
  addTag: route(
    ...(['settings.manage', 'post', '/tags', 'Add a tag to the list'] as const),
    jsonBody(z.object({ name: z.string().trim().min(1).max(60), colour: colour.default(PLAIN_COLOUR) })),
    tagShape,
    201,
  ),
  colourTag: route(
    ...(['settings.manage', 'patch', '/tags/{id}', 'Give a tag another colour'] as const),
    { params: idParam, ...jsonBody(z.object({ colour })) },
    tagShape,
  ),
  deleteTag: route(
    ...(['settings.manage', 'delete', '/tags/{id}', 'Take a tag off the list; tickets keep it'] as const),
    { params: idParam },
    tagShape,
  ),
  closing: route('settings.manage', 'get', '/auto-close', 'After how many days silent tickets are closed', {}, closing),
  setClosing: route(
    ...([
      'settings.manage',
      'put',
      '/auto-close',
      'Close tickets that wait on the customer after days; null: never',
    ] as const),
    jsonBody(closing),
    closing,
  ),
}

export const collaboration = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.notes, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const rows = await within(c.var, tx => db.notesOfTicket(tx, ticketId))
    return c.json({ items: rows.map(showNote) }, 200)
  })
  .openapi(routes.note, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const { text, mentions = [] } = c.req.valid('json')
    return c.json(showNote(await addNote(inboxContext(c.var.runtime, c.var.caller), ticketId, { text, mentions })), 201)
  })
  .openapi(routes.tasks, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    return c.json({ items: (await within(c.var, tx => db.tasksOfTicket(tx, ticketId))).map(showTask) }, 200)
  })
  .openapi(routes.task, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const { title, ownerId = null, dueAt } = c.req.valid('json')
    const input = { title, ownerId, dueAt: dueAt ? new Date(dueAt) : null }
    return c.json(showTask(await addTask(inboxContext(c.var.runtime, c.var.caller), ticketId, input)), 201)
  })
  .openapi(routes.changeTask, async c => {
    const { dueAt, title, ownerId, done } = c.req.valid('json')
    const change = {
      ...(title === undefined ? {} : { title }),
      ...(ownerId === undefined ? {} : { ownerId }),
      ...(dueAt === undefined ? {} : { dueAt: dueAt === null ? null : new Date(dueAt) }),
      done,
    }
    const task = await changeTask(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id, change)
    return c.json(showTask(task), 200)
  })
  .openapi(routes.present, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const rows = await within(c.var, tx => db.presentAt(tx, ticketId, c.var.runtime.services.now()))
    return c.json({ items: rows.map(showPresence) }, 200)
  })
  .openapi(routes.sayPresent, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const { kind, agentId } = c.req.valid('json')
    const context = inboxContext(c.var.runtime, c.var.caller)
    const rows = await sayPresent(context, ticketId, actingAgent(c, agentId), kind)
    return c.json({ items: rows.map(showPresence) }, 200)
  })
  .openapi(routes.readUpTo, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const { upTo, agentId } = c.req.valid('json')
    await readTicket(inboxContext(c.var.runtime, c.var.caller), ticketId, actingAgent(c, agentId), upTo)
    return c.json({ upTo }, 200)
  })
  .openapi(routes.tags, async c => c.json({ items: (await within(c.var, tx => db.listTags(tx))).map(showTag) }, 200))
  .openapi(routes.addTag, async c => {
    const row = { id: newId(), workspaceId: c.var.caller.workspaceId, ...c.req.valid('json') }
    const made = await audited(
      c.var,
      'tag added',
      row.id,
      ({ name, colour }: db.TagRow) => ({ after: { name, colour } }),
      async tx => {
        const [tag] = await db.insertTags(tx, [row])
        if (!tag) throw new AppError('already exists', { what: row.name })
        return tag
      },
    )
    return c.json(showTag(made), 201)
  })
  .openapi(routes.colourTag, async c => {
    const { id } = c.req.valid('param')
    const { colour } = c.req.valid('json')
    const tag = await audited(
      c.var,
      'tag coloured',
      id,
      ({ before }: { before: string }) => ({ before: { colour: before }, after: { colour } }),
      tx => db.recolourTag(tx, id, colour),
    )
    return c.json(showTag(tag), 200)
  })
  .openapi(routes.deleteTag, async c => {
    const { id } = c.req.valid('param')
    const tag = await audited(
      c.var,
      'tag removed',
      id,
      ({ name, colour }: db.TagRow) => ({ before: { name, colour } }),
      tx => db.deleteTag(tx, id),
    )
    return c.json(showTag(tag), 200)
  })
  .openapi(routes.closing, async c => c.json({ days: await within(c.var, tx => db.autoCloseDays(tx)) }, 200))
  .openapi(routes.setClosing, async c => {
    const { days } = c.req.valid('json')
    const { workspaceId } = c.var.caller
    await within(c.var, async tx => {
      const before = await db.setAutoCloseDays(tx, days)
      const values = { before: { autoCloseDays: before }, after: { autoCloseDays: days } }
      const entry = { action: 'auto-close changed', subjectKind: 'workspace', subjectId: workspaceId, ...values }
      await audit(tx, c.var, entry)
    })
    return c.json({ days }, 200)
  })

/** A change of the tag list, with its line in the audit log. */
function audited<T>(
  vars: Vars,
  action: string,
  subjectId: string,
  values: (done: T) => Pick<AuditEntry, 'before' | 'after'>,
  act: (tx: Tx) => Promise<T | undefined>,
) {
  return within(vars, async tx => {
    const result = there(await act(tx), 'tag')
    await audit(tx, vars, { action, subjectKind: 'tag', subjectId, ...values(result) })
    return result
  })
}

export function there<T>(row: T | undefined, what: ErrorWord): T {
  if (row === undefined) throw new AppError('not found', { what })
  return row
}

function showTag({ id, name, colour }: db.TagRow) {
  return { id, name, colour }
}
