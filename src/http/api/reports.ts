/** Reports over the tickets of a time, and their CSV. docs/reports.md has the formulas. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { invalidInput } from '../../core/invalid-input.ts'
import { priorities, ticketNumber } from '../../core/ticket.ts'
import * as db from '../../db/reports.ts'
import { workloads } from '../../db/workload.ts'
import { csvOf } from '../csv.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { instant, iso, ofPermission, route } from './shapes.ts'
import { audit, type Vars, within } from './within.ts'

const isTimeZone = (zone: string) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const period = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime().openapi({ description: 'Until before' }),
  timeZone: z.string().refine(isTimeZone, 'must be a time zone such as America/Mexico_City').default('UTC'),
  ...{ agentId: z.uuid().optional(), teamId: z.uuid().optional(), channelId: z.uuid().optional() },
  ...{ category: z.string().max(60).optional(), priority: z.enum(priorities).optional() },
})

const ms = z.number().nullable().openapi({ description: 'Milliseconds' })
const rate = z.number().nullable().openapi({ description: '0–1' })
const rowShape = z
  .object({
    ...{ group: z.string().nullable(), name: z.string().nullable() },
    ...{ opened: z.number(), resolved: z.number(), reopened: z.number(), fromAds: z.number() },
    ...{ frtAverageMs: ms, frtMedianMs: ms, frtP90Ms: ms, frtBusinessAverageMs: ms },
    ...{ nrtAverageMs: ms, nrtBusinessAverageMs: ms, ttrAverageMs: ms, ttrMedianMs: ms, ttrBusinessAverageMs: ms },
    ...{ fcr: rate, resolutionRate: rate, frtMet: rate, nrtMet: rate, ttrMet: rate, csat: z.number().nullable() },
    ...{ messagesIn: z.number(), messagesOut: z.number() },
  })
  .openapi('ReportRow')
const rows = z.object({ rows: z.array(rowShape) })
const hour = z.object({ weekday: z.number(), hour: z.number(), received: z.number(), sent: z.number() })
const waiting = z.object({
  ...{ id: z.uuid(), number: z.string(), subject: z.string(), waitingSince: instant, owner: z.string().nullable() },
})
const count = z.number().int()
const desk = z.object({
  ...{ agentId: z.uuid().nullable(), name: z.string().nullable(), available: z.boolean() },
  ...{ capacity: count.nullable(), open: count, waiting: count, overdue: count, oldestAt: instant },
})

const routes = {
  workload: route(
    ...(['reports.read', 'get', '/reports/workload', 'What each agent has on their desk, now'] as const),
    {},
    z.object({ items: z.array(desk) }),
  ),
  tickets: route(
    ...([
      'reports.read',
      'get',
      '/reports/tickets',
      'Times, rates and volumes of the tickets opened in a time',
    ] as const),
    { query: period.extend({ groupBy: z.enum(db.reportGroups).default('none') }) },
    rows,
  ),
  hours: route(
    ...(['reports.read', 'get', '/reports/hours', 'Messages by weekday and hour'] as const),
    { query: period },
    z.object({ hours: z.array(hour) }),
  ),
  agents: route(
    ...(['reports.read', 'get', '/reports/agents', 'Messages that each agent wrote'] as const),
    { query: period },
    z.object({ agents: z.array(z.object({ agentId: z.uuid(), name: z.string(), messages: z.number() })) }),
  ),
  waiting: route(
    ...(['reports.read', 'get', '/reports/waiting', 'Who has waited longest, now'] as const),
    {},
    z.object({ items: z.array(waiting) }),
  ),
  csv: createRoute({
    method: 'get',
    path: '/reports/tickets.csv',
    summary: 'A line for each ticket opened in a time',
    request: { query: period },
    responses: { 200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } } },
    ...ofPermission('exports.make'),
  }),
}

export const reports = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.workload, async c => {
    const rows = await within(c.var, tx => workloads(tx, c.var.caller.sees, c.var.runtime.services.now()))
    return c.json({ items: rows.map(row => ({ ...row, oldestAt: iso(row.oldestAt) })) }, 200)
  })
  .openapi(routes.tickets, async c => {
    const { groupBy, ...query } = c.req.valid('query')
    return c.json({ rows: [...(await within(c.var, tx => db.ticketReport(tx, readPeriod(query), groupBy)))] }, 200)
  })
  .openapi(routes.hours, async c => {
    const query = readPeriod(c.req.valid('query'))
    return c.json({ hours: [...(await within(c.var, tx => db.peakHours(tx, query)))] }, 200)
  })
  .openapi(routes.agents, async c => {
    const query = readPeriod(c.req.valid('query'))
    return c.json({ agents: [...(await within(c.var, tx => db.messagesByAgent(tx, query)))] }, 200)
  })
  .openapi(routes.waiting, async c => {
    const found = await within(c.var, tx => db.longestWaiting(tx, c.var.caller.sees, 20))
    const items = found.map(({ id, number, subject, waitingSince, ownerName }) => ({
      ...{ id, number: ticketNumber(number), subject, waitingSince: iso(waitingSince), owner: ownerName },
    }))
    return c.json({ items }, 200)
  })
  .openapi(routes.csv, async c => {
    const query = readPeriod(c.req.valid('query'))
    const { caller, runtime } = c.var
    const entry = { action: 'report exported', subjectKind: 'workspace', subjectId: caller.workspaceId, data: query }
    await within(c.var, tx => audit(tx, c.var, entry))
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    runtime.background(writeCsv(c.var, query, writable))
    const headers = {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="tickets.csv"',
    }
    return c.body(readable, 200, headers) as never
  })

function readPeriod({ from, to, ...rest }: z.infer<typeof period>): db.ReportFilter {
  if (from >= to) throw invalidInput('to', 'must be after from')
  return { ...rest, from: new Date(from), to: new Date(to) }
}

/** As it is read: whoever stops reading ends the query. */
async function writeCsv(vars: Vars, query: db.ReportFilter, writable: WritableStream<Uint8Array>): Promise<void> {
  const writer = writable.getWriter()
  const encoder = new TextEncoder()
  try {
    let isFirst = true
    await within(vars, async tx => {
      for await (const rows of db.exportFacts(tx, vars.caller.sees, query)) {
        const [row] = rows
        if (isFirst && row) await writer.write(encoder.encode(csvOf([Object.keys(row)])))
        isFirst = false
        await writer.write(encoder.encode(csvOf(rows.map(each => Object.values(each).map(cell)))))
      }
    })
    await writer.close()
  } catch (error) {
    await writer.abort(error).catch(() => {})
  }
}

function cell(value: db.ExportRow[string]): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? value.join(' ') : String(value)
}
