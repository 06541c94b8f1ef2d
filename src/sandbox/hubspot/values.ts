import { invalidProperties, type Outcome, type PropertyError, type Refusal, validation } from './errors.ts'
import type { Property } from './properties.ts'
import { type CrmRecord, objectTypeOf, type Portal, type Store } from './state.ts'

export type Values = Record<string, string>

/** Properties that the object does not have: HubSpot then refuses the whole request. */
export function unknownProperties(portal: Portal, store: Store, inputs: { properties: Values }[]): Refusal | undefined {
  const unknown = new Set<string>()
  for (const { properties } of inputs) {
    for (const name of Object.keys(properties)) if (!store.properties.has(name)) unknown.add(name)
  }
  if (unknown.size === 0) return undefined
  return invalidProperties(
    portal.portalId,
    [...unknown].map(name => ({ name, error: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` })),
  )
}

/** Checks and normalises the values of one record, new or existing. */
export function checkValues(portal: Portal, store: Store, values: Values, record?: CrmRecord): Outcome<Values> {
  const problems: PropertyError[] = []
  const normal: Values = {}
  for (const [name, value] of Object.entries(values)) {
    const property = store.properties.get(name)
    if (!property) continue
    const checked = checkValue(portal, property, value)
    if (typeof checked === 'string') normal[name] = checked
    else problems.push({ name, ...checked })
  }
  if (store.type === 'tickets') problems.push(...stageProblems(portal, normal, record))
  if (problems.length > 0) return { ok: false, refusal: invalidProperties(portal.portalId, problems) }
  const missing = record ? [] : missingProperties(store, normal)
  if (missing.length > 0) return { ok: false, refusal: missingRefusal(store, missing) }
  const refusal = brokenRule(portal, store, normal, record)
  return refusal ? { ok: false, refusal } : { ok: true, value: normal }
}

type Problem = Omit<PropertyError, 'name'>

function checkValue(portal: Portal, property: Property, value: string): string | Problem {
  if (property.modificationMetadata.readOnlyValue) {
    return { error: 'READ_ONLY_VALUE', message: `"${property.name}" is a read only property; its value cannot be set.` }
  }
  if (value === '') return value
  if (property.name === 'email') return checkEmail(value)
  if (property.name === 'hubspot_owner_id') {
    if (portal.owners.has(value)) return value
    return { error: 'INVALID_OWNER_ID', message: `Owner ${value} does not exist` }
  }
  switch (property.type) {
    case 'enumeration':
      return checkOptions(property, value)
    case 'number':
      if (value.trim() !== '' && Number.isFinite(Number(value))) return value
      return { error: 'INVALID_NUMBER', message: `${value} was not a valid number.` }
    case 'bool':
      if (value === 'true' || value === 'false') return value
      return { error: 'INVALID_BOOLEAN', message: `${value} was not a valid boolean.` }
    case 'date':
    case 'datetime':
      return checkDate(property, value)
    default:
      if (value.length <= 65_536) return value
      return { error: 'PROPERTY_VALUE_TOO_LONG', message: `Value of "${property.name}" exceeds 65536 characters.` }
  }
}

function checkEmail(value: string): string | Problem {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return value.toLowerCase()
  return { error: 'INVALID_EMAIL', message: `Email address ${value} is invalid` }
}

function checkOptions(property: Property, value: string): string | Problem {
  if (property.externalOptions) return value
  const allowed = property.options.map(option => option.value)
  const chosen = property.fieldType === 'checkbox' ? value.split(';').filter(part => part !== '') : [value]
  if (chosen.every(part => allowed.includes(part))) return value
  return { error: 'INVALID_OPTION', message: `${value} was not one of the allowed options: [${allowed.join(', ')}]` }
}

/** HubSpot takes ISO text or milliseconds and answers with ISO text. */
function checkDate(property: Property, value: string): string | Problem {
  const time = /^-?\d+$/.test(value) ? Number(value) : Date.parse(value)
  if (Number.isNaN(new Date(time).getTime())) {
    const error = property.type === 'date' ? 'INVALID_DATE' : 'INVALID_LONG'
    return { error, message: `${value} was not a valid date.` }
  }
  const iso = new Date(time).toISOString()
  return property.type === 'date' ? iso.slice(0, 10) : iso
}

function stageProblems(portal: Portal, values: Values, record?: CrmRecord): PropertyError[] {
  const pipelineId = values.hs_pipeline ?? record?.properties.hs_pipeline ?? '0'
  const pipeline = portal.pipelines.get(pipelineId)
  if (!pipeline) {
    return [{ name: 'hs_pipeline', error: 'INVALID_OPTION', message: `Pipeline ${pipelineId} does not exist` }]
  }
  if (!record) values.hs_pipeline = pipelineId
  const stage = values.hs_pipeline_stage ?? record?.properties.hs_pipeline_stage
  if (stage === undefined || pipeline.stages.some(entry => entry.id === stage)) return []
  const allowed = pipeline.stages.map(entry => entry.id).join(', ')
  const message = `${stage} was not one of the allowed options: [${allowed}]`
  return [{ name: 'hs_pipeline_stage', error: 'INVALID_OPTION', message }]
}

const REQUIRED: Record<Store['type'], string[]> = {
  contacts: [],
  tickets: ['subject', 'hs_pipeline_stage'],
  communications: ['hs_communication_channel_type', 'hs_communication_logged_from', 'hs_timestamp'],
}

function missingProperties(store: Store, values: Values): string[] {
  return REQUIRED[store.type].filter(name => values[name] === undefined || values[name] === '')
}

/** Since 2026-09 the rules of admins hold for the API too. An unconditional one is asked at creation only. */
function brokenRule(portal: Portal, store: Store, values: Values, record?: CrmRecord): Refusal | undefined {
  const whole = { ...record?.properties, ...values }
  const broken = portal.validationRules.find(({ objectType, property, when }) => {
    if (objectTypeOf(objectType) !== store.type || whole[property]) return false
    return when ? when.property in values && when.values.includes(whole[when.property] ?? '') : !record
  })
  if (!broken) return undefined
  const { property, when } = broken
  const code = when ? 'MISSING_CONDITIONAL_REQUIRED_PROPERTY' : 'MISSING_REQUIRED_PROPERTY'
  const message = when
    ? `Property "${property}" is required when "${when.property}" is ${whole[when.property]}`
    : `Required property "${property}" is missing`
  return validation(message, { errors: [{ message, code, context: { propertyName: [property] } }] })
}

function missingRefusal(store: Store, missing: string[]): Refusal {
  const message = `Error creating ${store.singular.toUpperCase()}. Some required properties were not set.`
  return validation(message, {
    context: { properties: missing },
    errors: missing.map(name => ({
      message: `Required property "${name}" is missing`,
      code: 'MISSING_REQUIRED_PROPERTY',
      context: { propertyName: [name] },
    })),
  })
}
