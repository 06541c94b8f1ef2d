import type { SObjectStore } from './state.ts'

/** `validFor`: of a dependent one, the controlling values that it goes with, a bit each; base64. */
export type PicklistValue = { value: string; label: string; active: boolean; defaultValue: boolean; validFor?: string }

/** A field as `describe` tells of it. */
export type FieldDef = {
  name: string
  label: string
  type: string
  length: number
  createable: boolean
  updateable: boolean
  nillable: boolean
  defaultedOnCreate: boolean
  unique: boolean
  externalId: boolean
  calculated: boolean
  restrictedPicklist: boolean
  picklistValues: PicklistValue[]
  referenceTo: string[]
  relationshipName: string | null
  dependentPicklist?: boolean
  controllerName?: string
}

export function field(name: string, type: string, given: Partial<FieldDef> = {}): FieldDef {
  return {
    ...{ name, label: name, type, length: type === 'string' ? 255 : 0, createable: true, updateable: true },
    ...{ nillable: true, defaultedOnCreate: false, unique: false, externalId: false, calculated: false },
    ...{ restrictedPicklist: false, picklistValues: [], referenceTo: [], relationshipName: null },
    ...given,
  }
}

export function picklist(name: string, values: readonly string[], given: Partial<FieldDef> = {}): FieldDef {
  const picklistValues = values.map((value, at) => ({ value, label: value, active: true, defaultValue: at === 0 }))
  return field(name, 'picklist', { picklistValues, ...given })
}

export function reference(name: string, to: string, relationshipName: string, given: Partial<FieldDef> = {}): FieldDef {
  return field(name, 'reference', { referenceTo: [to], relationshipName, length: 18, ...given })
}

const READ_ONLY = { createable: false, updateable: false, nillable: false, defaultedOnCreate: true }

/** What every object has. */
export function systemFields(): FieldDef[] {
  return [
    field('Id', 'id', { ...READ_ONLY, label: 'Record ID', length: 18 }),
    field('IsDeleted', 'boolean', READ_ONLY),
    field('CreatedDate', 'datetime', READ_ONLY),
    reference('CreatedById', 'User', 'CreatedBy', READ_ONLY),
    field('LastModifiedDate', 'datetime', READ_ONLY),
    reference('LastModifiedById', 'User', 'LastModifiedBy', READ_ONLY),
    field('SystemModstamp', 'datetime', READ_ONLY),
  ]
}

const required = { nillable: false }
const derived = { createable: false, updateable: false, calculated: false }

function person(): FieldDef[] {
  return [
    field('Name', 'string', { ...derived, nillable: false }),
    field('FirstName', 'string', { length: 40, label: 'First Name' }),
    field('LastName', 'string', { length: 80, label: 'Last Name', ...required }),
    field('Email', 'email', { length: 80 }),
    field('Phone', 'phone', { length: 40 }),
    field('MobilePhone', 'phone', { length: 40, label: 'Mobile Phone' }),
    field('Title', 'string', { length: 128 }),
    field('Description', 'textarea', { length: 32_000 }),
    field('DoNotCall', 'boolean', { nillable: false, defaultedOnCreate: true }),
    reference('MasterRecordId', 'Contact', 'MasterRecord', derived),
    reference('OwnerId', 'User', 'Owner', { ...required, defaultedOnCreate: true }),
  ]
}

/** The standard objects that the hub asks for, with the fields that matter here. */
export function standardObjects(): Map<string, SObjectStore> {
  const stores = [
    store('Contact', '003', [
      ...person(),
      reference('AccountId', 'Account', 'Account'),
      field('Department', 'string', { length: 80 }),
      field('Birthdate', 'date'),
    ]),
    store('Lead', '00Q', [
      ...person(),
      field('Company', 'string', required),
      picklist('Status', ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted'], {
        defaultedOnCreate: true,
      }),
      field('IsConverted', 'boolean', READ_ONLY),
      reference('ConvertedContactId', 'Contact', 'ConvertedContact', derived),
      reference('ConvertedAccountId', 'Account', 'ConvertedAccount', derived),
      field('NumberOfEmployees', 'int'),
    ]),
    store('Account', '001', [
      field('Name', 'string', required),
      field('Phone', 'phone', { length: 40 }),
      reference('OwnerId', 'User', 'Owner', { ...required, defaultedOnCreate: true }),
    ]),
    store('Case', '500', [
      field('CaseNumber', 'string', { ...READ_ONLY, length: 30 }),
      field('Subject', 'string'),
      field('Description', 'textarea', { length: 32_000 }),
      picklist('Status', ['New', 'Working', 'On Hold', 'Escalated', 'Closed'], { defaultedOnCreate: true }),
      picklist('Priority', ['High', 'Medium', 'Low'], { defaultedOnCreate: true }),
      picklist('Origin', ['Phone', 'Email', 'Web']),
      field('IsClosed', 'boolean', READ_ONLY),
      reference('ContactId', 'Contact', 'Contact'),
      reference('MasterRecordId', 'Case', 'MasterRecord', derived),
      reference('OwnerId', 'User', 'Owner', { ...required, defaultedOnCreate: true }),
    ]),
    store('User', '005', [
      field('Name', 'string', derived),
      field('Username', 'string'),
      field('Email', 'email'),
      field('IsActive', 'boolean', { defaultedOnCreate: true, nillable: false }),
      field('UserType', 'string'),
    ]),
    store('Group', '00G', [field('Name', 'string'), field('DeveloperName', 'string'), field('Type', 'string')]),
    store('CaseStatus', '01J', [
      field('ApiName', 'string'),
      field('MasterLabel', 'string'),
      field('IsClosed', 'boolean'),
      field('IsDefault', 'boolean'),
      field('SortOrder', 'int'),
    ]),
    store('RecordType', '012', [
      field('DeveloperName', 'string'),
      field('SobjectType', 'string'),
      field('IsPersonType', 'boolean'),
      field('IsActive', 'boolean'),
    ]),
    store('ContentDocument', '069', [
      field('Title', 'string'),
      field('FileExtension', 'string'),
      field('ContentSize', 'int'),
      reference('LatestPublishedVersionId', 'ContentVersion', 'LatestPublishedVersion'),
    ]),
    store('ContentVersion', '068', [field('VersionData', 'base64')]),
    store('ContentDocumentLink', '06A', [
      reference('ContentDocumentId', 'ContentDocument', 'ContentDocument'),
      field('LinkedEntityId', 'string'),
    ]),
    store('PermissionSet', '0PS', [field('Name', 'string')]),
    store('PermissionSetAssignment', '0Pa', [
      reference('AssigneeId', 'User', 'Assignee', required),
      reference('PermissionSetId', 'PermissionSet', 'PermissionSet', required),
    ]),
  ]
  return new Map(stores.map(made => [made.name, made]))
}

