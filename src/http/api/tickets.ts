import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError, type Language } from '../../core/errors.ts'
import { explainAssignment } from '../../core/explain.ts'
import { messageKinds, messageStatuses } from '../../core/message.ts'
import { seesAll } from '../../core/permissions.ts'
import { describeMessage, summarizeMessage } from '../../core/rendering.ts'
import { failureWords } from '../../core/send-errors.ts'
import { boardColumns, nextAction, priorities, ticketNumber, ticketStates } from '../../core/ticket.ts'
import { ticketSorts } from '../../core/ticket-filter.ts'
import { freeUntil, windowAt } from '../../core/window.ts'
import type { MessageRow } from '../../db/arrivals.ts'
import { autoCloseDays, notesOfTicket, presentAt, tasksOfTicket } from '../../db/collaboration.ts'
import { survivorOf } from '../../db/contact-merges.ts'
import { linksOfRecord } from '../../db/links.ts'
import { type Decision, ticketMessages } from '../../db/messages.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { cursorOf, listTickets } from '../../db/ticket-list.ts'
import {
  listAgents,
  type TicketView,
  ticketEvents,
  ticketView,
  UNANSWERED_LIMIT,
  type Viewer,
} from '../../db/tickets.ts'
import { viewById } from '../../db/views.ts'
import { assignTicket } from '../../inbox/assign-ticket.ts'
import { resolveTicket } from '../../inbox/resolve-ticket.ts'
import { updateTicket } from '../../inbox/update-ticket.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { noteShape, presenceShape, showNote, showPresence, showTask, taskShape } from './collaboration-shapes.ts'
import { customValuesBody, customValuesShape } from './custom-fields.ts'
import { filterQuery, readFilter } from './filter-query.ts'
import { filesOfMessages, mediaShape, type ShownMedia } from './media-shape.ts'
import { instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'

const clockShape = z.object({
  kind: z.enum(['frt', 'nrt', 'ttr']),
  targetMinutes: z.number(),
  dueAt: instant,
  warnAt: instant,
  pausedAt: instant,
  stoppedAt: instant,
  breachedAt: instant,
})

const named = z.object({ id: z.uuid(), name: z.string() }).nullable()

export const ticketShape = z
  .object({
    id: z.uuid(),
    number: z.string().openapi({ example: 'BZ-1042' }),
    subject: z.string(),
    state: z.enum(ticketStates),
    board: z.enum(boardColumns),
    priority: z.enum(priorities),
    tags: z.array(z.string()),
    custom: customValuesShape,
    contact: z.object({ id: z.uuid(), name: z.string().nullable(), phone: z.string().nullable() }),
    owner: named,
    team: named,
    assignmentReason: z.string().nullable(),
    channelId: z.uuid(),
    conversationId: z.uuid(),
    /** Of a group: its id at WhatsApp, where answers go; `contact` is who wrote in it first. */
    groupId: z.string().nullable(),
    window: z
      .object({
        open: z.boolean(),
        closesAt: instant.openapi({ description: 'When the 24-hour window closes, or closed' }),
        freeUntil: instant.openapi({ description: 'After an advertisement: until when nothing is charged' }),
      })
      .openapi({ description: 'WhatsApp’s 24-hour window: open until then; afterwards only templates go' }),
    clocks: z.array(clockShape),
    last: z
      .object({
        ...{ text: z.string(), direction: z.enum(['in', 'out']), author: z.string().nullable() },
        ...{ status: z.enum(messageStatuses), at: instant },
      })
      .nullable()
      .openapi({ description: 'The last message, in a line' }),
    unanswered: z
      .number()
      .int()
      .openapi({ description: `Messages since somebody last answered; ${UNANSWERED_LIMIT}: or more` }),
    unread: z.number().int().openapi({
      description: 'Messages of the customer that you have not read; until you open it, the unanswered ones',
    }),
    openedAt: instant,
    resolvedAt: instant,
    dueAt: instant.openapi({ description: 'The earliest deadline that has not been met' }),
    waitingSince: instant.openapi({ description: 'Since when the ball is with us' }),
    asleepSince: instant,
    snoozedUntil: instant.openapi({ description: 'Of one that sleeps; null: until the customer writes' }),
    mergedInto: z.uuid().nullable(),
    escalationLevel: z.number().int(),
    updatedAt: instant,
  })
  .openapi('Ticket')

export const messageShape = z
  .object({
    id: z.uuid(),
    direction: z.enum(['in', 'out']),
    origin: z.enum(['customer', 'agent', 'bot']),
    kind: z.enum(messageKinds),
    /** What a person reads. */
    text: z.string(),
    content: z.record(z.string(), z.unknown()).nullable(),
    author: z.string().nullable(),
    at: instant,
    status: z.enum(messageStatuses),
    /** `reason` are the provider's words; `sentence` and `fix` say in the workspace's language what they mean and what to do. */
    failure: z
      .object({
        code: z.string().nullable(),
        reason: z.string(),
        sentence: z.string().nullable(),
        fix: z.string().nullable(),
      })
      .nullable(),
    /** What a person decided over one that failed or whose fate is unknown. */
    decision: z.enum(['resent', 'dismissed']).nullable(),
    /** The wamid it answers to. */
    replyToWamid: z.string().nullable(),
    /** The wamid of the message that it reacts to, changes or takes back. */
    targetWamid: z.string().nullable(),
    ticketId: z.uuid().nullable(),
    conversationId: z.uuid(),
    wamid: z.string().nullable(),
    /** Its file, or the one in its header. */
    media: mediaShape.nullable(),
  })
  .openapi('Message')

const eventShape = z.object({ kind: z.string(), at: instant, actor: z.unknown(), data: z.unknown() })
const linkShape = z.object({ connectionId: z.uuid(), remoteType: z.string(), remoteId: z.string().nullable() })
const wholeTicket = ticketShape
  .extend({
    ...{ messages: z.array(messageShape), events: z.array(eventShape), links: z.array(linkShape) },
    ...{ notes: z.array(noteShape), tasks: z.array(taskShape), present: z.array(presenceShape) },
    nextAction: z
      .object({
        kind: z.enum(['reply', 'task', 'wake', 'follow up']),
        at: instant,
        ...{ taskId: z.uuid().optional(), title: z.string().optional() },
      })
      .nullable(),
  })
  .openapi('WholeTicket')

/** By id, or by number: `BZ-1042`. */
export const ticketParam = z.object({
  id: z.union([z.uuid(), z.string().regex(/^BZ-\d{1,9}$/i, 'must be a ticket id or a number such as BZ-1042')]),
})

const listQuery = pageQuery.extend(filterQuery.shape).extend({
  view: z.uuid().optional().openapi({ description: 'A saved filter; what else is given narrows it' }),
  sort: z.enum(ticketSorts).optional(),
})

const assignBody = z.object({ agentId: z.uuid().nullable() })
const updateBody = z
  .object({
    ...{ state: z.enum(ticketStates), priority: z.enum(priorities), subject: z.string().trim().min(1).max(200) },
    custom: customValuesBody,
  })
  .partial()
const agentShape = z.object({ id: z.uuid(), name: z.string(), email: z.string(), available: z.boolean() })

const routes = {
  list: route(
    'tickets.read',
    'get',
    '/tickets',
    'Tickets by filter, page by page',
    { query: listQuery },
    pageOf(ticketShape),
  ),
  one: route(
    'tickets.read',
    'get',
    '/tickets/{id}',
    'A ticket with its chronology',
    { params: ticketParam },
    wholeTicket,
  ),
  update: route(
    'tickets.change',
    'patch',
    '/tickets/{id}',
    'Change state, priority, subject or fields of the workspace’s own',
    { params: ticketParam, ...jsonBody(updateBody) },
    ticketShape,
  ),
  assign: route(
    'tickets.assign',
    'post',
    '/tickets/{id}/assign',
    'Give the ticket an owner, or none',
    { params: ticketParam, ...jsonBody(assignBody) },
    ticketShape,
  ),
  resolve: route(
    'tickets.change',
    'post',
    '/tickets/{id}/resolve',
    'Resolve the ticket',
    { params: ticketParam },
    ticketShape,
  ),
  agents: route(
    'people.read',
    'get',
    '/agents',
    'Agents of the workspace',
    {},
    z.object({ items: z.array(agentShape) }),
  ),
}

export const tickets = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { limit, cursor, view, sort: asked, ...query } = c.req.valid('query')
    const { services } = c.var.runtime
    const { language, workspaceId, sees, agentId, teamIds } = c.var.caller
    const now = services.now()
    const { rows, sort } = await inWorkspace(services.db, workspaceId, async tx => {
      const user = { agentId, teamIds, seesAll: sees.kind === 'all' }
      const saved = view ? await viewById(tx, user, view) : undefined
      if (view && !saved) throw new AppError('not found', { what: 'view' })
      const filter = { ...saved?.filter, ...readFilter(query) }
      const { contactId } = filter
      const contact = contactId ? { contactId: (await survivorOf(tx, contactId)) ?? contactId } : {}
      const sort = asked ?? saved?.sort ?? 'newest'
      const page = { sort, limit: limit + 1, after: readCursor(cursor) }
      return { rows: await listTickets(tx, { sees, agentId, now }, { ...filter, ...contact }, page), sort }
    })
    const key = (row: TicketView) => cursorOf(row, sort)
    return c.json(
      toPage(rows, limit, key, row => showTicket(row, language, now)),
      200,
    )
  })
  .openapi(routes.one, async c => {
    const { services } = c.var.runtime
    const { language, workspaceId } = c.var.caller
    return inWorkspace(services.db, workspaceId, async tx => {
      const row = await find(tx, c.var.caller, c.req.valid('param').id)
      const now = services.now()
      const [messages, events, links, notes, tasks, present, closeDays] = await Promise.all([
        ...([ticketMessages(tx, row.id), ticketEvents(tx, row.id), linksOfRecord(tx, row.id)] as const),
        ...([notesOfTicket(tx, row.id), tasksOfTicket(tx, row.id), presentAt(tx, row.id, now)] as const),
        autoCloseDays(tx),
      ])
      const next = nextAction(row, tasks, closeDays)
      const files = await filesOfMessages(c.var, tx, messages)
      return c.json(
        {
          ...showTicket(row, language, services.now()),
          messages: messages.map(message => showMessage(message, language, files.get(message.id))),
          events: events.map(({ kind, at, actor, data }) => ({ kind, at: iso(at), actor, data })),
          notes: notes.map(showNote),
          tasks: tasks.map(showTask),
          present: present.map(showPresence),
          nextAction: next && { ...next, at: iso(next.at) },
          links: links.map(({ connectionId, remoteType, remoteId }) => ({ connectionId, remoteType, remoteId })),
        },
        200,
      )
    })
  })
  .openapi(routes.update, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    await updateTicket(inboxContext(c.var.runtime, c.var.caller), ticketId, c.req.valid('json'))
    return c.json(await shownTicket(c.var, ticketId), 200)
  })
  .openapi(routes.assign, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    await assignTicket(inboxContext(c.var.runtime, c.var.caller), ticketId, c.req.valid('json').agentId)
    return c.json(await shownTicket(c.var, ticketId), 200)
  })
  .openapi(routes.resolve, async c => {
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    await resolveTicket(inboxContext(c.var.runtime, c.var.caller), ticketId)
    return c.json(await shownTicket(c.var, ticketId), 200)
  })
  .openapi(routes.agents, async c => {
    const { services } = c.var.runtime
    const rows = await inWorkspace(services.db, c.var.caller.workspaceId, tx => listAgents(tx))
    return c.json({ items: [...rows] }, 200)
  })

