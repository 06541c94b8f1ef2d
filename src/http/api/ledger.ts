import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import {
  type DeadLetterRow,
  type DeliveryView,
  deliveryById,
  listDeadLetters,
  listDeliveries,
} from '../../db/ledger-views.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { replayDeadLetter } from '../../sync/replay-dead-letter.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'

const deliveryShape = z
  .object({
    id: z.uuid(),
    source: z.string(),
    receivedAt: instant,
    processedAt: instant,
    attempts: z.number().int(),
    lastError: z.string().nullable(),
    bytes: z.number().int(),
  })
  .openapi('Delivery')

const letterShape = z
  .object({
    id: z.uuid(),
    kind: z.enum(['webhook item', 'push']),
    deliveryId: z.uuid().nullable(),
    /** Where in the body, or which record. */
    place: z.string(),
    cause: z.string(),
    item: z.unknown(),
    createdAt: instant,
    replayedAt: instant,
    replays: z.number().int(),
  })
  .openapi('DeadLetter')

const flag = z.enum(['true', 'false']).optional()
const routes = {
  deliveries: route(
    'ledger.read',
    'get',
    '/deliveries',
    'Webhook bodies received, newest first',
    { query: pageQuery.extend({ pending: flag }) },
    pageOf(deliveryShape),
  ),
  delivery: route(
    'ledger.read',
    'get',
    '/deliveries/{id}',
    'One webhook body',
    { params: idParam },
    deliveryShape.extend({ body: z.string() }),
  ),
  letters: route(
    'ledger.read',
    'get',
    '/dead-letters',
    'What could not be processed, newest first',
    { query: pageQuery.extend({ replayed: flag }) },
    pageOf(letterShape),
  ),
  replay: route(
    'ledger.replay',
    'post',
    '/dead-letters/{id}/replay',
    'Take up a dead letter again',
    { params: idParam },
    letterShape,
  ),
}

export const ledger = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.deliveries, async c => {
    const { limit, cursor, pending } = c.req.valid('query')
    const rows = await inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, tx =>
      listDeliveries(tx, { pending: asBoolean(pending) }, { limit: limit + 1, after: readCursor(cursor) }),
    )
    return c.json(
      toPage(rows, limit, row => ({ at: row.receivedAt, id: row.id }), showDelivery),
      200,
    )
  })
  .openapi(routes.delivery, async c => {
    const { id } = c.req.valid('param')
    const row = await inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, tx => deliveryById(tx, id))
    if (!row) throw new AppError('not found', { what: 'delivery' })
    return c.json({ ...showDelivery(row), body: row.body }, 200)
  })
  .openapi(routes.letters, async c => {
    const { limit, cursor, replayed } = c.req.valid('query')
    const rows = await inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, tx =>
      listDeadLetters(tx, { replayed: asBoolean(replayed) }, { limit: limit + 1, after: readCursor(cursor) }),
    )
    return c.json(
      toPage(rows, limit, row => ({ at: row.createdAt, id: row.id }), showLetter),
      200,
    )
  })
  .openapi(routes.replay, async c => {
    const letter = await replayDeadLetter(syncContextOf(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json(showLetter(letter), 200)
  })

function asBoolean(value: 'true' | 'false' | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 'true'
}

function showDelivery(row: DeliveryView): z.infer<typeof deliveryShape> {
  const { id, source, attempts, lastError, bytes } = row
  return { id, source, attempts, lastError, bytes, receivedAt: iso(row.receivedAt), processedAt: iso(row.processedAt) }
}

function showLetter(row: DeadLetterRow): z.infer<typeof letterShape> {
  const { id, kind, deliveryId, place, cause, item, replays } = row
  return {
    id,
    kind,
    deliveryId,
    place,
    cause,
    item,
    replays,
    createdAt: iso(row.createdAt),
    replayedAt: iso(row.replayedAt),
  }
}
