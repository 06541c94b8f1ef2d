import type { Field } from '../contract.ts'
import { demand } from './client.ts'
import type { SObject } from './records.ts'
import { type Described, type DescribedField, describeAnswer } from './schema.ts'
import type { SalesforceContext } from './settings.ts'

/** What Salesforce's type is to us; all others are texts. */
const types: Record<string, Field['type']> = {
  ...{ int: 'number', long: 'number', double: 'number', currency: 'number', percent: 'number', boolean: 'boolean' },
  ...{ date: 'date', datetime: 'datetime', picklist: 'option', combobox: 'option', multipicklist: 'options' },
  phone: 'phone',
}

/** Values that are records or structures of their own. */
const COMPOUND = new Set(['address', 'location', 'base64', 'complexvalue', 'anyType'])

/** Fields of an object, as an admin may map them. Throws RemoteCallError. */
export async function readFields(ctx: SalesforceContext, type: SObject): Promise<Field[]> {
  const described = await describe(ctx, type)
  return described.filter(({ type }) => !COMPOUND.has(type)).map(field => toField(ctx, type, field))
}

/** Throws RemoteCallError: `gone` for an object that is not there. */
export async function describe(ctx: SalesforceContext, type: SObject): Promise<DescribedField[]> {
  return (await describeObject(ctx, type)).fields
}

/** With its record types. Throws as `describe`. */
export function describeObject(ctx: SalesforceContext, type: SObject): Promise<Described> {
  const path = `/sobjects/${type}/describe`
  return demand(ctx, { method: 'GET', path, purpose: 'read', schema: describeAnswer })
}

function toField({ settings }: SalesforceContext, object: SObject, field: DescribedField): Field {
  const { name, label, type, createable, updateable, nillable, defaultedOnCreate, unique, calculated } = field
  return {
    ...{ name, label: label || name, type: types[type] ?? 'string' },
    required: createable && !nillable && !defaultedOnCreate,
    readOnly: calculated || !(createable || updateable),
    unique,
    options: name === 'OwnerId' ? ownersOf(settings) : optionsOf(settings, object, field),
  }
}

/** Of new records' record type those that it has, where one was chosen. */
function optionsOf(settings: SalesforceContext['settings'], object: SObject, field: DescribedField): Field['options'] {
  const { name, picklistValues } = field
  const rule = settings.picklists.find(each => each.object === object && each.field === name)
  if (rule?.options) return rule.options
  return picklistValues.filter(({ active }) => active).map(({ value, label }) => ({ value, label: label || value }))
}

/** Owners live outside the field; we know them from setting up. */
function ownersOf({ owners, queues }: SalesforceContext['settings']): Field['options'] {
  return [...owners, ...queues].map(({ id, name }) => ({ value: id, label: name }))
}