type Sql = Parameters<typeof ticketView>[0]

async function find(sql: Sql, viewer: Viewer, key: string): Promise<TicketView> {
  const row = await ticketView(sql, viewer, /^BZ-/i.test(key) ? { number: Number(key.slice(3)) } : { id: key })
  if (!row) throw new AppError('not found', { what: 'ticket' })
  return row
}

export function ticketIdOf({ runtime, caller }: HttpEnv['Variables'], key: string): Promise<string> {
  return inWorkspace(runtime.services.db, caller.workspaceId, async tx => (await find(tx, caller, key)).id)
}

/** After a change, which may have taken it out of sight. */
export function shownTicket({ runtime, caller }: HttpEnv['Variables'], id: string) {
  const { db, now } = runtime.services
  return inWorkspace(db, caller.workspaceId, async tx =>
    showTicket(await find(tx, { sees: seesAll, agentId: caller.agentId }, id), caller.language, now()),
  )
}

export function showTicket(row: TicketView, language: Language, now: Date): z.infer<typeof ticketShape> {
  const window = windowAt(row.lastInboundAt, now)
  return {
    ...{ id: row.id, number: ticketNumber(row.number), subject: row.subject, state: row.state, priority: row.priority },
    board: row.board ?? 'new',
    tags: row.tags,
    custom: row.custom ?? {},
    contact: { id: row.contactId, name: row.contactName, phone: row.contactPhone },
    owner: row.ownerId && row.ownerName ? { id: row.ownerId, name: row.ownerName } : null,
    team: row.teamId && row.teamName ? { id: row.teamId, name: row.teamName } : null,
    assignmentReason: row.assignmentReason && explainAssignment(row.assignmentReason, language),
    channelId: row.channelId,
    conversationId: row.conversationId,
    groupId: row.groupId,
    window: {
      open: window.kind === 'open',
      closesAt: iso(window.kind === 'open' ? window.closesAt : window.closedAt),
      freeUntil: iso(freeUntil(row.adAt, row.adAnsweredAt, now)),
    },
    clocks: row.clocks.map(({ kind, targetMinutes, ...times }) => ({
      ...{ kind: kind as 'frt', targetMinutes, dueAt: at(times.dueAt), warnAt: at(times.warnAt) },
      ...{ pausedAt: at(times.pausedAt), stoppedAt: at(times.stoppedAt), breachedAt: at(times.breachedAt) },
    })),
    last: row.last && {
      text: summarizeMessage(row.last, language, 120),
      ...{ direction: row.last.direction, author: row.last.authorName, status: row.last.status, at: at(row.last.at) },
    },
    unanswered: row.unanswered,
    unread: row.unread,
    openedAt: iso(row.openedAt),
    resolvedAt: iso(row.resolvedAt),
    dueAt: iso(row.dueAt),
    waitingSince: iso(row.waitingSince),
    asleepSince: iso(row.snoozedAt),
    snoozedUntil: iso(row.snoozedUntil),
    mergedInto: row.mergedInto,
    escalationLevel: row.escalationLevel,
    updatedAt: iso(row.updatedAt),
  }
}

/** Postgres writes times inside JSON in its own form. */
function at(time: string | null): string | null {
  return time && new Date(time).toISOString()
}

/** One that was only just queued has no decision. */
export function showMessage(
  row: MessageRow & { decision?: Decision | null },
  language: Language,
  media: ShownMedia | null = null,
): z.infer<typeof messageShape> {
  const failed = row.failureCode !== null || row.failureReason !== null
  const words = failureWords({ status: row.status, code: row.failureCode }, language)
  return {
    ...{ id: row.id, direction: row.direction, origin: row.origin, kind: row.kind },
    text: describeMessage(row, language),
    content: row.content,
    author: row.authorName,
    at: iso(row.providerAt),
    status: row.status,
    failure: failed
      ? {
          ...{ code: row.failureCode, reason: row.failureReason ?? '' },
          ...{ sentence: words?.sentence ?? null, fix: words?.fix ?? null },
        }
      : null,
    decision: row.decision ?? null,
    replyToWamid: row.replyToWamid,
    targetWamid: row.targetWamid ?? null,
    ticketId: row.ticketId,
    conversationId: row.conversationId,
    wamid: row.wamid,
    media,
  }
}
