/** Three-way merge, field by field: what both sides last agreed on, what we hold now, and what they hold now. */
import { same, type Values } from './echo.ts'

export type Policy = 'ours' | 'theirs'

export type Merged = {
  /** Their values that we take over. */
  take: Values
  /** Fields both sides changed, with the winner. */
  conflicts: { field: string; base: string | null; ours: string | null; theirs: string | null; winner: Policy }[]
}

export function merge(base: Values, ours: Values, theirs: Values, policy: (field: string) => Policy): Merged {
  const take: Values = {}
  const conflicts: Merged['conflicts'] = []
  for (const [field, value] of Object.entries(theirs)) {
    const agreed = base[field] ?? null
    const mine = ours[field] ?? null
    if (same(value, agreed) || same(value, mine)) continue
    if (same(mine, agreed)) {
      take[field] = value
      continue
    }
    const winner = policy(field)
    conflicts.push({ field, base: agreed, ours: mine, theirs: value, winner })
    if (winner === 'theirs') take[field] = value
  }
  return { take, conflicts }
}

/** The fields of `values` that differ from the base; an absent base differs from everything. */
export function differing(values: Values, base: Values | null): string[] {
  return Object.keys(values).filter(field => base === null || !(field in base) || !same(values[field], base[field]))
}
