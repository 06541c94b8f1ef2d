/** Writing records as Salesforce does: fields are checked, external ids followed, and who changed what is kept. */
import type { Clock } from '../clock.ts'
import { noteChange } from './change-events.ts'
import { RecordRefused } from './errors.ts'
import type { FieldDef } from './fields.ts'
import {
  newId,
  type Org,
  type SalesforceRow,
  type SalesforceState,
  type SObjectStore,
  storeNamed,
  type Value,
} from './state.ts'
import { type Input, noteRow, prepare, toInstant } from './values.ts'

export type Scope = {
  state: SalesforceState
  org: Org
  clock: Clock
  userId: string
  /** What the caller calls itself: `client=` of its call options. */
  client?: string
  /** A person's transaction takes its time. */
  isPerson?: boolean
}

/** Throws RecordRefused, or SfRefused for what the whole call is refused for. */
export function createRow(scope: Scope, store: SObjectStore, input: Input): SalesforceRow {
  const given = prepare(scope.org, store, input, undefined)
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
  noteChange(scope, store, row, 'CREATE', {})
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
  const given = prepare(scope.org, store, input, row)
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
  noteChange(scope, store, row, 'UPDATE', before.fields)
  if (store.name === 'Account' && row.fields.IsPersonAccount === true) mirror(scope, row)
  return row
}

/** An account and a contact that are one person; in organizations that have such. */
export function createPersonAccount(scope: Scope, input: Input): { accountId: string; contactId: string } {
  const [accounts, contacts] = ['Account', 'Contact'].map(name => storeNamed(scope.org, name))
  if (!accounts || !contacts) throw new Error('An organization has these')
  if (!input.LastName) {
    throw new RecordRefused('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName'])
  }
  const account = createRow(scope, accounts, { Name: String(input.LastName), ...input })
  const contact = createRow(scope, contacts, { LastName: input.LastName, AccountId: account.id })
  account.fields.IsPersonAccount = true
  account.fields.PersonContactId = contact.id
  contact.fields.IsPersonAccount = true
  mirror(scope, account)
  return { accountId: account.id, contactId: contact.id }
}

/** An account of a record type of people is a person; any other record is what it is. */
export function createAny(scope: Scope, store: SObjectStore, input: Input): SalesforceRow {
  const type = storeNamed(scope.org, 'RecordType')?.rows.get(String(input.RecordTypeId ?? ''))
  if (store.name !== 'Account' || type?.fields.IsPersonType !== true) return createRow(scope, store, input)
  const { accountId } = createPersonAccount(scope, input)
  return store.rows.get(accountId) as SalesforceRow
}

/** What is written of the account is its contact's too. */
function mirror(scope: Scope, account: SalesforceRow) {
  const contacts = storeNamed(scope.org, 'Contact') as SObjectStore
  const contact = contacts.rows.get(String(account.fields.PersonContactId))
  if (!contact) return
  const before = { ...contact.fields }
  for (const [name, value] of Object.entries(account.fields)) {
    const own = name.endsWith('__pc') ? name.replace(/__pc$/, '__c') : name.replace(/^Person(?!ContactId)/, '')
    const isPersons = own !== name || ['FirstName', 'LastName', 'Phone'].includes(name)
    if (isPersons && contacts.fields.has(own)) contact.fields[own] = value
  }
  touch(scope, contacts, contact, null)
  noteChange(scope, contacts, contact, 'UPDATE', before)
}

export function deleteRow(scope: Scope, store: SObjectStore, row: SalesforceRow, masterId: string | null = null) {
  if (row.deleted) throw new RecordRefused('ENTITY_IS_DELETED', 'entity is deleted')
  const before = structuredClone({ ...row, unseen: undefined }) as SalesforceRow
  row.deleted = true
  const contact = scope.org.objects.get('Contact')?.rows.get(String(row.fields.PersonContactId ?? ''))
  if (store.name === 'Account' && contact && !contact.deleted) contact.deleted = true
  if (masterId) row.fields.MasterRecordId = masterId
  touch(scope, store, row, before)
  noteChange(scope, store, row, 'DELETE', row.fields)
}

/** The survivor keeps its values; what hung on the others hangs on it. */
export function mergeRows(scope: Scope, store: SObjectStore, master: SalesforceRow, losers: SalesforceRow[]) {
  for (const loser of losers) {
    repoint(scope, loser.id, master.id)
    deleteRow(scope, store, loser, master.id)
  }
  touch(scope, store, master, null)
  noteChange(scope, store, master, 'UPDATE', master.fields)
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
  const before = { ...lead.fields }
  Object.assign(lead.fields, {
    ...{
      IsConverted: true,
      ConvertedContactId: contact.id,
      ConvertedAccountId: account.id,
      Status: 'Closed - Converted',
    },
  })
  touch(scope, leads, lead, null)
  noteChange(scope, leads, lead, 'UPDATE', before)
  return contact.id
}

/** A file with its first version, linked to a record. */
export function attachFile(scope: Scope, recordId: string, { name, base64 }: { name: string; base64: string }) {
  const [, title = name, extension = null] = /^(.+)\.(\w+)$/.exec(name) ?? []
  const make = (type: string, fields: Input) => createRow(scope, storeNamed(scope.org, type) as SObjectStore, fields).id
  const LatestPublishedVersionId = make('ContentVersion', { VersionData: base64 })
  const size = Buffer.from(base64, 'base64').length
  const about = { Title: title, FileExtension: extension, ContentSize: size, LatestPublishedVersionId }
  make('ContentDocumentLink', { ContentDocumentId: make('ContentDocument', about), LinkedEntityId: recordId })
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

function touch(scope: Scope, store: SObjectStore, row: SalesforceRow, before: SalesforceRow | null) {
  const at = stamp(scope)
  const { fields } = row
  noteRow(store, row)
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

function stamp({ clock }: Scope): string {
  return toInstant(new Date(clock.now()))
}

function defaultOf({ picklistValues, defaultedOnCreate }: FieldDef): string | undefined {
  return defaultedOnCreate ? picklistValues.find(({ defaultValue }) => defaultValue)?.value : undefined
}
