/** Collections: up to 200 records of one call, each of which stands for itself. */
import { RecordRefused, SfRefused } from './errors.ts'
import { fieldNamed } from './fields.ts'
import { type SObjectStore, storeNamed } from './state.ts'
import { checkShape, type Input, rowByKey } from './values.ts'
import { createAny, deleteRow, findRow, type Scope, updateRow } from './write.ts'

const RECORDS = 200

export type Saved = {
  id?: string
  success: boolean
  created?: boolean
  errors: { statusCode: string; message: string; fields: string[] }[]
}

/** `failIndexes`: places that a planned fault refuses. */
export function createAll(scope: Scope, records: Input[], failIndexes: readonly number[] = []): Saved[] {
  for (const record of records) checkShape(storeOf(scope, record), record)
  return each(records, failIndexes, record => {
    const row = createAny(scope, storeOf(scope, record), record)
    return { id: row.id, success: true, errors: [] }
  })
}

export function updateAll(scope: Scope, records: Input[], failIndexes: readonly number[] = []): Saved[] {
  for (const record of records) checkShape(storeOf(scope, record), record)
  return each(records, failIndexes, record => {
    const store = storeOf(scope, record)
    const id = String(record.Id ?? record.id ?? '')
    const row = findRow(store, id)
    if (!row) throw new RecordRefused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
    updateRow(scope, store, row, record)
    return { id: row.id, success: true, errors: [] }
  })
}

/** By an external id: updated where it is there, else created. All of one object. */
export function upsertAll(
  scope: Scope,
  type: string,
  key: string,
  records: Input[],
  failIndexes: readonly number[] = [],
): Saved[] {
  const store = storeNamed(scope.org, type)
  if (!store) throw new SfRefused(404, 'NOT_FOUND', 'The requested resource does not exist')
  const by = fieldNamed(store, key)
  if (!by?.externalId)
    throw new SfRefused(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${key}`)
  for (const record of records) checkShape(store, record)
  return each(records, failIndexes, record => {
    const value = record[by.name]
    if (value === undefined || value === null || value === '') {
      throw new RecordRefused('MISSING_ARGUMENT', `${by.name} not specified`)
    }
    const known = rowByKey(store, by.name, value)
    const row = known ? updateRow(scope, store, known, record) : createAny(scope, store, record)
    return { id: row.id, success: true, created: !known, errors: [] }
  })
}

export function deleteAll(scope: Scope, ids: string[]): Saved[] {
  return each(
    ids.map(id => ({ id })),
    [],
    ({ id }) => {
      const store = [...scope.org.objects.values()].find(({ prefix }) => String(id).startsWith(prefix))
      const row = store && findRow(store, String(id))
      if (!store || !row) throw new RecordRefused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
      if (store.name === 'Contact' && hasCases(scope, row.id)) {
        const message = `Your attempt to delete ${row.fields.Name} could not be completed because it is associated with cases.`
        throw new RecordRefused('DELETE_FAILED', message)
      }
      deleteRow(scope, store, row)
      return { id: row.id, success: true, errors: [] }
    },
  )
}

function hasCases({ org }: Scope, contactId: string): boolean {
  return [...(org.objects.get('Case')?.rows.values() ?? [])].some(
    row => !row.deleted && row.fields.ContactId === contactId,
  )
}

function storeOf({ org }: Scope, record: Input): SObjectStore {
  const { type } = (record.attributes ?? {}) as { type?: string }
  const store = storeNamed(org, type ?? '')
  if (!store) throw new SfRefused(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`)
  return store
}

function each(records: Input[], failIndexes: readonly number[], act: (record: Input) => Saved): Saved[] {
  if (records.length > RECORDS) {
    throw new SfRefused(400, 'INVALID_INPUT', `Batch size ${records.length} exceeds the limit of ${RECORDS}`)
  }
  return records.map((record, at) => {
    try {
      if (failIndexes.includes(at)) {
        throw new RecordRefused('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'planned fault')
      }
      return act(record)
    } catch (error) {
      if (!(error instanceof RecordRefused)) throw error
      const { statusCode, message, fields } = error
      return { success: false, errors: [{ statusCode, message, fields }] }
    }
  })
}
