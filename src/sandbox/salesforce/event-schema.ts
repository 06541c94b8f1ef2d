/** Avro schemas of change events, and events in them. */
import { createHash } from 'node:crypto'
import avro from 'avsc'
import type { FieldDef } from './fields.ts'
import type { ChangeEvent, SObjectStore, Value } from './state.ts'

/** Parts of a person's name, which are one field of the event. */
const NAME = ['Salutation', 'FirstName', 'LastName']
const SYSTEM = new Set(['Id', 'IsDeleted', 'SystemModstamp', ...NAME])

const text = { type: 'string' }
const texts = { type: { type: 'array', items: 'string' } }

const header = {
  type: 'record',
  name: 'ChangeEventHeader',
  fields: [
    { name: 'entityName', ...text },
    { name: 'recordIds', ...texts },
    { name: 'changeType', ...text },
    { name: 'changeOrigin', ...text },
    { name: 'transactionKey', ...text },
    { name: 'sequenceNumber', type: 'int' },
    { name: 'commitTimestamp', type: 'long' },
    { name: 'commitNumber', type: 'long' },
    { name: 'commitUser', ...text },
    { name: 'nulledFields', ...texts },
    { name: 'diffFields', ...texts },
    { name: 'changedFields', ...texts },
  ],
} as const

type EventSchema = { id: string; json: string; type: avro.Type; names: string[] }

export function schemaOf(store: SObjectStore): EventSchema {
  const own = [...store.fields.values()].filter(({ name }) => !SYSTEM.has(name))
  const isPerson = store.fields.has('FirstName')
  const fields = own.map(field =>
    field.name === 'Name' && isPerson
      ? { name: 'Name', type: ['null', { type: 'record', name: 'Switchable_PersonName', fields: NAME.map(optional) }] }
      : { name: field.name, type: ['null', typeOf(field)], default: null },
  )
  const name = store.name.endsWith('__c') ? store.name.replace(/__c$/, '__ChangeEvent') : `${store.name}ChangeEvent`
  const schema = {
    ...{ type: 'record', name, namespace: 'com.sforce.eventbus' },
    fields: [{ name: 'ChangeEventHeader', type: header }, ...fields],
  }
  const json = JSON.stringify(schema)
  const id = createHash('sha256').update(json).digest('base64url').slice(0, 22)
  return { id, json, type: avro.Type.forSchema(schema as avro.Schema), names: schema.fields.map(each => each.name) }
}

export function encodeEvent(store: SObjectStore, event: ChangeEvent): { schemaId: string; payload: Buffer } {
  const { id, type, names } = schemaOf(store)
  const { entity, recordId, userId, origin, replayId, at, changed, values } = event
  const told = new Set(event.type === 'CREATE' ? Object.keys(values) : changed)
  const fields = names.slice(1).map(name => {
    if (name === 'Name' && store.fields.has('FirstName')) {
      const parts = NAME.map(part => [part, told.has(part) ? (values[part] ?? null) : null])
      return [name, NAME.some(part => told.has(part)) ? Object.fromEntries(parts) : null]
    }
    return [name, told.has(name) ? encoded(store.fields.get(name), values[name] ?? null) : null]
  })
  const isUpdate = event.type === 'UPDATE'
  const ChangeEventHeader = {
    ...{ entityName: entity, recordIds: [recordId], changeType: event.type, changeOrigin: origin },
    ...{ transactionKey: `tx-${replayId}`, sequenceNumber: 1, commitTimestamp: at, commitNumber: replayId },
    ...{ commitUser: userId, diffFields: [], changedFields: isUpdate ? bitmaps(names, changed) : [] },
    nulledFields: isUpdate
      ? bitmaps(
          names,
          changed.filter(name => (values[name] ?? null) === null),
        )
      : [],
  }
  return { schemaId: id, payload: type.toBuffer({ ChangeEventHeader, ...Object.fromEntries(fields) }) }
}

/** The lowest bit is the first field. A part of the name is a bit of its own, behind the place of the name. */
function bitmaps(names: readonly string[], changed: readonly string[]): string[] {
  const hex = (all: readonly string[]) => {
    const bits = all.reduce((sum, name, at) => sum | (changed.includes(name) ? 1n << BigInt(at) : 0n), 0n)
    return bits === 0n ? undefined : `0x${bits.toString(16).toUpperCase()}`
  }
  const parts = hex(NAME)
  const whole = hex(names.map(name => (name === 'Name' && parts ? '' : name)))
  return [...(whole ? [whole] : []), ...(parts ? [`${names.indexOf('Name')}-${parts}`] : [])]
}

function optional(name: string) {
  return { name, type: ['null', 'string'], default: null }
}

function typeOf({ type }: FieldDef) {
  if (type === 'boolean') return 'boolean'
  if (type === 'datetime' || type === 'date') return { type: 'long', doc: 'DateTime' }
  return ['int', 'long', 'double', 'currency', 'percent'].includes(type) ? 'double' : 'string'
}

function encoded(field: FieldDef | undefined, value: Value): Value {
  if (value === null || !field) return null
  if (field.type === 'datetime' || field.type === 'date') return Date.parse(String(value))
  return value
}
