/** Writing records as Salesforce does: fields are checked, external ids followed, and who changed what is kept. */
import type { Clock } from '../clock.ts'
import { noSuchColumn, RecordRefused, SfRefused } from './errors.ts'
import { type FieldDef, fieldNamed } from './fields.ts'
import {
  newId,
  type Org,
  type SalesforceRow,
  type SalesforceState,
  type SObjectStore,
  storeNamed,
  type Value,
} from './state.ts'

export type Scope = {
  state: SalesforceState
  org: Org
  clock: Clock
  userId: string
  /** A person's transaction takes its time. */
  isPerson?: boolean
}

export type Input = Record<string, unknown>

/** Throws RecordRefused, or SfRefused for what the whole call is refused for. */
export function createRow(scope: Scope, store: SObjectStore, input: Input): SalesforceRow {
  const given = prepare(scope, store, input, undefined)
  const fields: Record<string, Value> = {}
  for (const field of store.fields.values()) {
    fields[field.name] = field.type === 'boolean' ? false : (defaultOf(field) ?? null)
  }
  Object.assign(fields, given)
  const missing = [...store.fields.values()].filter(
    ({ name, createable, nillable, defaultedOnCreate }) =>
      createable && !nillable && !defaultedOnCreate && (fields[name] ?? '') === '',
  )
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name)
    throw new RecordRefused('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names)
  }
  const at = stamp(scope)
  const id = newId(scope.state, store)
  Object.assign(fields, { Id: id, CreatedDate: at, CreatedById: scope.userId })
  if (store.fields.has('OwnerId')) fields.OwnerId ??= scope.userId
  const row: SalesforceRow = { id, fields, deleted: false }
  if (store.name === 'Case') fields.CaseNumber = String(store.rows.size + 1_000).padStart(8, '0')
  touch(scope, store, row, null)
  store.rows.set(id, row)
  return row
}

export function updateRow(scope: Scope, store: SObjectStore, row: SalesforceRow, input: Input): SalesforceRow {
  if (row.deleted) throw new RecordRefused('ENTITY_IS_DELETED', 'entity is deleted')
  if (row.fields.IsConverted === true) {
    throw new RecordRefused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead')
  }
  if (store.name === 'Contact' && row.fields.IsPersonAccount === true) {
    throw new RecordRefused(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'A person account is edited as an account, not as a contact.',
    )
  }
  const given = prepare(scope, store, input, row)
  const emptied = Object.entries(given).find(
    ([name, value]) => value === null && store.fields.get(name)?.nillable === false,
  )
  if (emptied) {
    const [name] = emptied
    throw new RecordRefused('REQUIRED_FIELD_MISSING', `Required fields are missing: [${name}]`, [name])
  }
  const before = structuredClone({ ...row, unseen: undefined }) as SalesforceRow
  Object.assign(row.fields, given)
  touch(scope, store, row, before)
  if (store.name === 'Account' && row.fields.IsPersonAccount === true) mirror(scope, row)
  return row
}

/** An account and a contact that are one person; in organizations that have such. */
export function createPersonAccount(scope: Scope, input: Input): { accountId: string; contactId: string } {
  const [accounts, contacts] = ['Account', 'Contact'].map(name => storeNamed(scope.org, name))
  if (!accounts || !contacts) throw new Error('An organization has these')
  const account = createRow(scope, accounts, { Name: String(input.LastName ?? ''), ...input })
  const contact = createRow(scope, contacts, { LastName: input.LastName, AccountId: account.id })
  account.fields.IsPersonAccount = true
  account.fields.PersonContactId = contact.id
  contact.fields.IsPersonAccount = true
  mirror(scope, account)
  return { accountId: account.id, contactId: contact.id }
}

/** What is written of the account is its contact's too. */
function mirror(scope: Scope, account: SalesforceRow) {
  const contacts = storeNamed(scope.org, 'Contact') as SObjectStore
  const contact = contacts.rows.get(String(account.fields.PersonContactId))
  if (!contact) return
  for (const [name, value] of Object.entries(account.fields)) {
    const own = name.endsWith('__pc') ? name.replace(/__pc$/, '__c') : name.replace(/^Person(?!ContactId)/, '')
    const isPersons = own !== name || ['FirstName', 'LastName', 'Phone'].includes(name)
    if (isPersons && contacts.fields.has(own)) contact.fields[own] = value
  }
  touch(scope, contacts, contact, null)
}

export function deleteRow(scope: Scope, store: SObjectStore, row: SalesforceRow, masterId: string | null = null) {
  if (row.deleted) throw new RecordRefused('ENTITY_IS_DELETED', 'entity is deleted')
  const before = structuredClone({ ...row, unseen: undefined }) as SalesforceRow
  row.deleted = true
  const contact = scope.org.objects.get('Contact')?.rows.get(String(row.fields.PersonContactId ?? ''))
  if (store.name === 'Account' && contact && !contact.deleted) contact.deleted = true
  if (masterId) row.fields.MasterRecordId = masterId
  touch(scope, store, row, before)
}

