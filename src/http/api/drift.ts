/** What has changed in the fields of a CRM, and records of which nothing is told until a person says so. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { driftProblems, explainDrift } from '../../core/drift.ts'
import { AppError, type Language } from '../../core/errors.ts'
import { explainHeld, heldReasons } from '../../core/held.ts'
import { mappedKinds } from '../../core/mapping/row.ts'
import { type DriftFinding, listDrift, openDrift } from '../../db/drift.ts'
import { recordLabels } from '../../db/record-labels.ts'
import { listHeldPairs, type RoundTripRow } from '../../db/round-trips.ts'
import { releaseHeldPair } from '../../sync/storm.ts'
import { acceptFields, watchFields } from '../../sync/watch-fields.ts'
import { syncContextOf } from '../auth.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { within } from './within.ts'

const findingShape = z
  .object({
    ...{ id: z.uuid(), connectionId: z.uuid(), kind: z.enum(mappedKinds), field: z.string() },
    ...{ problem: z.enum(driftProblems), cause: z.string(), fix: z.string() },
    ...{ foundAt: instant, resolvedAt: instant },
  })
  .openapi('DriftFinding')

const pairShape = z
  .object({
    ...{ id: z.uuid(), connectionId: z.uuid(), kind: z.enum(['contact', 'ticket', 'message']), recordId: z.uuid() },
    label: z.string().nullable().openapi({ description: 'What people call the record' }),
    reason: z
      .enum(heldReasons)
      .openapi({ description: 'Both sides kept writing it in turn, or the CRM erased the person' }),
    ...{ cause: z.string(), fix: z.string() },
    trips: z.number().int().openapi({ description: 'Times that we wrote, they changed it, and we would write again' }),
    fields: z
      .record(z.string(), z.object({ said: z.string().nullable(), became: z.string().nullable() }))
      .openapi({ description: 'What we said, and what it became' }),
    ...{ since: instant, lastAt: instant, heldAt: instant, releasedAt: instant },
  })
  .openapi('HeldPair')

const items = z.object({ items: z.array(findingShape) })
const routes = {
  list: route(
    ...(['connections.read', 'get', '/drift-findings', 'What CRMs have changed in their fields'] as const),
    { query: pageQuery.extend({ connectionId: z.uuid().optional(), open: z.enum(['true', 'false']).optional() }) },
    pageOf(findingShape),
  ),
  check: route(
    ...([
      'connections.manage',
      'post',
      '/connections/{id}/fields/check',
      'Look at its fields now; what is open',
    ] as const),
    { params: idParam },
    items,
  ),
  accept: route(
    ...([
      'connections.manage',
      'post',
      '/connections/{id}/fields/accept',
      'Its fields are right as they are now',
    ] as const),
    { params: idParam },
    items,
  ),
  pairs: route(
    ...([
      'connections.read',
      'get',
      '/held-pairs',
      'Records of which nothing is told until they are released',
    ] as const),
    { query: pageQuery.extend({ connectionId: z.uuid().optional() }) },
    pageOf(pairShape),
  ),
  release: route(
    ...(['connections.manage', 'post', '/held-pairs/{id}/release', 'Tell the CRM of it again'] as const),
    { params: idParam },
    pairShape,
  ),
}

export const drift = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { limit, cursor, connectionId = null, open } = c.req.valid('query')
    const filter = { connectionId, open: open === undefined ? undefined : open === 'true' }
    const rows = await within(c.var, tx => listDrift(tx, filter, { limit: limit + 1, after: readCursor(cursor) }))
    const language = languageFor(c)
    return c.json(
      toPage(
        rows,
        limit,
        row => ({ at: row.foundAt, id: row.id }),
        row => show(row, language),
      ),
      200,
    )
  })
  .openapi(routes.check, async c => {
    const { runtime, caller } = c.var
    const { id } = c.req.valid('param')
    const found = await watchFields(syncContextOf(runtime, caller), id)
    if (!found) throw new AppError('connection failed', { connector: 'CRM', reason: 'no answer, or not active' })
    return c.json({ items: found.map(row => show(row, languageFor(c))) }, 200)
  })
  .openapi(routes.accept, async c => {
    const { runtime, caller } = c.var
    const { id } = c.req.valid('param')
    await acceptFields(syncContextOf(runtime, caller), id, caller.actor)
    const left = await within(c.var, tx => openDrift(tx, id))
    return c.json({ items: left.map(row => show(row, languageFor(c))) }, 200)
  })
  .openapi(routes.pairs, async c => {
    const { limit, cursor, connectionId = null } = c.req.valid('query')
    const page = { limit: limit + 1, after: readCursor(cursor) }
    return within(c.var, async tx => {
      const rows = await listHeldPairs(tx, connectionId, page)
      const labels = await recordLabels(
        tx,
        rows.map(row => row.recordId),
      )
      const language = languageFor(c)
      const show = (row: RoundTripRow) => showPair(row, labels.get(row.recordId) ?? null, language)
      return c.json(
        toPage(rows, limit, row => ({ at: row.heldAt, id: row.id }), show),
        200,
      )
    })
  })
  .openapi(routes.release, async c => {
    const { runtime, caller } = c.var
    const pair = await releaseHeldPair(syncContextOf(runtime, caller), c.req.valid('param').id, caller.actor)
    const labels = await within(c.var, tx => recordLabels(tx, [pair.recordId]))
    return c.json(showPair(pair, labels.get(pair.recordId) ?? null, languageFor(c)), 200)
  })

function show(row: DriftFinding, language: Language): z.infer<typeof findingShape> {
  const { id, connectionId, kind, field, problem, foundAt, resolvedAt } = row
  const words = explainDrift(row, language)
  return { id, connectionId, kind, field, problem, ...words, foundAt: iso(foundAt), resolvedAt: iso(resolvedAt) }
}

function showPair(row: RoundTripRow, label: string | null, language: Language): z.infer<typeof pairShape> {
  const { workspaceId: _, releasedBy: __, since, lastAt, heldAt, releasedAt, ...rest } = row
  const times = { since: iso(since), lastAt: iso(lastAt), heldAt: iso(heldAt), releasedAt: iso(releasedAt) }
  return { ...rest, ...explainHeld(row.reason, language), label, ...times }
}
