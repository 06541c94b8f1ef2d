import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { link, linksOf, missingEnd, unlink, validTypes } from './associations.ts'
import { refuse, storeOf } from './door.ts'
import { notFound, type Refusal, validation } from './errors.ts'
import { pipelineView } from './pipelines.ts'
import { GROUPS, MAX_UNIQUE, makeProperty, type Property, type PropertyInput } from './properties.ts'
import { findRecord } from './records.ts'
import {
  associationArchiveSchema,
  associationCreateSchema,
  checkBatchSize,
  groupSchema,
  idsSchema,
  propertiesBatchSchema,
  propertyPatchSchema,
  propertySchema,
  readBody,
} from './schema.ts'
import type { Owner, Store } from './state.ts'

/** Properties of the object types. */
export function mountProperties(app: Hono<SandboxEnv>, { clock, bus }: Runtime) {
  const base = '/hubspot/crm/properties/:type'

  app.get(base, c => c.json({ results: [...storeOf(c, c.req.param('type')).properties.values()] }))

  app.get(`${base}/groups`, c => {
    const group = GROUPS[storeOf(c, c.req.param('type')).type]
    const store = storeOf(c, c.req.param('type'))
    const results = [group, ...(c.get('portal').groups[store.type] ?? [])]
    return c.json({ results: results.map(each => ({ ...each, displayOrder: -1, archived: false })) })
  })

  app.post(`${base}/groups`, async c => {
    const [store, portal] = [storeOf(c, c.req.param('type')), c.get('portal')]
    const { name, label } = await readBody(c.req, groupSchema)
    const known = [GROUPS[store.type], ...(portal.groups[store.type] ?? [])]
    if (known.some(each => each.name === name)) {
      const message = `A property group named '${name}' already exists.`
      return refuse(c, { status: 409, category: 'OBJECT_ALREADY_EXISTS', message })
    }
    portal.groups[store.type] = [...(portal.groups[store.type] ?? []), { name, label }]
    bus.changed()
    return c.json({ name, label, displayOrder: -1, archived: false }, 201)
  })

  app.get(`${base}/:name`, c => {
    const property = storeOf(c, c.req.param('type')).properties.get(c.req.param('name'))
    return property ? c.json(property) : refuse(c, missingProperty(c.req.param('name')))
  })

  app.post(`${base}/batch/create`, async c => {
    const store = storeOf(c, c.req.param('type'))
    const { inputs } = await readBody(c.req, propertiesBatchSchema)
    checkBatchSize(inputs)
    const made = inputs.map(input =>
      addProperty(store, input as PropertyInput, clock.iso(), c.get('portal').groups[store.type]),
    )
    const results = made.filter(result => !('category' in result))
    const errors = made.filter(result => 'category' in result).map(refusal => ({ ...refusal, status: 'error' }))
    bus.changed()
    const body = { status: 'COMPLETE', results, startedAt: clock.iso(), completedAt: clock.iso() }
    return errors.length === 0 ? c.json(body, 201) : c.json({ ...body, numErrors: errors.length, errors }, 207)
  })

  app.post(base, async c => {
    const store = storeOf(c, c.req.param('type'))
    const input = await readBody(c.req, propertySchema)
    const made = addProperty(store, input as PropertyInput, clock.iso(), c.get('portal').groups[store.type])
    if ('category' in made) return refuse(c, made)
    bus.changed()
    return c.json(made, 201)
  })

  app.patch(`${base}/:name`, async c => {
    const property = storeOf(c, c.req.param('type')).properties.get(c.req.param('name'))
    const input = await readBody(c.req, propertyPatchSchema)
    if (!property) return refuse(c, missingProperty(c.req.param('name')))
    Object.assign(property, input, { updatedAt: clock.iso() })
    bus.changed()
    return c.json(property)
  })

  app.delete(`${base}/:name`, c => {
    const store = storeOf(c, c.req.param('type'))
    const property = store.properties.get(c.req.param('name'))
    if (!property) return refuse(c, missingProperty(c.req.param('name')))
    if (!property.modificationMetadata.archivable) {
      return refuse(c, validation(`Property "${property.name}" is defined by HubSpot and cannot be deleted`))
    }
    store.properties.delete(property.name)
    store.archivedProperties.set(property.name, property)
    store.unique.delete(property.name)
    bus.changed()
    return c.body(null, 204)
  })
}

/** Pipelines and owners: read only. */
export function mountPipelinesAndOwners(app: Hono<SandboxEnv>) {
  app.get('/hubspot/crm/pipelines/:type', c => {
    const { type } = storeOf(c, c.req.param('type'))
    const pipelines = type === 'tickets' ? [...c.get('portal').pipelines.values()] : []
    return c.json({ results: pipelines.map(pipelineView) })
  })

  app.get('/hubspot/crm/pipelines/:type/:id', c => {
    const pipeline = c.get('portal').pipelines.get(c.req.param('id'))
    return pipeline ? c.json(pipelineView(pipeline)) : refuse(c, notFound())
  })

  app.get('/hubspot/crm/pipelines/:type/:id/stages', c => {
    const pipeline = c.get('portal').pipelines.get(c.req.param('id'))
    return pipeline ? c.json({ results: pipelineView(pipeline).stages }) : refuse(c, notFound())
  })

  app.get('/hubspot/crm/owners', c => {
    const email = c.req.query('email')?.toLowerCase()
    const limit = Math.min(Number(c.req.query('limit') ?? 100) || 100, 500)
    const start = Number(c.req.query('after') ?? 0) || 0
    const owners = [...c.get('portal').owners.values()].filter(owner => email === undefined || owner.email === email)
    const end = start + limit
    return c.json({
      results: owners.slice(start, end).map(ownerView),
      ...(end < owners.length ? { paging: { next: { after: String(end) } } } : {}),
    })
  })

  app.get('/hubspot/crm/owners/:id', c => {
    const owner = c.get('portal').owners.get(c.req.param('id'))
    return owner ? c.json(ownerView(owner)) : refuse(c, notFound())
  })
}

