/** Three-way merge of a field: what both sides last agreed on, what we hold now, and what they hold now. */
import { same, type Values } from './echo.ts'
import type { Direction, FieldPolicy } from './mapping/row.ts'

/** Who changed a side last: a person, or a rule, workflow or import; null where nobody can tell. */
export type ChangedBy = 'person' | 'rule' | null

/** `at`: when it was changed, by the clock of who did it; null where that is not known, which is older than any time. */
export type Side = { values: Values; at: Date | null; by: ChangedBy }

export type MergeCase = {
  policy: FieldPolicy
  direction: Direction
  /** What both sides last agreed on, in the fields of theirs that this field of ours is in. */
  base: Values
  ours: Side
  theirs: Side
  /** Of a list: what stands between its items. */
  separator?: string
}

export type Merged =
  /** There is nothing to take. */
  | { kind: 'agreed' }
  /** Ours stands, and is told where it goes out. */
  | { kind: 'ours' }
  | { kind: 'theirs'; values: Values }
  /** Something of both: to be taken, and told. */
  | { kind: 'joined'; values: Values }
  /** A person is to decide. Until then neither side is written. */
  | { kind: 'ask' }

/**
 * Of a field that one side changed its change is taken, and where both did the policy decides. What goes one way only has
 * no conflict. Under `newest` a person's change beats that of a rule whatever the time; of equals the later wins, and at
 * the same instant theirs.
 */
export function mergeField({ policy, direction, base, ours, theirs, separator = '\n' }: MergeCase): Merged {
  const fields = [...new Set([...Object.keys(theirs.values), ...Object.keys(ours.values)])]
  const alike = (a: Values, b: Values) => fields.every(field => same(a[field], b[field]))
  const isEmpty = (values: Values) => fields.every(field => same(values[field], null))
  const taken: Merged = { kind: 'theirs', values: theirs.values }

  if (alike(theirs.values, ours.values)) return { kind: 'agreed' }
  if (direction === 'out') return { kind: 'ours' }
  if (policy === 'fill if empty') return isEmpty(ours.values) ? taken : { kind: 'ours' }
  if (direction === 'in' && policy !== 'append') return taken
  if (alike(theirs.values, base)) return { kind: 'ours' }
  if (alike(ours.values, base)) return taken
  switch (policy) {
    case 'ours':
      return { kind: 'ours' }
    case 'theirs':
      return taken
    case 'ask':
      return { kind: 'ask' }
    case 'newest':
      return isNewer(theirs, ours) ? taken : { kind: 'ours' }
    case 'append':
      return join(fields, base, ours.values, theirs.values, separator)
  }
}

function isNewer(theirs: Side, ours: Side): boolean {
  if (theirs.by && ours.by && theirs.by !== ours.by) return theirs.by === 'person'
  if (ours.at === null) return true
  return theirs.at !== null && theirs.at >= ours.at
}

/** What both kept of the base in its order, then what either added, in an order that is the same from both sides. */
function join(fields: string[], base: Values, ours: Values, theirs: Values, separator: string): Merged {
  const values: Values = {}
  for (const field of fields) {
    const [before, here, there] = [base, ours, theirs].map(each => partsOf(each[field], separator)) as [
      string[],
      string[],
      string[],
    ]
    const kept = before.filter(part => here.includes(part) && there.includes(part))
    const added = [...new Set([...here, ...there])].filter(part => !before.includes(part)).sort()
    values[field] = [...kept, ...added].join(separator) || null
  }
  const isOurs = fields.every(field => same(values[field], ours[field]))
  return isOurs ? { kind: 'ours' } : { kind: 'joined', values }
}

function partsOf(text: string | null | undefined, separator: string): string[] {
  const parts = (text ?? '').split(separator).map(part => part.trim())
  return [...new Set(parts)].filter(part => part !== '')
}

/** The fields of `values` that differ from the base; an absent base differs from everything. */
export function differing(values: Values, base: Values | null): string[] {
  return Object.keys(values).filter(field => base === null || !(field in base) || !same(values[field], base[field]))
}
