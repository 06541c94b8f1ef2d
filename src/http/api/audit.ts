import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type AuditFilter, type AuditRow, listAudit, writeAudit } from '../../db/audit.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { newId } from '../../inbox/context.ts'
import { inboxContext } from '../auth.ts'
import { csvOf } from '../csv.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { instant, iso, ofPermission, pageOf, pageQuery, problemShape, readCursor, route, toPage } from './shapes.ts'

const fields = z.record(z.string(), z.unknown()).nullable()

const entryShape = z
  .object({
    id: z.uuid(),
    at: instant,
    actor: z.record(z.string(), z.unknown()),
    action: z.string(),
    subjectKind: z.string(),
    subjectId: z.string(),
    before: fields.openapi({ description: 'The fields that were changed, as they were' }),
    after: fields.openapi({ description: 'The same fields, as they are' }),
    data: z.unknown(),
  })
  .openapi('AuditEntry')

const moment = z.iso
  .datetime()
  .transform(text => new Date(text))
  .openapi({ type: 'string', format: 'date-time' })

const filter = z.object({
  action: z.string().max(100).optional(),
  subjectKind: z.string().max(100).optional(),
  subjectId: z.string().max(100).optional(),
  actorId: z.uuid().optional().openapi({ description: 'Of an agent, a key or a connection' }),
  from: moment.optional(),
  to: moment.optional(),
})

const list = route(
  ...(['audit.read', 'get', '/audit', 'Who did what, newest first'] as const),
  { query: filter.extend(pageQuery.shape) },
  pageOf(entryShape),
)

export const audit = new OpenAPIHono<HttpEnv>({ defaultHook: invalid }).openapi(list, async c => {
  const { limit, cursor, ...asked } = c.req.valid('query')
  const { runtime, caller } = c.var
  const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx =>
    listAudit(tx, asked, { limit: limit + 1, after: readCursor(cursor) }),
  )
  return c.json(
    toPage(rows, limit, row => ({ at: row.at, id: row.id }), show),
    200,
  )
})

const exports = ofPermission('exports.make')
audit.get('/audit.csv', exports.middleware, toCsv)

// By hand: the answer is no JSON.
audit.openAPIRegistry.registerPath({
  ...{ method: 'get', path: '/audit.csv', summary: 'The same as CSV; the export is itself in the log' },
  ...{ security: exports.security, 'x-permission': exports['x-permission'] },
  request: { query: filter },
  responses: {
    200: { description: 'At most 100,000 entries', content: { 'text/csv': { schema: z.string() } } },
    403: {
      description: 'The permission is missing',
      content: { 'application/problem+json': { schema: problemShape } },
    },
  },
})

const LONGEST_EXPORT = 100_000
const BATCH = 1_000

async function toCsv(c: Context<HttpEnv>) {
  const asked = filter.safeParse(c.req.query())
  if (!asked.success) return invalid({ ...asked, target: 'query' }, c) as Response
  const { runtime, caller } = c.var
  const { db } = runtime.services
  const rows: AuditRow[] = []
  let after: { at: Date; id: string } | undefined
  do {
    const batch = await inWorkspace(db, caller.workspaceId, tx => listAudit(tx, asked.data, { limit: BATCH, after }))
    rows.push(...batch)
    after = batch.length === BATCH ? batch.at(-1) : undefined
  } while (after && rows.length < LONGEST_EXPORT)
  await noteExport(c, asked.data, rows.length)
  const lines = rows.map(row => [
    ...[row.at.toISOString(), nameOf(row), row.action, row.subjectKind, row.subjectId],
    ...[row.before, row.after, row.data].map(value => (value === null ? '' : JSON.stringify(value))),
  ])
  const head = ['at', 'actor', 'action', 'subjectKind', 'subjectId', 'before', 'after', 'data']
  return c.body(csvOf([head, ...lines]), 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="audit.csv"',
    'cache-control': 'no-store',
  })
}

function noteExport(c: Context<HttpEnv>, asked: AuditFilter, count: number) {
  const ctx = inboxContext(c.var.runtime, c.var.caller)
  return inWorkspace(ctx.db, ctx.workspaceId, tx =>
    writeAudit(tx, ctx, newId(), {
      ...{ action: 'audit exported', subjectKind: 'workspace', subjectId: ctx.workspaceId, data: { ...asked, count } },
    }),
  )
}

function nameOf({ actor }: AuditRow): string {
  return 'name' in actor ? actor.name : actor.kind
}

function show({ at, actor, ...row }: AuditRow): z.infer<typeof entryShape> {
  return { ...row, at: iso(at), actor }
}
