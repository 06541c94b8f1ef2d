import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { same, type Values } from '../../src/core/echo.ts'
import { directions, fieldPolicies } from '../../src/core/mapping/row.ts'
import { type ChangedBy, differing, type MergeCase, type Merged, mergeField } from '../../src/core/merge.ts'

type Value = string | null
const EARLY = new Date('2026-11-20T09:00:00Z')
const LATE = new Date('2026-11-20T10:00:00Z')
const of = (value: Value): Values => ({ f: value })

type Times = { ours?: Date | null; theirs?: Date | null }
type Who = { ours?: ChangedBy; theirs?: ChangedBy }
const merge = (
  policy: MergeCase['policy'],
  [base, ours, theirs]: readonly [Value, Value, Value],
  { at = {}, by = {}, direction = 'both' }: { at?: Times; by?: Who; direction?: MergeCase['direction'] } = {},
): string => {
  const merged = mergeField({
    ...{ policy, direction, base: of(base), separator: ';' },
    ours: { values: of(ours), at: at.ours ?? null, by: by.ours ?? null },
    theirs: { values: of(theirs), at: at.theirs ?? null, by: by.theirs ?? null },
  })
  return 'values' in merged ? `${merged.kind} ${merged.values.f ?? '∅'}` : merged.kind
}

describe('who changed what, under each policy', () => {
  const unchanged = [
    ['nobody changed it', ['a', 'a', 'a'], 'agreed'],
    ['both did, alike', ['a', 'b', 'b'], 'agreed'],
    ['both emptied it, each in their way', ['a', null, ''], 'agreed'],
    ['nobody has it', [null, null, null], 'agreed'],
  ] as const
  const one = [
    ['we did', ['a', 'b', 'a'], 'ours', 'ours'],
    ['we emptied it', ['a', null, 'a'], 'ours', 'theirs a'],
    ['we filled it', [null, 'b', null], 'ours', 'ours'],
    ['they did', ['a', 'a', 'b'], 'theirs b', 'ours'],
    ['they emptied it', ['a', 'a', null], 'theirs ∅', 'ours'],
    ['they filled it', [null, null, 'b'], 'theirs b', 'theirs b'],
  ] as const
  it.each(fieldPolicies)('%s', policy => {
    for (const [name, values, expected] of unchanged) expect(merge(policy, values), name).toBe(expected)
    for (const [name, values, expected, filling] of one) {
      expect(merge(policy, values), name).toBe(policy === 'fill if empty' ? filling : expected)
    }
  })

  const both = [
    ['each did', ['a', 'b', 'c']],
    ['both filled it', [null, 'b', 'c']],
    ['we emptied it, they changed it', ['a', null, 'c']],
    ['they emptied it, we changed it', ['a', 'b', null]],
  ] as const
  it.each<[MergeCase['policy'], string[]]>([
    ['ours', ['ours', 'ours', 'ours', 'ours']],
    ['theirs', ['theirs c', 'theirs c', 'theirs c', 'theirs ∅']],
    ['ask', ['ask', 'ask', 'ask', 'ask']],
    ['fill if empty', ['ours', 'ours', 'theirs c', 'ours']],
    ['append', ['joined b;c', 'joined b;c', 'joined c', 'ours']],
  ])('both did: %s, whatever the times', (policy, expected) => {
    for (const at of [{}, { ours: LATE, theirs: EARLY }, { ours: EARLY, theirs: LATE }]) {
      expect(both.map(([, values]) => merge(policy, values, { at }))).toEqual(expected)
    }
  })
})

describe('newest', () => {
  const values = ['a', 'b', 'c'] as const
  const times: [string, Times, string][] = [
    ['theirs is later', { ours: EARLY, theirs: LATE }, 'theirs c'],
    ['ours is later', { ours: LATE, theirs: EARLY }, 'ours'],
    ['at the same instant', { ours: LATE, theirs: LATE }, 'theirs c'],
    ['of ours the time is unknown', { theirs: EARLY }, 'theirs c'],
    ['of theirs the time is unknown', { ours: EARLY }, 'ours'],
    ['of neither it is known', {}, 'theirs c'],
  ]
  it.each(times)('%s', (_, at, expected) => {
    const equals: Who[] = [
      {},
      { ours: 'person', theirs: 'person' },
      { ours: 'rule', theirs: 'rule' },
      { ours: 'person' },
      { theirs: 'rule' },
    ]
    for (const by of equals) expect(merge('newest', values, { at, by }), JSON.stringify(by)).toBe(expected)
    expect(merge('newest', values, { at, by: { ours: 'person', theirs: 'rule' } })).toBe('ours')
    expect(merge('newest', values, { at, by: { ours: 'rule', theirs: 'person' } })).toBe('theirs c')
  })
})

describe('what goes one way only', () => {
  it.each(fieldPolicies)('out: nothing of theirs is taken under %s', policy => {
    for (const values of [
      ['a', 'a', 'b'],
      ['a', 'b', 'c'],
      [null, null, 'c'],
    ] as const) {
      expect(merge(policy, values, { direction: 'out' })).toBe('ours')
    }
  })

  it.each(['ours', 'theirs', 'newest', 'ask'] as const)('in: theirs is taken under %s', policy => {
    for (const values of [
      ['a', 'a', 'c'],
      ['a', 'b', 'c'],
      ['c', 'b', 'c'],
    ] as const) {
      expect(merge(policy, values, { direction: 'in', at: { ours: LATE, theirs: EARLY } })).toBe('theirs c')
    }
  })

  it('in: fills what is empty, and appends to what is not', () => {
    expect(merge('fill if empty', ['a', 'b', 'c'], { direction: 'in' })).toBe('ours')
    expect(merge('fill if empty', [null, null, 'c'], { direction: 'in' })).toBe('theirs c')
    expect(merge('append', [null, 'b', 'c'], { direction: 'in' })).toBe('joined b;c')
  })
})

