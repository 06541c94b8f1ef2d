import { notFound, type Outcome, type Refusal, validation } from './errors.ts'
import { findRecord } from './records.ts'
import type { CrmRecord, ObjectType, Portal, Store } from './state.ts'

export type AssociationType = { associationCategory: string; associationTypeId: number }

/** HubSpot's own association types: direction matters, and each has its way back. */
const TYPES: { from: ObjectType; to: ObjectType; id: number; inverse: number }[] = [
  { from: 'contacts', to: 'tickets', id: 15, inverse: 16 },
  { from: 'tickets', to: 'contacts', id: 16, inverse: 15 },
  { from: 'communications', to: 'contacts', id: 81, inverse: 82 },
  { from: 'contacts', to: 'communications', id: 82, inverse: 81 },
  { from: 'communications', to: 'tickets', id: 83, inverse: 84 },
  { from: 'tickets', to: 'communications', id: 84, inverse: 83 },
  { from: 'contacts', to: 'contacts', id: 449, inverse: 449 },
]

export function defaultType(from: ObjectType, to: ObjectType): AssociationType | undefined {
  const known = TYPES.find(type => type.from === from && type.to === to)
  return known && { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: known.id }
}

/** The other end of an inline association is known by the type's id alone. */
export function resolveInline(
  portal: Portal,
  store: Store,
  association: { to: { id: string | number }; types: AssociationType[] },
): Outcome<{ to: CrmRecord; toStore: Store; typeIds: number[] }> {
  const [first] = association.types
  const known = first && TYPES.find(type => type.from === store.type && type.id === first.associationTypeId)
  if (!known) {
    const message = `Invalid association type ${first?.associationTypeId} for ${store.singular}`
    return { ok: false, refusal: validation(message, { subCategory: 'crm.associations.INVALID_ASSOCIATION_TYPE' }) }
  }
  const toStore = portal.stores[known.to]
  const to = findRecord(toStore, String(association.to.id))
  if (!to) return { ok: false, refusal: missingEnd(toStore, String(association.to.id)) }
  return { ok: true, value: { to, toStore, typeIds: association.types.map(type => type.associationTypeId) } }
}

export function validTypes(from: Store, to: Store, types: AssociationType[]): boolean {
  return types.every(({ associationTypeId: id }) =>
    TYPES.some(type => type.from === from.type && type.to === to.type && type.id === id),
  )
}

export function link(from: Store, record: CrmRecord, to: Store, other: CrmRecord, typeIds: number[]) {
  for (const id of typeIds) {
    add(record, to.type, other.id, id)
    const inverse = TYPES.find(type => type.from === from.type && type.id === id)?.inverse
    if (inverse !== undefined) add(other, from.type, record.id, inverse)
  }
}

export function unlink(from: Store, record: CrmRecord, to: Store, other: CrmRecord) {
  record.links.get(to.type)?.delete(other.id)
  other.links.get(from.type)?.delete(record.id)
}

/** Live records only: an archived one keeps its links but is not shown. */
export function linksOf(record: CrmRecord, to: Store): { toObjectId: string; associationTypes: unknown[] }[] {
  const links = record.links.get(to.type)
  if (!links) return []
  const shown: { toObjectId: string; associationTypes: unknown[] }[] = []
  for (const [id, typeIds] of links) {
    if (!to.records.has(id)) continue
    const associationTypes = [...typeIds].map(typeId => ({ category: 'HUBSPOT_DEFINED', typeId, label: null }))
    shown.push({ toObjectId: id, associationTypes })
  }
  return shown
}

export function missingEnd(store: Store, id: string): Refusal {
  return { ...notFound(`${store.singular.toUpperCase()} ${id} does not exist`), context: { id: [id] } }
}

function add(record: CrmRecord, type: ObjectType, id: string, typeId: number) {
  let links = record.links.get(type)
  if (!links) {
    links = new Map()
    record.links.set(type, links)
  }
  const types = links.get(id)
  if (types) types.add(typeId)
  else links.set(id, new Set([typeId]))
}
