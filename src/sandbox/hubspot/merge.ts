import { type Refusal, validation } from './errors.ts'
import { findRecord, forgetUnique, missingRecord, rememberUnique, type Scope } from './records.ts'
import { type CrmRecord, newId, type Store } from './state.ts'

/** Merges one record into another; both old ids lead to the survivor afterwards. */
export function mergeRecords(scope: Scope, store: Store, primaryId: string, mergedId: string): CrmRecord | Refusal {
  const primary = findRecord(store, primaryId)
  const other = findRecord(store, mergedId)
  if (!primary) return missingRecord(store, primaryId)
  if (!other) return missingRecord(store, mergedId)
  if (primary === other) return validation('Cannot merge an object with itself')

  const oldId = primary.id
  const renewed = scope.portal.mergeCreatesNewId
  const moved = moveProperties(store, primary, other)
  moveLinks(scope, store, primary, other)
  const survivor = renewed ? renew(scope, store, primary) : primary
  for (const [from, to] of store.merged) if (to === other.id || to === oldId) store.merged.set(from, survivor.id)
  store.merged.set(other.id, survivor.id)
  survivor.properties.hs_merged_object_ids = [survivor.properties.hs_merged_object_ids, oldId, other.id]
    .filter(id => id !== undefined && id !== survivor.id)
    .join(';')
  survivor.updatedAt = scope.clock.iso()
  survivor.properties.hs_lastmodifieddate = survivor.updatedAt
  scope.feed.merged(scope, store, {
    primaryId: oldId,
    mergedIds: [other.id],
    newId: renewed ? survivor.id : undefined,
    moved,
  })
  return survivor
}

/** The primary's values win; its gaps are filled. */
function moveProperties(store: Store, primary: CrmRecord, other: CrmRecord): number {
  forgetUnique(store, primary)
  forgetUnique(store, other)
  let moved = 0
  for (const [name, value] of Object.entries(other.properties)) {
    if (store.properties.get(name)?.modificationMetadata.readOnlyValue || value === '') continue
    if ((primary.properties[name] ?? '') !== '') continue
    primary.properties[name] = value
    moved++
  }
  rememberUnique(store, primary)
  store.records.delete(other.id)
  return moved
}

function moveLinks({ portal }: Scope, store: Store, primary: CrmRecord, other: CrmRecord) {
  for (const [type, links] of other.links) {
    const mine = primary.links.get(type) ?? new Map<string, Set<number>>()
    primary.links.set(type, mine)
    for (const [id, types] of links) {
      mine.set(id, new Set([...(mine.get(id) ?? []), ...types]))
      repoint(portal.stores[type].records.get(id), store, other.id, primary.id)
    }
  }
}

function renew(scope: Scope, store: Store, record: CrmRecord): CrmRecord {
  const oldId = record.id
  forgetUnique(store, record)
  store.records.delete(oldId)
  record.id = newId(scope.state)
  record.properties.hs_object_id = record.id
  store.records.set(record.id, record)
  store.merged.set(oldId, record.id)
  rememberUnique(store, record)
  for (const [type, links] of record.links) {
    for (const id of links.keys()) repoint(scope.portal.stores[type].records.get(id), store, oldId, record.id)
  }
  return record
}

function repoint(record: CrmRecord | undefined, store: Store, oldId: string, id: string) {
  const links = record?.links.get(store.type)
  const types = links?.get(oldId)
  if (!links || !types) return
  links.delete(oldId)
  links.set(id, new Set([...(links.get(id) ?? []), ...types]))
}