/** Associations between two types, in batches of up to 2,000. */
export function mountAssociations(app: Hono<SandboxEnv>, { clock, bus }: Runtime) {
  const base = '/hubspot/crm/associations/:from/:to/batch'

  app.post(`${base}/create`, async c => {
    const [from, to] = [storeOf(c, c.req.param('from')), storeOf(c, c.req.param('to'))]
    const { inputs } = await readBody(c.req, associationCreateSchema)
    checkBatchSize(inputs, 2_000)
    const results: unknown[] = []
    const errors: unknown[] = []
    for (const input of inputs) {
      const [record, other] = [findRecord(from, input.from.id), findRecord(to, input.to.id)]
      if (!record) errors.push(itemError(missingEnd(from, input.from.id)))
      else if (!other) errors.push(itemError(missingEnd(to, input.to.id)))
      else if (!validTypes(from, to, input.types)) {
        errors.push(itemError(validation(`Invalid association type between ${from.singular} and ${to.singular}`)))
      } else {
        const typeIds = input.types.map(type => type.associationTypeId)
        link(from, record, to, other, typeIds)
        results.push({
          fromObjectTypeId: from.typeId,
          fromObjectId: record.id,
          toObjectTypeId: to.typeId,
          toObjectId: other.id,
          labels: [],
        })
      }
    }
    bus.changed()
    return c.json(answer(results, errors), errors.length === 0 ? 201 : 207)
  })

  app.post(`${base}/read`, async c => {
    const [from, to] = [storeOf(c, c.req.param('from')), storeOf(c, c.req.param('to'))]
    const { inputs } = await readBody(c.req, idsSchema)
    checkBatchSize(inputs, 1_000)
    const results: unknown[] = []
    const errors: unknown[] = []
    for (const { id } of inputs) {
      const record = findRecord(from, id)
      const links = record ? linksOf(record, to) : []
      if (links.length > 0) results.push({ from: { id }, to: links })
      else errors.push(noAssociations(from, to, id))
    }
    return c.json(answer(results, errors), errors.length === 0 ? 200 : 207)
  })

  app.post(`${base}/archive`, async c => {
    const [from, to] = [storeOf(c, c.req.param('from')), storeOf(c, c.req.param('to'))]
    const { inputs } = await readBody(c.req, associationArchiveSchema)
    checkBatchSize(inputs, 2_000)
    for (const input of inputs) {
      const record = findRecord(from, input.from.id)
      for (const { id } of input.to) {
        const other = findRecord(to, id)
        if (record && other) unlink(from, record, to, other)
      }
    }
    bus.changed()
    return c.body(null, 204)
  })

  function answer(results: unknown[], errors: unknown[]) {
    const times = { requestedAt: clock.iso(), startedAt: clock.iso(), completedAt: clock.iso() }
    return { status: 'COMPLETE', results, ...(errors.length > 0 ? { numErrors: errors.length, errors } : {}), ...times }
  }
}

/** The name of a deleted property brings it back, with its values. */
function addProperty(
  store: Store,
  input: PropertyInput,
  at: string,
  groups: { name: string }[] = [],
): Property | Refusal {
  if (store.properties.has(input.name)) {
    const message = `A property named '${input.name}' already exists.`
    return {
      status: 409,
      category: 'OBJECT_ALREADY_EXISTS',
      message,
      subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
      errors: [{ message, code: 'PROPERTY_WITH_NAME_EXISTS' }],
    }
  }
  if (![GROUPS[store.type], ...groups].some(({ name }) => name === input.groupName)) {
    return validation(`Property group ${input.groupName} does not exist`, { subCategory: 'Properties.GROUP_NOT_FOUND' })
  }
  if (input.type === 'enumeration' && (input.options ?? []).length === 0) {
    return validation(`Property ${input.name} of type enumeration needs options`)
  }
  const custom = [...store.unique.keys()].filter(name => !store.properties.get(name)?.hubspotDefined)
  if (input.hasUniqueValue && custom.length >= MAX_UNIQUE) {
    return validation(`${store.singular} already has the maximum of ${MAX_UNIQUE} unique properties`)
  }
  const property = store.archivedProperties.get(input.name) ?? makeProperty({ ...input, createdAt: at, updatedAt: at })
  store.archivedProperties.delete(input.name)
  store.properties.set(input.name, property)
  if (property.hasUniqueValue) store.unique.set(input.name, indexOf(store, input.name))
  return property
}

function indexOf(store: Store, name: string): Map<string, string> {
  const index = new Map<string, string>()
  for (const record of store.records.values()) {
    const value = record.properties[name]
    if (value) index.set(value, record.id)
  }
  return index
}

function missingProperty(name: string): Refusal {
  return { ...notFound(`No property named "${name}" exists`), subCategory: 'Properties.NOT_FOUND' }
}

function itemError({ status: _status, ...refusal }: Refusal) {
  return { status: 'error', ...refusal }
}

function noAssociations(from: Store, to: Store, id: string) {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    message: `No ${to.singular} is associated with ${from.singular} ${id}.`,
    context: { fromObjectId: [id], fromObjectType: [from.singular], toObjectType: [to.singular] },
  }
}

function ownerView(owner: Owner) {
  return {
    ...owner,
    type: 'PERSON',
    userIdIncludingInactive: owner.userId,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    archived: false,
    teams: [],
  }
}
