import { type PushResult, RemoteCallError } from '../contract.ts'
import type { ObjectType } from './client.ts'
import { CONFLICT } from './failure.ts'
import { readProperties } from './fields.ts'
import type { HubSpotContext } from './settings.ts'

/**
 * Refusals over a property, with its label: an admin knows their validation rules by labels, and HubSpot names the property.
 * Costs a call where there are such refusals; without an answer they stay as HubSpot said them.
 */
export async function nameFields(ctx: HubSpotContext, type: ObjectType, results: PushResult[]): Promise<PushResult[]> {
  if (!results.some(isOfField)) return results
  let labels: Map<string, string>
  try {
    labels = new Map((await readProperties(ctx, type)).map(({ name, label }) => [name, label]))
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return results
  }
  return results.map(result => {
    if (!isOfField(result) || result.kind !== 'failed' || result.failure.kind !== 'rejected') return result
    const { field, message } = result.failure
    const label = field === undefined ? undefined : labels.get(field)
    if (!label || label === field || message.includes(label)) return result
    return { ...result, failure: { ...result.failure, message: `${label} (${field}): ${message}` } }
  })
}

/** Where it is the value that was refused: a taken one names its record, and a property that is not there has no label. */
function isOfField(result: PushResult): boolean {
  if (result.kind !== 'failed' || result.failure.kind !== 'rejected') return false
  const { field, code } = result.failure
  return field !== undefined && code !== CONFLICT && code !== 'PROPERTY_DOESNT_EXIST'
}
