import type { Hono } from 'hono'
import { z } from 'zod'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { defaultType, link, linksOf, missingEnd } from './associations.ts'
import { batchCreate, batchUpdate, batchUpsert, commitReady, prepareCreate } from './batch.ts'
import type { ChangeFeed } from './changes.ts'
import { refuse, scopeOf, storeOf } from './door.ts'
import { notFound, Refused, validation } from './errors.ts'
import { mergeRecords } from './merge.ts'
import { archiveRecord, commitWrite, findRecord, lookUp, missingRecord, prepareWrite, purgeRecord } from './records.ts'
import {
  checkBatchSize,
  createSchema,
  idsSchema,
  mergeSchema,
  patchSchema,
  purgeSchema,
  readBody,
  readSchema,
  updateInputSchema,
  upsertInputSchema,
} from './schema.ts'
import { searchRecords, searchSchema } from './search.ts'
import type { CrmRecord, Store } from './state.ts'
import { unknownProperties } from './values.ts'
import { recordView } from './views.ts'

const createBatch = z.object({ inputs: z.array(createSchema) })
const updateBatch = z.object({ inputs: z.array(updateInputSchema) })
const upsertBatch = z.object({ inputs: z.array(upsertInputSchema) })

/** `/crm/objects/{type}`, already without its version. */
export function mountObjects(app: Hono<SandboxEnv>, runtime: Runtime, feed: ChangeFeed) {
  const base = '/hubspot/crm/objects/:type'

  app.post(`${base}/batch/create`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const { inputs } = await readBody(c.req, createBatch)
    checkBatchSize(inputs)
    const answer = batchCreate(scopeOf(c, runtime, feed), store, inputs, c.get('fault')?.failIndexes ?? [])
    runtime.bus.changed()
    return c.json(answer.body, answer.status)
  })

  app.post(`${base}/batch/update`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const { inputs } = await readBody(c.req, updateBatch)
    checkBatchSize(inputs)
    const answer = batchUpdate(scopeOf(c, runtime, feed), store, inputs, c.get('fault')?.failIndexes ?? [])
    runtime.bus.changed()
    return c.json(answer.body, answer.status)
  })

  app.post(`${base}/batch/upsert`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const { inputs } = await readBody(c.req, upsertBatch)
    checkBatchSize(inputs)
    const answer = batchUpsert(scopeOf(c, runtime, feed), store, inputs, c.get('fault')?.failIndexes ?? [])
    runtime.bus.changed()
    return c.json(answer.body, answer.status)
  })

  app.post(`${base}/batch/read`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const { inputs, properties, idProperty } = await readBody(c.req, readSchema)
    checkBatchSize(inputs)
    requireUnique(store, idProperty)
    const at = runtime.clock.iso()
    const found = new Map<string, CrmRecord>()
    const missing: string[] = []
    for (const { id } of inputs) {
      const record = lookUp(store, id, idProperty)
      if (record) found.set(record.id, record)
      else missing.push(id)
    }
    const results = [...found.values()].map(record => recordView(store, record, properties ?? 'default'))
    const times = { requestedAt: at, startedAt: at, completedAt: runtime.clock.iso() }
    if (missing.length === 0) return c.json({ status: 'COMPLETE', results, ...times })
    const error = {
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      message: `Could not get some ${store.singular.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
      context: { ids: missing },
    }
    return c.json({ status: 'COMPLETE', results, numErrors: 1, errors: [error], ...times }, 207)
  })

  app.post(`${base}/batch/archive`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const { inputs } = await readBody(c.req, idsSchema)
    checkBatchSize(inputs)
    const scope = scopeOf(c, runtime, feed)
    for (const { id } of inputs) {
      const record = findRecord(store, id)
      if (record) archiveRecord(scope, store, record)
    }
    runtime.bus.changed()
    return c.body(null, 204)
  })

  app.post(`${base}/search`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const search = await readBody(c.req, searchSchema)
    const { total, results, next } = searchRecords(store, search, runtime.clock.now())
    return c.json({
      total,
      results: results.map(record => recordView(store, record, search.properties ?? 'default')),
      ...(next === undefined ? {} : { paging: { next: { after: next } } }),
    })
  })

  app.post(`${base}/merge`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const input = await readBody(c.req, mergeSchema)
    const survivor = mergeRecords(scopeOf(c, runtime, feed), store, input.primaryObjectId, input.objectIdToMerge)
    if ('category' in survivor) return refuse(c, survivor)
    runtime.bus.changed()
    return c.json(recordView(store, survivor))
  })

  app.post(`${base}/gdpr-delete`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const { objectId, idProperty } = await readBody(c.req, purgeSchema)
    const record = lookUp(store, objectId, idProperty)
    if (!record) return refuse(c, notFound())
    purgeRecord(scopeOf(c, runtime, feed), store, record)
    runtime.bus.changed()
    return c.body(null, 204)
  })

  app.post(base, async c => {
    const store = storeOf(c, c.req.param('type'))
    const input = await readBody(c.req, createSchema)
    const scope = scopeOf(c, runtime, feed)
    const unknown = unknownProperties(scope.portal, store, [input])
    if (unknown) return refuse(c, unknown)
    const prepared = prepareCreate(scope, store, input, new Set())
    if (!prepared.ok) return refuse(c, prepared.refusal)
    const record = commitReady(scope, store, prepared.value)
    runtime.bus.changed()
    return c.json(recordView(store, record), 201)
  })

  app.get(base, c => {
    const store = storeOf(c, c.req.param('type'))
    const limit = Math.min(Number(c.req.query('limit') ?? 10) || 10, 100)
    const records = c.req.query('archived') === 'true' ? store.archivedRecords : store.records
    const { page, next } = pageAfter(records, Number(c.req.query('after') ?? 0), limit)
    return c.json({
      results: page.map(record => recordView(store, record, namesOf(c.req.query('properties')))),
      ...(next === undefined ? {} : { paging: { next: { after: next } } }),
    })
  })

  app.get(`${base}/:id`, c => {
    const store = storeOf(c, c.req.param('type'))
    const id = c.req.param('id')
    const idProperty = c.req.query('idProperty')
    requireUnique(store, idProperty)
    const archived = c.req.query('archived') === 'true'
    const record = archived ? store.archivedRecords.get(id) : lookUp(store, id, idProperty)
    if (!record) return refuse(c, notFound())
    const associations = (c.req.query('associations') ?? '').split(',').filter(Boolean)
    const shown = associations.map(name => {
      const to = storeOf(c, name)
      const results = linksOf(record, to).map(({ toObjectId }) => ({
        id: toObjectId,
        type: `${store.singular}_to_${to.singular}`,
      }))
      return [to.type, { results }] as const
    })
    return c.json({
      ...recordView(store, record, namesOf(c.req.query('properties'))),
      ...(shown.length > 0
        ? { associations: Object.fromEntries(shown.filter(([, { results }]) => results.length)) }
        : {}),
    })
  })

  app.patch(`${base}/:id`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const input = await readBody(c.req, patchSchema)
    const scope = scopeOf(c, runtime, feed)
    const unknown = unknownProperties(scope.portal, store, [input])
    if (unknown) return refuse(c, unknown)
    const record = lookUp(store, c.req.param('id'), c.req.query('idProperty'))
    if (!record) return refuse(c, missingRecord(store, c.req.param('id')))
    const prepared = prepareWrite(scope, store, input.properties, record, new Set())
    if (!prepared.ok) return refuse(c, prepared.refusal)
    commitWrite(scope, store, prepared.value)
    runtime.bus.changed()
    return c.json(recordView(store, record))
  })

  app.delete(`${base}/:id`, c => {
    const store = storeOf(c, c.req.param('type'))
    const record = findRecord(store, c.req.param('id'))
    if (record) archiveRecord(scopeOf(c, runtime, feed), store, record)
    runtime.bus.changed()
    return c.body(null, 204)
  })

  app.get(`${base}/:id/associations/:to`, c => {
    const store = storeOf(c, c.req.param('type'))
    const record = findRecord(store, c.req.param('id'))
    if (!record) return refuse(c, notFound())
    return c.json({ results: linksOf(record, storeOf(c, c.req.param('to'))) })
  })

  app.put(`${base}/:id/associations/default/:to/:toId`, c => {
    const [store, to] = [storeOf(c, c.req.param('type')), storeOf(c, c.req.param('to'))]
    const [record, other] = [findRecord(store, c.req.param('id')), findRecord(to, c.req.param('toId'))]
    const type = defaultType(store.type, to.type)
    if (!record || !other || !type) return refuse(c, missingEnd(to, c.req.param('toId')))
    link(store, record, to, other, [type.associationTypeId])
    runtime.bus.changed()
    const spec = { associationCategory: type.associationCategory, associationTypeId: type.associationTypeId }
    return c.json({
      status: 'COMPLETE',
      results: [{ from: { id: record.id }, to: { id: other.id }, associationSpec: spec }],
    })
  })
}

function requireUnique(store: Store, idProperty: string | undefined) {
  if (idProperty === undefined || idProperty === 'hs_object_id' || store.unique.has(idProperty)) return
  throw new Refused(validation(`Property "${idProperty}" is not a unique property of ${store.singular}`))
}

function namesOf(list: string | undefined): string[] | 'default' {
  return list === undefined ? 'default' : list.split(',').filter(Boolean)
}

/** Ids only grow, and a Map keeps its order: the page starts behind the id `after`. */
function pageAfter(
  records: Map<string, CrmRecord>,
  after: number,
  limit: number,
): { page: CrmRecord[]; next?: string } {
  const page: CrmRecord[] = []
  for (const record of records.values()) {
    if (Number(record.id) <= after) continue
    if (page.length === limit) return { page, next: page.at(-1)?.id ?? '' }
    page.push(record)
  }
  return { page }
}
