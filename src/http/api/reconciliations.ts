/** Both sides of a CRM account compared. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { syncKinds } from '../../core/backfill.ts'
import { AppError } from '../../core/errors.ts'
import {
  type FindingRow,
  listFindings,
  listReconciliations,
  problems,
  type ReconciliationRow,
  reconciliationById,
} from '../../db/reconciliations.ts'
import { cancelReconciliation, startReconciliation } from '../../sync/reconcile.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { within } from './within.ts'

const count = z.number().int()
const outcomes = ['waiting', 'repaired', 'still missing'] as const

const shape = z
  .object({
    ...{ id: z.uuid(), connectionId: z.uuid(), reason: z.enum(['nightly', 'on demand', 'feed lost']) },
    state: z.enum(['running', 'done', 'cancelled', 'failed']),
    phase: z.enum(['linked', 'ours', 'theirs', 'again']).nullable(),
    ...{ checked: count, missingThere: count, missingHere: count, differing: count, repaired: count },
    stillMissing: count.openapi({ description: 'After the second look' }),
    error: z.string().nullable(),
    ...{ requestedBy: z.unknown(), requestedAt: instant, updatedAt: instant, finishedAt: instant },
  })
  .openapi('Reconciliation')

const findingShape = z
  .object({
    ...{ id: z.uuid(), problem: z.enum(problems), kind: z.enum(syncKinds), recordId: z.uuid().nullable() },
    remoteId: z.string().nullable(),
    fields: z.record(z.string(), z.object({ agreed: z.string().nullable(), theirs: z.string().nullable() })).nullable(),
    ...{ foundAt: instant, outcome: z.enum(outcomes), repairedAt: instant },
  })
  .openapi('ReconciliationFinding')

const findingsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z.uuid().optional().openapi({ description: 'Id of the last finding seen' }),
  outcome: z.enum(outcomes).optional(),
})

const routes = {
  start: route(
    ...(['connections.manage', 'post', '/connections/{id}/reconciliations', 'Compare both sides now'] as const),
    { params: idParam },
    shape,
    201,
  ),
  list: route(
    ...(['connections.read', 'get', '/reconciliations', 'Reconciliations, newest first'] as const),
    { query: pageQuery.extend({ connectionId: z.uuid().optional() }) },
    pageOf(shape),
  ),
  one: route('connections.read', 'get', '/reconciliations/{id}', 'One of them', { params: idParam }, shape),
  findings: route(
    ...(['connections.read', 'get', '/reconciliations/{id}/findings', 'What was found not to be equal'] as const),
    { params: idParam, query: findingsQuery },
    z.object({ items: z.array(findingShape) }),
  ),
  cancel: route(
    ...(['connections.manage', 'post', '/reconciliations/{id}/cancel', 'Compare no more'] as const),
    { params: idParam },
    shape,
  ),
}

export const reconciliations = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.start, async c => {
    const { runtime, caller } = c.var
    const { id } = c.req.valid('param')
    const row = await startReconciliation(syncContextOf(runtime, caller), id, 'on demand', caller.actor)
    return c.json(show(row), 201)
  })
  .openapi(routes.list, async c => {
    const { limit, cursor, connectionId = null } = c.req.valid('query')
    const page = { limit: limit + 1, after: readCursor(cursor) }
    const rows = await within(c.var, tx => listReconciliations(tx, connectionId, page))
    return c.json(
      toPage(rows, limit, row => ({ at: row.requestedAt, id: row.id }), show),
      200,
    )
  })
  .openapi(routes.one, async c => c.json(show(await named(c.var, c.req.valid('param').id)), 200))
  .openapi(routes.findings, async c => {
    const { id } = c.req.valid('param')
    await named(c.var, id)
    const items = await within(c.var, tx => listFindings(tx, id, c.req.valid('query')))
    return c.json({ items: items.map(showFinding) }, 200)
  })
  .openapi(routes.cancel, async c => {
    const { runtime, caller } = c.var
    const row = await cancelReconciliation(syncContextOf(runtime, caller), c.req.valid('param').id, caller.actor)
    return c.json(show(row), 200)
  })

async function named(vars: HttpEnv['Variables'], id: string): Promise<ReconciliationRow> {
  const row = await within(vars, tx => reconciliationById(tx, id))
  if (!row) throw new AppError('not found', { what: 'reconciliation' })
  return row
}

function show(row: ReconciliationRow): z.infer<typeof shape> {
  const { workspaceId: _, cursor, dueAt: __, requestedAt, updatedAt, finishedAt, ...rest } = row
  const times = { requestedAt: iso(requestedAt), updatedAt: iso(updatedAt), finishedAt: iso(finishedAt) }
  return { ...rest, phase: cursor?.phase ?? null, ...times }
}

function showFinding(row: FindingRow): z.infer<typeof findingShape> {
  const { workspaceId: _, reconciliationId: __, foundAt, repairedAt, ...rest } = row
  return { ...rest, foundAt: iso(foundAt), repairedAt: iso(repairedAt) }
}