export function store(name: string, prefix: string, own: FieldDef[]): SObjectStore {
  const fields = [...systemFields(), ...own]
  return { name, label: name, prefix, fields: new Map(fields.map(each => [each.name, each])), rows: new Map() }
}

/** What an organization has besides where accounts may be people. A contact's own fields are the account's, by another ending. */
export function addPersonAccounts(accounts: SObjectStore, contacts: SObjectStore) {
  const flag = field('IsPersonAccount', 'boolean', READ_ONLY)
  const own = [
    ...[flag, reference('PersonContactId', 'Contact', 'PersonContact', derived)],
    ...[field('FirstName', 'string', { length: 40 }), field('LastName', 'string', { length: 80 })],
    reference('RecordTypeId', 'RecordType', 'RecordType'),
    ...[field('PersonEmail', 'email', { length: 80 }), field('PersonMobilePhone', 'phone', { length: 40 })],
  ]
  for (const each of own) accounts.fields.set(each.name, each)
  contacts.fields.set('IsPersonAccount', flag)
  for (const each of contacts.fields.values()) addPersonField(accounts, each)
}

/** `Size__c` of contacts is `Size__pc` of accounts. */
export function addPersonField(accounts: SObjectStore, own: FieldDef) {
  if (!own.name.endsWith('__c')) return
  const name = own.name.replace(/__c$/, '__pc')
  accounts.fields.set(name, { ...own, name })
}

/** Names of fields are written in any case. */
export function fieldNamed({ fields }: SObjectStore, name: string): FieldDef | undefined {
  const wanted = name.toLowerCase()
  return fields.get(name) ?? [...fields.values()].find(each => each.name.toLowerCase() === wanted)
}

/** Of `takes` each value with the controlling values that it goes with. */
export function dependentPicklist(
  store: SObjectStore,
  {
    name,
    label,
    controller,
    takes,
  }: { name: string; label: string; controller: string; takes: Record<string, string[]> },
): FieldDef {
  const controlling = store.fields.get(controller)?.picklistValues.map(({ value }) => value) ?? []
  const picklistValues = Object.entries(takes).map(([value, goesWith]) => {
    const bytes = Buffer.alloc(Math.ceil(controlling.length / 8))
    for (const [place, each] of controlling.entries()) {
      if (goesWith.includes(each)) bytes.writeUInt8(bytes.readUInt8(place >> 3) | (0x80 >> (place % 8)), place >> 3)
    }
    return { value, label: `${value} (label)`, active: true, defaultValue: false, validFor: bytes.toString('base64') }
  })
  const depends = { dependentPicklist: true, controllerName: controller }
  return field(name, 'picklist', { label, picklistValues, restrictedPicklist: true, ...depends })
}

/** A record type with what its picklists take; of fields that it does not name, all. */
export type RecordTypeDef = { id: string; name: string; developerName: string; values: Record<string, string[]> }

export function recordTypeInfos({ recordTypes = [] }: SObjectStore) {
  const common = { active: true, available: true, defaultRecordTypeMapping: false, master: false }
  const own = recordTypes.map(({ id, name, developerName }) => ({ ...common, recordTypeId: id, name, developerName }))
  const master = { recordTypeId: '012000000000000AAA', name: 'Master', developerName: 'Master', master: true }
  return [...own, { ...common, defaultRecordTypeMapping: true, ...master }]
}

/** As the UI API tells of a record type. */
export function picklistValuesOf(store: SObjectStore, { values }: RecordTypeDef) {
  const picklists = [...store.fields.values()].filter(({ type }) => type === 'picklist')
  const picklistFieldValues = picklists.map(({ name, picklistValues, controllerName }) => {
    const controlling = store.fields.get(controllerName ?? '')?.picklistValues.map(({ value }) => value) ?? []
    const ofType = values[name]
    const told = picklistValues.filter(({ value }) => !ofType || ofType.includes(value))
    const isFor = (validFor: string | undefined, place: number) =>
      ((Buffer.from(validFor ?? '', 'base64')[place >> 3] ?? 0) & (0x80 >> (place % 8))) > 0
    return [
      name,
      {
        controllerValues: Object.fromEntries(controlling.map((value, place) => [value, place])),
        defaultValue: null,
        values: told.map(({ value, label, validFor }) => ({
          ...{ attributes: null, value, label },
          validFor: controlling.flatMap((_, place) => (isFor(validFor, place) ? place : [])),
        })),
      },
    ] as const
  })
  return { picklistFieldValues: Object.fromEntries(picklistFieldValues) }
}
