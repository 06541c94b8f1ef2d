import type { Field } from '../contract.ts'
import { demand, type ObjectType } from './client.ts'
import { type Property, propertiesAnswer } from './schema.ts'
import type { HubSpotContext } from './settings.ts'

/** What HubSpot itself asks of a new record; the account's own rules are known by their refusals only. */
const required: Record<ObjectType, string[]> = {
  contacts: [],
  tickets: ['subject', 'hs_pipeline_stage'],
  communications: ['hs_communication_channel_type', 'hs_communication_logged_from', 'hs_timestamp'],
}

/** Properties of an object, as an admin may map them. Throws RemoteCallError. */
export async function readFields(ctx: HubSpotContext, type: ObjectType): Promise<Field[]> {
  const properties = await readProperties(ctx, type)
  return properties.filter(({ hidden }) => !hidden).map(property => toField(ctx, type, property))
}

/** Throws RemoteCallError. */
export async function readProperties(ctx: HubSpotContext, type: ObjectType): Promise<Property[]> {
  const path = `/crm/properties/${ctx.settings.apiVersion}/${type}`
  return (await demand(ctx, { method: 'GET', path, purpose: 'read', schema: propertiesAnswer })).results
}

function toField({ settings }: HubSpotContext, type: ObjectType, property: Property): Field {
  const { name, label, calculated, modificationMetadata, hasUniqueValue } = property
  return {
    name,
    label: label || name,
    type: typeOf(property),
    required: required[type].includes(name),
    readOnly: Boolean(calculated || modificationMetadata?.readOnlyValue),
    unique: Boolean(hasUniqueValue),
    options: optionsOf(settings, property),
  }
}

function typeOf({ type, fieldType }: Property): Field['type'] {
  if (type === 'phone_number' || fieldType === 'phonenumber') return 'phone'
  if (type === 'enumeration') return fieldType === 'checkbox' ? 'options' : 'option'
  if (type === 'bool') return 'boolean'
  return type === 'number' || type === 'date' || type === 'datetime' ? type : 'string'
}

/** Options of owners and stages live outside the property; we know them from setting up. */
function optionsOf(settings: HubSpotContext['settings'], property: Property): Field['options'] {
  if (property.options.length > 0) {
    return property.options
      .filter(({ hidden }) => !hidden)
      .map(({ value, label }) => ({ value, label: label || value }))
  }
  if (property.name === 'hubspot_owner_id') return settings.owners.map(({ id, name }) => ({ value: id, label: name }))
  if (property.name === 'hs_pipeline_stage') {
    const labels = new Map(settings.stages.map(({ theirs, label }) => [theirs, label]))
    return [...labels].map(([value, label]) => ({ value, label: label || value }))
  }
  return []
}
