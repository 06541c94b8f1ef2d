import type { Clock } from '../clock.ts'
import type { ChangeFeed, Source } from './changes.ts'
import { notFound, type Outcome, type Refusal } from './errors.ts'
import { indexPhones } from './phone-index.ts'
import { type CrmRecord, type HubSpotState, newId, type Portal, type Store } from './state.ts'
import { checkValues, type Values } from './values.ts'

/** Who writes where, and to whom it is told. */
export type Scope = { state: HubSpotState; portal: Portal; source: Source; feed: ChangeFeed; clock: Clock }

/** A write that was found valid and only has to be done. */
export type Prepared = { record?: CrmRecord; values: Values }

/** Unique values taken by earlier inputs of the same batch. */
export type Claims = Set<string>

export function findRecord(store: Store, id: string): CrmRecord | undefined {
  return store.records.get(store.merged.get(id) ?? id)
}

/** By record id or by a unique property. */
export function lookUp(store: Store, id: string, idProperty: string | undefined): CrmRecord | undefined {
  if (idProperty === undefined || idProperty === 'hs_object_id') return findRecord(store, id)
  const value = idProperty === 'email' ? id.toLowerCase() : id
  const found = store.unique.get(idProperty)?.get(value)
  return found === undefined ? undefined : store.records.get(found)
}

export function prepareWrite(
  { portal }: Scope,
  store: Store,
  values: Values,
  record: CrmRecord | undefined,
  claims: Claims,
): Outcome<Prepared> {
  const checked = checkValues(portal, store, values, record)
  if (!checked.ok) return checked
  const conflict = uniqueConflict(store, checked.value, record, claims)
  if (conflict) return { ok: false, refusal: conflict }
  return { ok: true, value: { values: checked.value, ...(record ? { record } : {}) } }
}

export function commitWrite(scope: Scope, store: Store, { record, values }: Prepared): CrmRecord {
  return record ? updateRecord(scope, store, record, values) : createRecord(scope, store, values)
}

/** Moves the record to the archive; it keeps its associations there. */
export function archiveRecord(scope: Scope, store: Store, record: CrmRecord) {
  store.records.delete(record.id)
  record.archived = true
  record.archivedAt = scope.clock.iso()
  store.archivedRecords.set(record.id, record)
  forgetUnique(store, record)
  scope.feed.deleted(scope, store, record)
}

/** A person brings a record back from the archive, with its associations. */
export function restoreRecord(scope: Scope, store: Store, record: CrmRecord) {
  store.archivedRecords.delete(record.id)
  record.archived = false
  delete record.archivedAt
  record.updatedAt = scope.clock.iso()
  record.properties.hs_lastmodifieddate = record.updatedAt
  if (store.type === 'contacts') record.properties.lastmodifieddate = record.updatedAt
  store.records.set(record.id, record)
  rememberUnique(store, record)
  scope.feed.restored(scope, store, record)
}

/** GDPR: nothing is left, not even in the archive. */
export function purgeRecord(scope: Scope, store: Store, record: CrmRecord) {
  store.records.delete(record.id)
  forgetUnique(store, record)
  // What was said with them goes too.
  for (const id of record.links.get('communications')?.keys() ?? [])
    scope.portal.stores.communications.records.delete(id)
  for (const [type, others] of record.links) {
    for (const other of others.keys())
      scope.portal.stores[type].records.get(other)?.links.get(store.type)?.delete(record.id)
  }
  scope.feed.purged(scope, store, record)
}

export function forgetUnique(store: Store, record: CrmRecord) {
  for (const [name, ids] of store.unique) {
    const value = record.properties[name]
    if (value !== undefined && ids.get(value) === record.id) ids.delete(value)
  }
}

export function rememberUnique(store: Store, record: CrmRecord) {
  for (const [name, ids] of store.unique) {
    const value = record.properties[name]
    if (value !== undefined && value !== '') ids.set(value, record.id)
  }
}

export function missingRecord(store: Store, id: string): Refusal {
  return {
    ...notFound(`Object not found.  objectId are usually numeric.`),
    context: { id: [id], type: [store.singular] },
  }
}

function createRecord(scope: Scope, store: Store, values: Values): CrmRecord {
  const at = scope.clock.iso()
  const id = newId(scope.state)
  const record: CrmRecord = {
    id,
    properties: {
      ...(store.type === 'communications' ? {} : { createdate: at }),
      ...values,
      hs_object_id: id,
      hs_createdate: at,
      hs_lastmodifieddate: at,
      ...(store.type === 'contacts' ? { lastmodifieddate: at } : {}),
    },
    createdAt: at,
    updatedAt: at,
    archived: false,
    links: new Map(),
  }
  if (store.type === 'tickets') dateClosing(scope, record, at)
  if (store.type === 'contacts') indexPhones(record.properties)
  lag(scope, record, null)
  store.records.set(id, record)
  rememberUnique(store, record)
  scope.feed.created(scope, store, record, values)
  return record
}

function updateRecord(scope: Scope, store: Store, record: CrmRecord, values: Values): CrmRecord {
  const at = scope.clock.iso()
  const changed = Object.entries(values).filter(([name, value]) => (record.properties[name] ?? '') !== value)
  lag(scope, record, { ...record.properties })
  forgetUnique(store, record)
  for (const [name, value] of changed) record.properties[name] = value
  rememberUnique(store, record)
  if (store.type === 'tickets' && changed.some(([name]) => name === 'hs_pipeline_stage')) dateClosing(scope, record, at)
  record.updatedAt = at
  record.properties.hs_lastmodifieddate = at
  if (store.type === 'contacts') {
    record.properties.lastmodifieddate = at
    indexPhones(record.properties)
  }
  scope.feed.updated(scope, store, record, changed)
  return record
}

/** The search index knows a record as it was before, or not at all, until it has caught up. */
function lag({ portal, clock }: Scope, record: CrmRecord, before: Record<string, string> | null) {
  if (portal.searchLagMs === 0) return
  const now = clock.now()
  const known = record.indexed && record.indexed.until > now ? record.indexed.properties : before
  record.indexed = { properties: known, until: now + portal.searchLagMs }
}

function dateClosing({ portal }: Scope, { properties }: CrmRecord, at: string) {
  const stages = portal.pipelines.get(properties.hs_pipeline ?? '0')?.stages ?? []
  const stage = stages.find(entry => entry.id === properties.hs_pipeline_stage)
  properties.closed_date = stage?.metadata.ticketState === 'CLOSED' ? at : ''
}

function uniqueConflict(
  store: Store,
  values: Values,
  record: CrmRecord | undefined,
  claims: Claims,
): Refusal | undefined {
  for (const [name, ids] of store.unique) {
    const value = values[name]
    if (value === undefined || value === '') continue
    const owner = ids.get(value)
    const claim = `${name}\0${value}`
    if (owner !== undefined && owner !== record?.id) return conflict(store, name, value, owner)
    if (owner === undefined && claims.has(claim)) return conflict(store, name, value, undefined)
    claims.add(claim)
  }
  return undefined
}

function conflict(store: Store, name: string, value: string, owner: string | undefined): Refusal {
  const title = store.singular.charAt(0).toUpperCase() + store.singular.slice(1)
  const message =
    owner === undefined
      ? `${title} already exists: "${name}" has the value ${value} twice in this request`
      : `${title} already exists. Existing ID: ${owner}`
  return { status: 409, category: 'CONFLICT', message }
}
