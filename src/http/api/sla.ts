import { OpenAPIHono, z } from '@hono/zod-openapi'
import { breachCauses } from '../../core/breach.ts'
import { clockKinds } from '../../core/sla.ts'
import { ticketNumber } from '../../core/ticket.ts'
import { attainment, type BreachView, listBreaches, type RunningClock, runningClocks } from '../../db/sla-views.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { explainBreach } from '../../inbox/explain-breach.ts'
import { ticketSla } from '../../inbox/ticket-sla.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { ticketIdOf, ticketParam } from './tickets.ts'

const kind = z.enum(clockKinds)
const named = z.object({ id: z.uuid(), name: z.string() }).nullable()

const ticketFacts = {
  clockId: z.uuid(),
  kind,
  turn: z.number().int().openapi({ description: 'Of the next response: which turn of the customer, from 0' }),
  targetMinutes: z.number(),
  ticket: z.object({
    ...{ id: z.uuid(), number: z.string(), subject: z.string(), state: z.string(), priority: z.string() },
    ...{ contact: z.string().nullable(), owner: named, team: named },
  }),
}

const runningShape = z.object({
  ...ticketFacts,
  dueAt: instant,
  minutesLeft: z.number().openapi({ description: 'By the clock on the wall; below zero once it has passed' }),
  breachedAt: instant,
  escalationLevel: z.number().int(),
})

const breachShape = z.object({
  ...ticketFacts,
  breachedAt: instant,
  stoppedAt: instant,
  cause: z.enum(breachCauses).nullable(),
  note: z.string().nullable(),
  explainedAt: instant,
})

const ticketSlaShape = z.object({
  at: instant,
  policy: named,
  timeZone: z.string(),
  clocks: z.array(
    z.object({
      ...{ kind, turn: z.number().int(), targetMinutes: z.number(), startedAt: instant, dueAt: instant },
      ...{ warnAt: instant, pausedAt: instant, stoppedAt: instant, breachedAt: instant },
    }),
  ),
  lines: z.array(z.object({ clock: kind, turn: z.number().int(), at: instant, text: z.string() })),
  escalations: z.array(
    z.object({
      ...{ clock: kind, turn: z.number().int(), step: z.number().int(), dueAt: instant, takenAt: instant },
      outcome: z.enum(['taken', 'stopped']).nullable(),
    }),
  ),
})

const attainmentShape = z.object({
  items: z.array(
    z.object({
      ...{ policyId: z.uuid().nullable(), policy: z.string().nullable(), kind },
      ...{ met: z.number().int(), breached: z.number().int(), running: z.number().int() },
      percent: z.number().nullable().openapi({ description: 'Met, of those that were met or breached' }),
      targetPercent: z.number().nullable(),
    }),
  ),
})

const boardQuery = pageQuery.extend({
  teamId: z.uuid().optional(),
  ownerId: z.uuid().optional(),
  kind: kind.optional(),
})
const span = { from: z.iso.datetime().optional(), to: z.iso.datetime().optional() }
const breachQuery = pageQuery.extend({
  ...span,
  teamId: z.uuid().optional(),
  cause: z
    .enum([...breachCauses, 'none'])
    .optional()
    .openapi({ description: '`none`: nobody has said why' }),
})

const routes = {
  ticket: route(
    ...(['tickets.read', 'get', '/tickets/{id}/sla', 'A ticket’s clocks at an instant, line by line'] as const),
    { params: ticketParam, query: z.object({ at: z.iso.datetime().optional() }) },
    ticketSlaShape,
  ),
  board: route(
    ...(['tickets.read', 'get', '/sla/board', 'Clocks that run, by the time left'] as const),
    { query: boardQuery },
    pageOf(runningShape),
  ),
  breaches: route(
    ...([
      'reports.read',
      'get',
      '/sla/breaches',
      'Deadlines that were missed, latest first, with their causes',
    ] as const),
    { query: breachQuery },
    pageOf(breachShape),
  ),
  explain: route(
    ...(['sla.manage', 'put', '/sla/breaches/{id}/cause', 'Say why a deadline was missed'] as const),
    {
      params: idParam,
      ...jsonBody(z.object({ cause: z.enum(breachCauses), note: z.string().max(4_000).default('') })),
    },
    breachShape,
  ),
  takeBack: route(
    ...(['sla.manage', 'delete', '/sla/breaches/{id}/cause', 'Take the explanation back'] as const),
    { params: idParam },
    breachShape,
  ),
  attainment: route(
    ...([
      'reports.read',
      'get',
      '/sla/attainment',
      'How much was in time, by policy, of tickets opened in a time',
    ] as const),
    { query: z.object(span) },
    attainmentShape,
  ),
}

