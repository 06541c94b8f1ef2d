/** Fields that both sides changed, and records that were deleted there, for a person to decide. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { mappedKinds } from '../../core/mapping/row.ts'
import type { Tx } from '../../db/client.ts'
import { type ConflictRow, conflictById, listConflicts } from '../../db/conflicts.ts'
import { recordLabels } from '../../db/record-labels.ts'
import { ticketInSight } from '../../db/tickets.ts'
import { decideConflict } from '../../sync/conflicts.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { type Vars, within } from './within.ts'

const states = ['open', 'resolved', 'settled'] as const
const side = z.object({ value: z.unknown(), by: z.unknown(), at: instant })

const conflictShape = z
  .object({
    id: z.uuid(),
    connectionId: z.uuid(),
    kind: z.enum(mappedKinds),
    recordId: z.uuid(),
    label: z.string().nullable().openapi({ description: 'What people call the record' }),
    field: z.string().openapi({ description: '`deletion`: the record itself, which somebody deleted there' }),
    /** What both sides last agreed on, in our words, as both sides' values are. */
    base: z.unknown(),
    ...{ ours: side, theirs: side, openedAt: instant },
    state: z.enum(states).openapi({ description: '`settled`: both sides came to say the same by themselves' }),
    decision: z.enum(['ours', 'theirs', 'value']).nullable(),
    ...{ decided: z.unknown(), decidedAt: instant, decidedBy: z.unknown() },
  })
  .openapi('Conflict')

const query = pageQuery.extend({
  state: z.enum(states).default('open'),
  ...{ connectionId: z.uuid().optional(), kind: z.enum(mappedKinds).optional() },
  ...{ recordId: z.uuid().optional(), field: z.string().max(100).optional() },
})

const value = z.union([z.string().max(2_000), z.number(), z.boolean(), z.array(z.string().max(200)).max(500), z.null()])
const decision = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('ours') }),
  z.object({ decision: z.literal('theirs') }),
  z.object({ decision: z.literal('value'), value }),
])

const routes = {
  list: route(
    ...([
      'connections.read',
      'get',
      '/conflicts',
      'Fields that both sides changed, and records deleted there, newest first',
    ] as const),
    { query },
    pageOf(conflictShape),
  ),
  one: route(
    ...(['connections.read', 'get', '/conflicts/{id}', 'A conflict with both values and who wrote them'] as const),
    { params: idParam },
    conflictShape,
  ),
  resolve: route(
    ...([
      'contacts.change',
      'post',
      '/conflicts/{id}/resolve',
      'Decide a conflict; both sides are written. Of a deletion: `ours` writes the record there again, `theirs` leaves it out',
    ] as const),
    { params: idParam, ...jsonBody(decision) },
    conflictShape,
  ),
}

export const conflicts = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const page = { limit: limit + 1, after: readCursor(cursor) }
    return within(c.var, async tx => {
      const rows = await listConflicts(tx, c.var.caller.sees, filter, page)
      const named = await shower(tx, rows)
      return c.json(
        toPage(rows, limit, row => ({ at: row.openedAt, id: row.id }), named),
        200,
      )
    })
  })
  .openapi(routes.one, async c => c.json(await shown(c.var, await find(c.var, c.req.valid('param').id)), 200))
  .openapi(routes.resolve, async c => {
    const { kind, id } = await find(c.var, c.req.valid('param').id)
    if (kind === 'ticket' && !c.var.caller.permissions.has('tickets.change')) {
      throw new AppError('missing permission', { permission: 'tickets.change' })
    }
    const decided = await decideConflict(inboxContext(c.var.runtime, c.var.caller), id, c.req.valid('json'))
    return c.json(await shown(c.var, decided), 200)
  })

/** Of a ticket out of sight there is none. */
function find(vars: Vars, id: string): Promise<ConflictRow> {
  return within(vars, async tx => {
    const row = await conflictById(tx, id)
    const isSeen = row && (row.kind === 'contact' || (await ticketInSight(tx, vars.caller.sees, row.recordId)))
    if (!row || !isSeen) throw new AppError('not found', { what: 'conflict' })
    return row
  })
}

function shown(vars: Vars, row: ConflictRow) {
  return within(vars, async tx => (await shower(tx, [row]))(row))
}

async function shower(tx: Tx, rows: readonly ConflictRow[]) {
  const labels = await recordLabels(
    tx,
    rows.map(row => row.recordId),
  )
  return (row: ConflictRow) => show(row, labels.get(row.recordId) ?? null)
}

function show(row: ConflictRow, label: string | null) {
  const { id, connectionId, kind, recordId, field, base, state, decision, decided, decidedBy } = row
  return {
    ...{ id, connectionId, kind, recordId, label, field, base, state, decision, decided, decidedBy },
    ours: { value: row.ours, by: row.oursBy, at: iso(row.oursAt) },
    theirs: { value: row.theirs, by: row.theirsBy, at: iso(row.theirsAt) },
    ...{ openedAt: iso(row.openedAt), decidedAt: iso(row.decidedAt) },
  }
}
