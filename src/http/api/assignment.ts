import { OpenAPIHono, z } from '@hono/zod-openapi'
import { type AssignmentReason, teamAssignment as settings } from '../../core/assignment.ts'
import { explainAssignment } from '../../core/explain.ts'
import { ticketNumber } from '../../core/ticket.ts'
import { configRows, type ShiftRow } from '../../db/config-rows.ts'
import { listQueue } from '../../db/queue.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import {
  agentWork,
  makeShift,
  removeShift,
  setAgentWork,
  setTeamAssignment,
  teamAssignment,
} from '../../inbox/assignment-settings.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'

const assignmentShape = z.strictObject(settings.shape).openapi('TeamAssignment')

const workShape = z.object({
  capacity: z
    .number()
    .int()
    .min(0)
    .max(1_000)
    .nullable()
    .openapi({ description: 'Open tickets that are enough: one each, urgent two, waiting half; null: no limit' }),
  skills: z.array(z.string().trim().min(1).max(60)).max(50),
  calendarId: z.uuid().nullable(),
})

const shiftShape = z.object({ id: z.uuid(), teamId: z.uuid(), agentId: z.uuid(), from: instant, to: instant })
const shiftBody = z.object({ teamId: z.uuid(), agentId: z.uuid(), from: z.iso.datetime(), to: z.iso.datetime() })

const queueShape = z.object({
  items: z.array(
    z.object({
      ...{ place: z.number().int(), ticketId: z.uuid(), number: z.string(), teamId: z.uuid().nullable() },
      ...{ priority: z.string(), openedAt: instant, reason: z.string() },
    }),
  ),
})

const routes = {
  team: route(
    ...(['routing.read', 'get', '/teams/{id}/assignment', 'How a team hands out its tickets'] as const),
    { params: idParam },
    assignmentShape,
  ),
  setTeam: route(
    ...(['routing.manage', 'put', '/teams/{id}/assignment', 'Set how a team hands out its tickets'] as const),
    { params: idParam, ...jsonBody(assignmentShape) },
    assignmentShape,
  ),
  work: route(
    ...(['routing.read', 'get', '/agents/{id}/work', 'What an agent can take'] as const),
    { params: idParam },
    workShape,
  ),
  setWork: route(
    ...(['routing.manage', 'patch', '/agents/{id}/work', 'Change an agent’s limit, skills or hours'] as const),
    { params: idParam, ...jsonBody(workShape.partial()) },
    workShape,
  ),
  shifts: route(
    ...(['routing.read', 'get', '/on-call-shifts', 'Who is on call when'] as const),
    {},
    z.object({ items: z.array(shiftShape) }),
  ),
  makeShift: route(
    ...(['routing.manage', 'post', '/on-call-shifts', 'Put somebody on call'] as const),
    jsonBody(shiftBody),
    shiftShape,
    201,
  ),
  removeShift: route(
    ...(['routing.manage', 'delete', '/on-call-shifts/{id}', 'Take a shift back'] as const),
    { params: idParam },
    shiftShape,
  ),
  queue: route(
    ...(['routing.read', 'get', '/queue', 'Tickets that wait for somebody to be free, in their order'] as const),
    { query: z.object({ teamId: z.uuid().optional() }) },
    queueShape,
  ),
}

const QUEUE_SHOWN = 200

export const assignment = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.team, async c =>
    c.json(await teamAssignment(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id), 200),
  )
  .openapi(routes.setTeam, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(await setTeamAssignment(ctx, c.req.valid('param').id, c.req.valid('json')), 200)
  })
  .openapi(routes.work, async c =>
    c.json(await agentWork(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id), 200),
  )
  .openapi(routes.setWork, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    const { capacity, skills, calendarId } = c.req.valid('json')
    const change = {
      ...(capacity !== undefined && { capacity }),
      ...(skills && { skills: [...new Set(skills)].sort() }),
      ...(calendarId !== undefined && { calendarId }),
    }
    return c.json(await setAgentWork(ctx, c.req.valid('param').id, change), 200)
  })
  .openapi(routes.shifts, async c => {
    const { runtime, caller } = c.var
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => configRows(tx, 'on_call_shifts'))
    return c.json({ items: rows.map(showShift) }, 200)
  })
  .openapi(routes.makeShift, async c => {
    const { teamId, agentId, from, to } = c.req.valid('json')
    const input = { teamId, agentId, fromAt: new Date(from), toAt: new Date(to) }
    return c.json(showShift(await makeShift(inboxContext(c.var.runtime, c.var.caller), input)), 201)
  })
  .openapi(routes.removeShift, async c =>
    c.json(showShift(await removeShift(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)), 200),
  )
  .openapi(routes.queue, async c => {
    const { runtime, caller } = c.var
    const { teamId = null } = c.req.valid('query')
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => listQueue(tx, teamId, QUEUE_SHOWN))
    const items = rows.map(({ ticketId, number, priority, openedAt, assignmentReason, ...row }, nth) => ({
      ...{ place: nth + 1, ticketId, number: ticketNumber(number), teamId: row.teamId, priority },
      ...{ openedAt: iso(openedAt), reason: explainAssignment(assignmentReason as AssignmentReason, caller.language) },
    }))
    return c.json({ items }, 200)
  })

function showShift({ id, teamId, agentId, fromAt, toAt }: ShiftRow) {
  return { id, teamId, agentId, from: iso(fromAt), to: iso(toAt) }
}
