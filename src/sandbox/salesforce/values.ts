/** Values that are written: checked as Salesforce checks them, and in the form that it keeps. */
import { noSuchColumn, RecordRefused, SfRefused } from './errors.ts'
import { type FieldDef, fieldNamed } from './fields.ts'
import { type Org, type SalesforceRow, type SObjectStore, storeNamed, type Value } from './state.ts'

export type Input = Record<string, unknown>

/** What is given, checked and in the form that is stored. */
export function prepare(org: Org, store: SObjectStore, input: Input, row: SalesforceRow | undefined) {
  const given: Record<string, Value> = {}
  for (const [name, value] of Object.entries(input)) {
    if (name === 'attributes' || name === 'Id' || name === 'id') continue
    if (typeof value === 'object' && value !== null) {
      const [lookup, id] = followKey(org, store, name, value as Input)
      given[lookup.name] = id
      continue
    }
    const field = fieldNamed(store, name)
    if (!field) throw noSuchColumn(name, store.name)
    if (!(row ? field.updateable : field.createable)) {
      const message = `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`
      throw new RecordRefused('INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name])
    }
    given[field.name] = stored(org, field, value)
    checkUnique(store, field, given[field.name] ?? null, row)
  }
  return given
}

/** `Contact__r: {WA_Id__c: '…'}`: the record that has this external id. */
function followKey(org: Org, store: SObjectStore, name: string, value: Input): [FieldDef, string] {
  const lookup = [...store.fields.values()].find(each => each.relationshipName === name)
  const target = lookup && storeNamed(org, lookup.referenceTo[0] ?? '')
  const [key, wanted] = Object.entries(value).find(([each]) => each !== 'attributes') ?? []
  if (!lookup || !target || key === undefined || !fieldNamed(target, key)?.externalId) {
    throw noSuchColumn(name, store.name)
  }
  const found = rowByKey(target, key, wanted)
  if (found) return [lookup, found.id]
  const message = `Foreign key external ID: ${wanted} not found for field ${key} in entity ${target.name}`
  throw new RecordRefused('INVALID_FIELD', message)
}

/** What the whole call is refused for, whatever its other records: fields that are not there, values of another type. */
export function checkShape(store: SObjectStore, input: Input) {
  for (const [name, value] of Object.entries(input)) {
    if (name === 'attributes' || name === 'Id' || name === 'id' || (typeof value === 'object' && value !== null))
      continue
    const field = fieldNamed(store, name)
    if (!field) throw noSuchColumn(name, store.name)
    if (value !== null && value !== '') checkType(field, value)
  }
}

function checkType({ type }: FieldDef, value: unknown) {
  const isNumber = ['int', 'double', 'currency', 'percent', 'long'].includes(type)
  const wanted = isNumber ? 'number' : type === 'boolean' ? 'boolean' : 'string'
  if (typeof value !== wanted) {
    const message = `Cannot deserialize instance of ${type} from VALUE_${typeof value === 'string' ? 'STRING' : 'OTHER'} value ${value} or request may be missing a required field`
    throw new SfRefused(400, 'JSON_PARSER_ERROR', message)
  }
}

function stored(org: Org, field: FieldDef, value: unknown): Value {
  if (value === null || value === '') return null
  const { name, type } = field
  checkType(field, value)
  if (typeof value !== 'string') return value as number | boolean
  if (type === 'datetime') {
    const date = new Date(value)
    if (Number.isNaN(date.getTime())) {
      throw new SfRefused(
        400,
        'JSON_PARSER_ERROR',
        `Cannot deserialize instance of datetime from VALUE_STRING value ${value}`,
      )
    }
    return toInstant(date)
  }
  if (field.length > 0 && value.length > field.length) {
    const message = `${field.label}: data value too large: ${value.slice(0, 20)} (max length=${field.length})`
    throw new RecordRefused('STRING_TOO_LONG', message, [name])
  }
  if (type === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) {
    throw new RecordRefused('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${value}`, [name])
  }
  if (field.restrictedPicklist && !field.picklistValues.some(each => each.value === value)) {
    const message = `${field.label}: bad value for restricted picklist field: ${value}`
    throw new RecordRefused('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [name])
  }
  if (type === 'reference') checkReference(org, field, value)
  return value
}

/** Owners may be queues. */
function checkReference(org: Org, { name, label, referenceTo }: FieldDef, id: string) {
  const targets = name === 'OwnerId' ? ['User', 'Group'] : referenceTo
  const found = targets.map(target => storeNamed(org, target)?.rows.get(id)).find(Boolean)
  if (!found) {
    throw new RecordRefused('INVALID_CROSS_REFERENCE_KEY', `${label}: id value of incorrect type: ${id}`, [name])
  }
  if (found.deleted) throw new RecordRefused('ENTITY_IS_DELETED', 'entity is deleted', [name])
}

function checkUnique(store: SObjectStore, { name, unique }: FieldDef, value: Value, row: SalesforceRow | undefined) {
  if (!unique || value === null) return
  const other = rowByKey(store, name, value)
  if (!other || other.id === row?.id) return
  const message = `duplicate value found: ${name} duplicates value on record with id: ${other.id}`
  throw new RecordRefused('DUPLICATE_VALUE', message, [name])
}

/** Rows by the values of fields that they are looked for by: a burst asks thousands of times. Made when first asked, and kept by `noteRow`. */
const indexes = new WeakMap<SObjectStore, Map<string, Map<string, SalesforceRow>>>()

/** The one with this external id that is not deleted. */
export function rowByKey(store: SObjectStore, key: string, value: unknown): SalesforceRow | undefined {
  const wanted = String(value).toLowerCase()
  const isIt = (row: SalesforceRow) => !row.deleted && String(row.fields[key] ?? '').toLowerCase() === wanted
  const found = indexOf(store, key).get(wanted)
  if (!found || (isIt(found) && store.rows.get(found.id) === found)) return found
  // It had the value once; another may have had it before.
  return [...store.rows.values()].find(isIt)
}

/** A row that is new, or has other values. */
export function noteRow(store: SObjectStore, row: SalesforceRow) {
  for (const [key, index] of indexes.get(store) ?? []) index.set(String(row.fields[key] ?? '').toLowerCase(), row)
}

function indexOf(store: SObjectStore, key: string): Map<string, SalesforceRow> {
  const known = indexes.get(store) ?? new Map<string, Map<string, SalesforceRow>>()
  indexes.set(store, known)
  const index =
    known.get(key) ?? new Map([...store.rows.values()].map(row => [String(row.fields[key] ?? '').toLowerCase(), row]))
  known.set(key, index)
  return index
}

/** Salesforce's instants have seconds. */
export function toInstant(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, '.000+0000')
}
