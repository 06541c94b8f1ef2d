/** History carried over to a CRM, or from it. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { backfillScope, paceOf } from '../../core/backfill.ts'
import { AppError } from '../../core/errors.ts'
import { type BackfillRow, backfillById, backfillStates, listBackfills } from '../../db/backfills.ts'
import { cancelBackfill, pauseBackfill, resumeBackfill, startBackfill } from '../../sync/backfill.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { within } from './within.ts'

const count = z.number().int()
const directions = ['out', 'in'] as const

const shape = z
  .object({
    ...{ id: z.uuid(), connectionId: z.uuid(), direction: z.enum(directions), state: z.enum(backfillStates) },
    scope: z.unknown(),
    total: count.nullable().openapi({ description: 'Null where it cannot be known' }),
    seen: count,
    queued: count.openapi({ description: 'Put into the outbox; what is equal there costs no call' }),
    adopted: count.openapi({ description: 'Found on the other side, and linked' }),
    ...{ created: count, skipped: count },
    perMinute: z.number().nullable(),
    doneAt: instant.openapi({ description: 'When it is done at this pace' }),
    error: z.string().nullable(),
    ...{ requestedBy: z.unknown(), requestedAt: instant, updatedAt: instant, finishedAt: instant },
  })
  .openapi('Backfill')

const act = <const V extends string>(verb: V, summary: string) =>
  route('connections.manage', 'post', `/backfills/{id}/${verb}` as const, summary, { params: idParam }, shape)

const routes = {
  start: route(
    ...([
      'connections.manage',
      'post',
      '/connections/{id}/backfills',
      'Carry history over, in the background',
    ] as const),
    { params: idParam, ...jsonBody(z.object({ direction: z.enum(directions), scope: backfillScope })) },
    shape,
    201,
  ),
  list: route(
    ...(['connections.read', 'get', '/backfills', 'Backfills, newest first'] as const),
    { query: pageQuery.extend({ connectionId: z.uuid().optional() }) },
    pageOf(shape),
  ),
  one: route('connections.read', 'get', '/backfills/{id}', 'How far it is', { params: idParam }, shape),
  pause: act('pause', 'Let it stand where it is'),
  resume: act('resume', 'Go on from there'),
  cancel: act('cancel', 'Carry no more over'),
}

export const backfills = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.start, async c => {
    const { runtime, caller } = c.var
    const { id } = c.req.valid('param')
    const row = await startBackfill(syncContextOf(runtime, caller), id, c.req.valid('json'), caller.actor)
    return c.json(show(row, runtime.services.now()), 201)
  })
  .openapi(routes.list, async c => {
    const { limit, cursor, connectionId = null } = c.req.valid('query')
    const now = c.var.runtime.services.now()
    const page = { limit: limit + 1, after: readCursor(cursor) }
    const rows = await within(c.var, tx => listBackfills(tx, connectionId, page))
    return c.json(
      toPage(
        rows,
        limit,
        row => ({ at: row.requestedAt, id: row.id }),
        row => show(row, now),
      ),
      200,
    )
  })
  .openapi(routes.one, async c => {
    const { id } = c.req.valid('param')
    const row = await within(c.var, tx => backfillById(tx, id))
    if (!row) throw new AppError('not found', { what: 'backfill' })
    return c.json(show(row, c.var.runtime.services.now()), 200)
  })
  .openapi(routes.pause, async c => c.json(await moved(c.var, pauseBackfill, c.req.valid('param').id), 200))
  .openapi(routes.resume, async c => c.json(await moved(c.var, resumeBackfill, c.req.valid('param').id), 200))
  .openapi(routes.cancel, async c => c.json(await moved(c.var, cancelBackfill, c.req.valid('param').id), 200))

async function moved({ runtime, caller }: HttpEnv['Variables'], verb: typeof pauseBackfill, id: string) {
  return show(await verb(syncContextOf(runtime, caller), id, caller.actor), runtime.services.now())
}

function show(row: BackfillRow, now: Date): z.infer<typeof shape> {
  const { workspaceId: _, cursor: __, dueAt: ___, requestedAt, updatedAt, finishedAt, ...rest } = row
  const pace = paceOf({ ...row, startedAt: requestedAt }, row.finishedAt ?? now)
  return {
    ...rest,
    perMinute: pace?.perMinute ?? null,
    doneAt: row.state === 'running' ? iso(pace?.doneAt) : null,
    ...{ requestedAt: iso(requestedAt), updatedAt: iso(updatedAt), finishedAt: iso(finishedAt) },
  }
}
