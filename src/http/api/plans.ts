/** What would be written to a CRM, before it is. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { syncKinds } from '../../core/backfill.ts'
import { AppError } from '../../core/errors.ts'
import { planActs, planRequest } from '../../core/plan.ts'
import { listPlans, type PlanItemRow, type PlanRow, planById, planItems } from '../../db/plans.ts'
import { recordLabels } from '../../db/record-labels.ts'
import { applyPlan } from '../../sync/apply-plan.ts'
import { makePlan } from '../../sync/plan.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { within } from './within.ts'

const count = z.number().int()

const planShape = z
  .object({
    ...{ id: z.uuid(), connectionId: z.uuid(), state: z.enum(['ready', 'applied']) },
    request: z.unknown(),
    ...{ create: count, update: count, conflict: count, skip: count, unchanged: count },
    calls: z.array(
      z.object({ ...{ method: z.string(), path: z.string(), calls: count, items: count }, writes: z.boolean() }),
    ),
    writes: count.nullable().openapi({ description: 'Calls that write; null where the connector cannot tell' }),
    isWhole: z.boolean().openapi({ description: 'False: there is more than a plan holds. Use a backfill' }),
    ...{ madeAt: instant, expiresAt: instant, appliedAt: instant, madeBy: z.unknown(), appliedBy: z.unknown() },
  })
  .openapi('Plan')

const itemShape = z
  .object({
    ...{ id: z.uuid(), kind: z.enum(syncKinds), recordId: z.uuid(), act: z.enum(planActs) },
    label: z.string().nullable().openapi({ description: 'What people call the record' }),
    fields: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
    reason: z.string().nullable(),
  })
  .openapi('PlanItem')

const itemsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z.uuid().optional().openapi({ description: 'Id of the last item seen' }),
  act: z.enum(planActs).optional(),
})

const routes = {
  make: route(
    ...([
      'connections.read',
      'post',
      '/connections/{id}/plans',
      'Plan what would be written, writing nothing',
    ] as const),
    { params: idParam, ...jsonBody(planRequest) },
    planShape,
    201,
  ),
  list: route(
    ...(['connections.read', 'get', '/plans', 'Plans, newest first'] as const),
    { query: pageQuery.extend({ connectionId: z.uuid().optional() }) },
    pageOf(planShape),
  ),
  one: route('connections.read', 'get', '/plans/{id}', 'One plan', { params: idParam }, planShape),
  items: route(
    ...(['connections.read', 'get', '/plans/{id}/items', 'Its records, and the fields of each'] as const),
    { params: idParam, query: itemsQuery },
    z.object({ items: z.array(itemShape) }),
  ),
  apply: route(
    ...(['connections.manage', 'post', '/plans/{id}/apply', 'Carry it out, if nothing has moved since'] as const),
    { params: idParam },
    planShape,
  ),
}

export const plans = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.make, async c => {
    const { runtime, caller } = c.var
    const { id } = c.req.valid('param')
    const plan = await makePlan(syncContextOf(runtime, caller), id, c.req.valid('json'), caller.actor)
    return c.json(show(plan), 201)
  })
  .openapi(routes.list, async c => {
    const { limit, cursor, connectionId = null } = c.req.valid('query')
    const page = { limit: limit + 1, after: readCursor(cursor) }
    const rows = await within(c.var, tx => listPlans(tx, connectionId, page))
    return c.json(
      toPage(rows, limit, row => ({ at: row.madeAt, id: row.id }), show),
      200,
    )
  })
  .openapi(routes.one, async c => c.json(show(await named(c.var, c.req.valid('param').id)), 200))
  .openapi(routes.items, async c => {
    const { id } = c.req.valid('param')
    await named(c.var, id)
    const items = await within(c.var, async tx => {
      const rows = await planItems(tx, id, c.req.valid('query'))
      const labels = await recordLabels(
        tx,
        rows.map(row => row.recordId),
      )
      return rows.map(row => showItem(row, labels.get(row.recordId) ?? null))
    })
    return c.json({ items }, 200)
  })
  .openapi(routes.apply, async c => {
    const { runtime, caller } = c.var
    return c.json(show(await applyPlan(syncContextOf(runtime, caller), c.req.valid('param').id, caller.actor)), 200)
  })

async function named(vars: HttpEnv['Variables'], id: string): Promise<PlanRow> {
  const row = await within(vars, tx => planById(tx, id))
  if (!row) throw new AppError('not found', { what: 'plan' })
  return row
}

function show({ workspaceId: _, summary, madeAt, expiresAt, appliedAt, ...row }: PlanRow): z.infer<typeof planShape> {
  return { ...row, ...summary, madeAt: iso(madeAt), expiresAt: iso(expiresAt), appliedAt: iso(appliedAt) }
}

function showItem(row: PlanItemRow, label: string | null): z.infer<typeof itemShape> {
  const { id, kind, recordId, act, fields, reason } = row
  return { id, kind, recordId, act, label, fields, reason }
}
