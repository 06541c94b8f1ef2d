/**
 * Values that Salesforce would keep although its own pages would not let anybody choose them: it does not look at dependencies when
 * records are written by its API. Pure.
 */
import type { Failure } from '../../core/failure.ts'
import type { RemoteValues } from '../contract.ts'
import type { PicklistRule, SalesforceSettings } from './settings.ts'

/** Of a record as it will be. `written`: names that are written now; `isNew`: it gets the record type of new ones. */
export type Picked = { object: string; values: RemoteValues; written: readonly string[]; isNew: boolean }

/** The first that does not fit, said by labels. What is not known of the record is Salesforce's to judge, and our origin is let be. */
export function misfitOf({ picklists, origin }: SalesforceSettings, picked: Picked): Failure | undefined {
  for (const rule of picklists) {
    if (rule.object !== picked.object || (rule.field === 'Origin' && picked.values.Origin === origin)) continue
    const message = (picked.isNew && outsideRecordType(rule, picked)) || againstController(rule, picked)
    if (message) return { kind: 'rejected', code: 'INVALID_PICKLIST_VALUE', field: rule.field, message }
  }
  return undefined
}

function outsideRecordType({ field, label, options }: PicklistRule, { values, written }: Picked): string | undefined {
  if (!options || !written.includes(field)) return undefined
  const wrong = chosenOf(values[field]).find(each => !options.some(({ value }) => value === each))
  if (wrong === undefined) return undefined
  return `${label} “${wrong}” is none of its record type, which takes ${listed(options.map(each => each.label))}`
}

function againstController(rule: PicklistRule, { values, written }: Picked): string | undefined {
  const { field, label, controller, options } = rule
  if (!controller || !(written.includes(field) || written.includes(controller.field))) return undefined
  const controlling = values[controller.field]
  const chosen = chosenOf(values[field])
  if (controlling === undefined || chosen.length === 0) return undefined
  const takes = controlling ? controller.takes[controlling] : []
  const wrong = chosen.find(value => takes && !takes.includes(value))
  if (!takes || wrong === undefined) return undefined
  const labelOf = (value: string) => options?.find(each => each.value === value)?.label ?? value
  const other = `${controller.label} “${controlling ?? ''}”`
  return `${label} “${labelOf(wrong)}” does not go with ${other}, which takes ${listed(takes.map(labelOf))}`
}

/** Several values are written with semicolons. */
function chosenOf(value: string | null | undefined): string[] {
  return value ? value.split(';') : []
}

function listed(labels: readonly string[]): string {
  return labels.length > 0 ? labels.join(', ') : 'nothing'
}
