/** Values of the workspace's own fields on a record. */
import { type CustomValues, customKey, customProblems, fitAll } from '../core/custom-field.ts'
import { AppError } from '../core/errors.ts'
import type { MappedKind, OurValues } from '../core/mapping/row.ts'
import type { Tx } from '../db/client.ts'
import { listCustomFields } from '../db/custom-fields.ts'

/**
 * Values as they are kept; undefined where none was given. Throws `invalid input` for a field that there is not, or a
 * value that it cannot hold.
 */
export async function fitCustomValues(
  tx: Tx,
  kind: MappedKind,
  given: Record<string, unknown> | undefined,
): Promise<CustomValues | undefined> {
  if (given === undefined || Object.keys(given).length === 0) return undefined
  const fields = await listCustomFields(tx, kind)
  const problems = customProblems(fields, given)
  if (problems.length > 0) throw new AppError('invalid input', { problems: problems.join('; ') })
  return fitAll(fields, given)
}

/** What a record's own fields become with these; what is emptied is not kept. */
export function withCustom(before: CustomValues | null | undefined, given: CustomValues): CustomValues {
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== null))
}

/** By their names in mappings and histories. */
export function namedCustom(custom: CustomValues | null | undefined): OurValues {
  return Object.fromEntries(Object.entries(custom ?? {}).map(([key, value]) => [customKey(key), value]))
}
