/** Record types of new records, and what their picklists take, as an organization has them. */
import { RemoteCallError } from '../contract.ts'
import { demand } from './client.ts'
import { type Described, type DescribedField, picklistsAnswer } from './schema.ts'
import type { PicklistRule, SalesforceContext, SalesforceSettings } from './settings.ts'

type Typed = 'Contact' | 'Lead' | 'Case'
const OBJECTS = ['Contact', 'Lead', 'Case'] as const

/** Values by the hundred, which are Salesforce's own and not narrowed. */
const COUNTRIES = /(Country|State)Code$/

/** Ids of those that the settings name. Throws RemoteCallError, naming those that there are, for one that is not there. */
export function recordTypesOf(
  { caseRecordType, contactRecordType, leadRecordType }: SalesforceSettings,
  objects: Record<Typed, Described>,
): SalesforceSettings['recordTypes'] {
  const wanted = { Contact: contactRecordType, Lead: leadRecordType, Case: caseRecordType }
  const found = OBJECTS.flatMap(object => {
    if (wanted[object] === '') return []
    const usable = objects[object].recordTypeInfos.filter(({ available, master }) => available && !master)
    const type = usable.find(each => each.developerName === wanted[object] || each.recordTypeId === wanted[object])
    if (type) return [[object, type.recordTypeId] as const]
    const names = usable.map(({ developerName }) => developerName).join(', ') || 'none'
    const message = `${object} has no record type ${wanted[object]} that the integration user may use. There are: ${names}`
    throw new RemoteCallError({ kind: 'rejected', message })
  })
  return Object.fromEntries(found)
}

/** Of picklists that depend on another, and of all of an object whose record type is chosen. Throws RemoteCallError. */
export async function readPicklistRules(
  ctx: SalesforceContext,
  objects: Record<Typed, Described>,
  recordTypes: SalesforceSettings['recordTypes'],
): Promise<PicklistRule[]> {
  const rules: PicklistRule[] = []
  for (const object of OBJECTS) {
    const { fields } = objects[object]
    const picklists = fields.filter(
      ({ name, picklistValues, createable }) => createable && picklistValues.length > 0 && !COUNTRIES.test(name),
    )
    const recordType = recordTypes[object]
    if (recordType) rules.push(...(await rulesOfRecordType(ctx, object, recordType, fields, picklists)))
    else rules.push(...picklists.flatMap(field => ruleOf(object, fields, field) ?? []))
  }
  return rules
}

/** Describe knows all values of a field, whatever the record type; the UI API those of one. */
async function rulesOfRecordType(
  ctx: SalesforceContext,
  object: Typed,
  recordType: string,
  fields: DescribedField[],
  picklists: DescribedField[],
): Promise<PicklistRule[]> {
  const path = `/ui-api/object-info/${object}/picklist-values/${recordType}`
  const answer = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: picklistsAnswer })
  return picklists.flatMap(({ name, label, controllerName }) => {
    const given = answer.picklistFieldValues[name]
    if (!given) return []
    const takes = Object.fromEntries(
      Object.entries(given.controllerValues).map(([controlling, place]) => [
        controlling,
        given.values.filter(({ validFor }) => validFor.includes(place)).map(({ value }) => value),
      ]),
    )
    const options = given.values.map(({ value, label }) => ({ value, label }))
    const controller = controllerName ? { field: controllerName, label: labelOf(fields, controllerName), takes } : null
    return { object, field: name, label: label || name, options, controller }
  })
}

function ruleOf(object: Typed, fields: DescribedField[], field: DescribedField): PicklistRule | undefined {
  const { name, label, controllerName, picklistValues } = field
  if (!controllerName) return undefined
  const controlling = fields.find(each => each.name === controllerName)
  // A checkbox controls as no and yes.
  const values =
    controlling?.type === 'boolean' ? ['false', 'true'] : controlling?.picklistValues.map(({ value }) => value)
  const takes = Object.fromEntries(
    (values ?? []).map((value, place) => [
      value,
      picklistValues.filter(({ active, validFor }) => active && isValidFor(validFor, place)).map(({ value }) => value),
    ]),
  )
  const controller = { field: controllerName, label: labelOf(fields, controllerName), takes }
  return { object, field: name, label: label || name, options: null, controller }
}

/**
 * Whether the bit of the controlling value in this place is set; the first is the highest of the first byte.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
 */
export function isValidFor(validFor: string | null | undefined, place: number): boolean {
  const byte = atob(validFor ?? '').charCodeAt(place >> 3)
  return ((byte >> (7 - (place % 8))) & 1) === 1
}

function labelOf(fields: DescribedField[], name: string): string {
  return fields.find(each => each.name === name)?.label || name
}