/** The survivor keeps its values; what hung on the others hangs on it. */
export function mergeRows(scope: Scope, store: SObjectStore, master: SalesforceRow, losers: SalesforceRow[]) {
  for (const loser of losers) {
    repoint(scope, loser.id, master.id)
    deleteRow(scope, store, loser, master.id)
  }
  touch(scope, store, master, null)
}

/** A contact is made of a lead, or one that is there is taken; custom fields go along where they have the same name. */
export function convertLead(scope: Scope, lead: SalesforceRow, contactId: string | undefined): string {
  const [leads, contacts, accounts] = ['Lead', 'Contact', 'Account'].map(name => storeNamed(scope.org, name))
  if (!leads || !contacts || !accounts) throw new Error('An organization has these')
  const account = createRow(scope, accounts, { Name: lead.fields.Company })
  let contact = contactId === undefined ? undefined : contacts.rows.get(contactId)
  if (!contact) {
    const names = ['FirstName', 'LastName', 'Email', 'Phone', 'MobilePhone', 'Title']
    const shared = [
      ...names,
      ...[...contacts.fields.keys()].filter(name => name.endsWith('__c') && leads.fields.has(name)),
    ]
    const fields = shared.map(name => [name, lead.fields[name] ?? null] as const).filter(([, value]) => value !== null)
    contact = createRow(scope, contacts, { ...Object.fromEntries(fields), AccountId: account.id })
  }
  Object.assign(lead.fields, {
    ...{
      IsConverted: true,
      ConvertedContactId: contact.id,
      ConvertedAccountId: account.id,
      Status: 'Closed - Converted',
    },
  })
  touch(scope, leads, lead, null)
  return contact.id
}

/** Lookups to one record lead to another, or nowhere. */
export function repoint({ org }: Scope, from: string, to: string | null) {
  for (const store of org.objects.values()) {
    const lookups = [...store.fields.values()].filter(
      ({ type, name }) => type === 'reference' && !name.startsWith('Master'),
    )
    for (const row of store.rows.values()) {
      for (const { name } of lookups) if (row.fields[name] === from) row.fields[name] = to
    }
  }
}

export function findRow(store: SObjectStore, id: string): SalesforceRow | undefined {
  return (
    store.rows.get(id) ?? (id.length === 15 ? [...store.rows.values()].find(row => row.id.startsWith(id)) : undefined)
  )
}

/** The one with this external id that is not deleted. */
export function rowByKey(store: SObjectStore, key: string, value: unknown): SalesforceRow | undefined {
  const wanted = String(value).toLowerCase()
  return [...store.rows.values()].find(row => !row.deleted && String(row.fields[key] ?? '').toLowerCase() === wanted)
}

function touch(scope: Scope, store: SObjectStore, row: SalesforceRow, before: SalesforceRow | null) {
  const at = stamp(scope)
  const { fields } = row
  Object.assign(fields, { LastModifiedDate: at, LastModifiedById: scope.userId, SystemModstamp: at })
  if (store.fields.has('FirstName')) fields.Name = [fields.FirstName, fields.LastName].filter(Boolean).join(' ')
  if (store.name === 'Case') fields.IsClosed = isClosed(scope.org, fields.Status)
  const takes = scope.isPerson ? scope.org.transactionMs : 0
  if (takes > 0) row.unseen = { before, until: scope.clock.now() + takes }
  else delete row.unseen
}

function isClosed(org: Org, status: Value | undefined): boolean {
  const statuses = org.objects.get('CaseStatus')?.rows.values() ?? []
  return [...statuses].some(({ fields }) => fields.ApiName === status && fields.IsClosed === true)
}

/** Salesforce's instants have seconds. */
function stamp({ clock }: Scope): string {
  return toInstant(new Date(clock.now()))
}

function toInstant(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, '.000+0000')
}

function defaultOf({ picklistValues, defaultedOnCreate }: FieldDef): string | undefined {
  return defaultedOnCreate ? picklistValues.find(({ defaultValue }) => defaultValue)?.value : undefined
}

/** What is given, checked and in the form that is stored. */
function prepare(scope: Scope, store: SObjectStore, input: Input, row: SalesforceRow | undefined) {
  const given: Record<string, Value> = {}
  for (const [name, value] of Object.entries(input)) {
    if (name === 'attributes' || name === 'Id' || name === 'id') continue
    if (typeof value === 'object' && value !== null) {
      const [lookup, id] = followKey(scope.org, store, name, value as Input)
      given[lookup.name] = id
      continue
    }
    const field = fieldNamed(store, name)
    if (!field) throw noSuchColumn(name, store.name)
    if (!(row ? field.updateable : field.createable)) {
      const message = `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`
      throw new RecordRefused('INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name])
    }
    given[field.name] = stored(scope.org, field, value)
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