const MINUTE_MS = 60_000
const MONTH_MS = 30 * 86_400_000

export const sla = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.ticket, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    const given = c.req.valid('query').at
    const at = given ? new Date(given) : ctx.now
    const ticketId = await ticketIdOf(c.var, c.req.valid('param').id)
    const shown = await ticketSla(ctx, ticketId, at, c.var.caller.language)
    const { policy, timeZone, clocks, lines, escalations } = shown
    return c.json(
      {
        ...{ at: iso(at), policy, timeZone },
        clocks: clocks.map(({ kind, turn, targetMinutes, ...times }) => ({
          ...{ kind, turn, targetMinutes, startedAt: iso(times.startedAt), dueAt: iso(times.dueAt) },
          ...{ warnAt: iso(times.warnAt), pausedAt: iso(times.pausedAt), stoppedAt: iso(times.stoppedAt) },
          breachedAt: iso(times.breachedAt),
        })),
        lines: lines.map(line => ({ ...line, at: iso(line.at) })),
        escalations: escalations.map(({ kind: clock, turn, step, dueAt, takenAt, outcome }) => ({
          ...{ clock, turn, step: step + 1, dueAt: iso(dueAt), takenAt: iso(takenAt), outcome },
        })),
      },
      200,
    )
  })
  .openapi(routes.board, async c => {
    const { services } = c.var.runtime
    const { limit, cursor, ...filter } = c.req.valid('query')
    const page = { limit: limit + 1, after: readCursor(cursor) }
    const { workspaceId, sees } = c.var.caller
    const rows = await inWorkspace(services.db, workspaceId, tx => runningClocks(tx, sees, filter, page))
    const now = services.now()
    return c.json(
      toPage(
        rows,
        limit,
        row => ({ at: row.dueAt, id: row.clockId }),
        row => ({
          ...factsOf(row),
          ...{ dueAt: iso(row.dueAt), breachedAt: iso(row.breachedAt), escalationLevel: row.escalationLevel },
          minutesLeft: Math.floor((row.dueAt.getTime() - now.getTime()) / MINUTE_MS),
        }),
      ),
      200,
    )
  })
  .openapi(routes.breaches, async c => {
    const { limit, cursor, from, to, ...filter } = c.req.valid('query')
    const page = { limit: limit + 1, after: readCursor(cursor) }
    const { workspaceId, sees } = c.var.caller
    const times = { from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined }
    const rows = await inWorkspace(c.var.runtime.services.db, workspaceId, tx =>
      listBreaches(tx, sees, { ...filter, ...times }, page),
    )
    return c.json(
      toPage(rows, limit, row => ({ at: row.breachedAt, id: row.clockId }), showBreach),
      200,
    )
  })
  .openapi(routes.explain, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(showBreach(await explainBreach(ctx, c.req.valid('param').id, c.req.valid('json'))), 200)
  })
  .openapi(routes.takeBack, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(showBreach(await explainBreach(ctx, c.req.valid('param').id, null)), 200)
  })
  .openapi(routes.attainment, async c => {
    const { services } = c.var.runtime
    const { from, to } = c.req.valid('query')
    const until = to ? new Date(to) : services.now()
    const since = from ? new Date(from) : new Date(until.getTime() - MONTH_MS)
    const rows = await inWorkspace(services.db, c.var.caller.workspaceId, tx => attainment(tx, since, until))
    const items = rows.map(({ met, breached, ...row }) => ({
      ...{ ...row, met, breached },
      percent: met + breached === 0 ? null : Math.round((1000 * met) / (met + breached)) / 10,
    }))
    return c.json({ items }, 200)
  })

function factsOf(row: RunningClock | BreachView) {
  const { clockId, kind, turn, targetMinutes, ticketId: id, subject, state, priority, contactName: contact } = row
  const owner = row.ownerId && row.ownerName ? { id: row.ownerId, name: row.ownerName } : null
  const team = row.teamId && row.teamName ? { id: row.teamId, name: row.teamName } : null
  const ticket = { id, number: ticketNumber(row.number), subject, state, priority, contact, owner, team }
  return { clockId, kind, turn, targetMinutes, ticket }
}

function showBreach(row: BreachView): z.infer<typeof breachShape> {
  const { breachedAt, stoppedAt, cause, note, causeAt } = row
  return {
    ...{
      ...factsOf(row),
      breachedAt: iso(breachedAt),
      stoppedAt: iso(stoppedAt),
      cause,
      note,
      explainedAt: iso(causeAt),
    },
  }
}