it('appends what either added, and drops what either took away', () => {
  expect(merge('append', ['vip;old;kept', 'vip;kept;new', 'old;kept;theirs;vip'])).toBe('joined vip;kept;new;theirs')
  expect(merge('append', ['a', 'a;b', 'a'])).toBe('ours')
})

it('all fields that one of ours is in are taken together', () => {
  const name = (first: Value, last: Value): Values => ({ first, last })
  const merged = mergeField({
    ...{ policy: 'newest', direction: 'both', base: name('Ana', 'Gil') },
    ours: { values: name('Ana', 'Gil'), at: null, by: null },
    theirs: { values: name('Berta', 'Gil'), at: null, by: null },
  })
  expect(merged).toEqual({ kind: 'theirs', values: name('Berta', 'Gil') })
})

describe('properties', () => {
  const value = fc.option(fc.constantFrom('', 'a', 'b', 'c', 'a;b', 'b;c'), { nil: null })
  const side = fc.record({
    values: fc.record({ f: value, g: value }),
    at: fc.option(fc.constantFrom(EARLY, LATE), { nil: null }),
    by: fc.constantFrom<ChangedBy>('person', 'rule', null),
  })
  const cases: fc.Arbitrary<MergeCase> = fc.record({
    policy: fc.constantFrom(...fieldPolicies),
    direction: fc.constantFrom(...directions),
    base: fc.record({ f: value, g: value }),
    ours: side,
    theirs: side,
    separator: fc.constant(';'),
  })
  const alike = (a: Values, b: Values) => same(a.f, b.f) && same(a.g, b.g)
  /** What we hold afterwards. */
  const held = (merged: Merged, { ours }: MergeCase) => ('values' in merged ? merged.values : ours.values)

  it('the same values never conflict', () => {
    fc.assert(
      fc.property(cases, given => {
        expect(mergeField({ ...given, theirs: { ...given.theirs, values: given.ours.values } }).kind).toBe('agreed')
      }),
    )
  })

  it('has nothing more to take once it is done, whether ours was told or not', () => {
    fc.assert(
      fc.property(cases, given => {
        const merged = mergeField(given)
        const ours = { ...given.ours, values: held(merged, given) }
        // What they hold is what is agreed on from then on.
        const again = mergeField({ ...given, base: given.theirs.values, ours })
        if (merged.kind === 'ask') expect(['ask', 'ours']).toContain(again.kind)
        else if (given.direction !== 'in' || merged.kind === 'theirs' || merged.kind === 'agreed') {
          expect(alike(held(again, { ...given, ours }), ours.values)).toBe(true)
        }
      }),
    )
  })

  it('ends alike from whichever side it is looked at, where time or who it was says which', () => {
    const mirror = { ours: 'theirs', theirs: 'ours', newest: 'newest', append: 'append', ask: 'ask' } as const
    const policies = fc.constantFrom(...(Object.keys(mirror) as (keyof typeof mirror)[]))
    fc.assert(
      fc.property(cases, policies, (given, policy) => {
        const here: MergeCase = {
          ...{ ...given, policy, direction: 'both' },
          ours: { ...given.ours, at: EARLY },
          theirs: { ...given.theirs, at: LATE },
        }
        const there: MergeCase = { ...here, policy: mirror[policy], ours: here.theirs, theirs: here.ours }
        const [a, b] = [mergeField(here), mergeField(there)]
        expect(a.kind === 'ask').toBe(b.kind === 'ask')
        // What stands: what was taken, or what the other side is told.
        const stands = (merged: Merged, { ours }: MergeCase) => ('values' in merged ? merged.values : ours.values)
        if (a.kind !== 'ask') expect(alike(stands(a, here), stands(b, there))).toBe(true)
      }),
    )
  })

  it('loses no change: what only one side changed stands', () => {
    fc.assert(
      fc.property(cases, given => {
        fc.pre(given.direction === 'both' && given.policy !== 'fill if empty')
        const theirs = { ...given, ours: { ...given.ours, values: given.base } }
        expect(alike(held(mergeField(theirs), theirs), given.theirs.values)).toBe(true)
        const ours = { ...given, theirs: { ...given.theirs, values: given.base } }
        expect(alike(held(mergeField(ours), ours), given.ours.values)).toBe(true)
      }),
    )
  })
})

it.each<[string, Values, Values | null, string[]]>([
  ['everything differs from no base', { state: 'a', note: null }, null, ['state', 'note']],
  ['an absent field differs, even when it is empty', { state: 'a', note: null }, { state: 'a' }, ['note']],
  ['empty is empty', { note: '' }, { note: null }, []],
  ['another value', { state: 'b', owner: 'x' }, { state: 'a', owner: 'x' }, ['state']],
  ['fields of the base alone do not count', {}, { state: 'a' }, []],
])('%s', (_, values, base, fields) => {
  expect(differing(values, base)).toEqual(fields)
})
