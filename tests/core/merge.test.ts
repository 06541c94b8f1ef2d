import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { same, type Values } from '../../src/core/echo.ts'
import { differing, merge, type Policy } from '../../src/core/merge.ts'

type Value = string | null | undefined

/** One field: its value at the base, with us, with them; undefined is absent. */
function mergeField(base: Value, ours: Value, theirs: Value, winner: Policy) {
  const of = (value: Value): Values => (value === undefined ? {} : { state: value })
  return merge(of(base), of(ours), of(theirs), () => winner)
}

const conflict = (base: string | null, ours: string | null, theirs: string | null, winner: Policy) => [
  { field: 'state', base, ours, theirs, winner },
]

describe('one field', () => {
  it.each<[string, Value, Value, Value, Value]>([
    ['nobody changed it', 'a', 'a', 'a', undefined],
    ['we did', 'a', 'b', 'a', undefined],
    ['they did', 'a', 'a', 'b', 'b'],
    ['both did, alike', 'a', 'b', 'b', undefined],
    ['they emptied it', 'a', 'a', null, null],
    ['they emptied it with an empty text', 'a', 'a', '', ''],
    ['they filled it', null, null, 'b', 'b'],
    ['they filled it, and we never had it', undefined, undefined, 'b', 'b'],
    ['both emptied it, each in their way', 'a', null, '', undefined],
    ['they say nothing of it', 'a', 'b', undefined, undefined],
    ['nobody has it', undefined, undefined, null, undefined],
  ])('%s', (_, base, ours, theirs, taken) => {
    for (const winner of ['ours', 'theirs'] as const) {
      const expected = taken === undefined ? {} : { state: taken }
      expect(mergeField(base, ours, theirs, winner)).toEqual({ take: expected, conflicts: [] })
    }
  })

  it.each<[string, Value, Value, Value]>([
    ['each did, differently', 'a', 'b', 'c'],
    ['we emptied it and they changed it', 'a', null, 'c'],
    ['they emptied it and we changed it', 'a', 'b', null],
    ['both filled it, differently', null, 'b', 'c'],
    ['both filled it, and there never was a base', undefined, 'b', 'c'],
  ])('%s: the policy decides', (_, base, ours, theirs) => {
    const facts = [base ?? null, ours ?? null, theirs ?? null] as const
    expect(mergeField(base, ours, theirs, 'ours')).toEqual({ take: {}, conflicts: conflict(...facts, 'ours') })
    expect(mergeField(base, ours, theirs, 'theirs')).toEqual({
      take: { state: theirs },
      conflicts: conflict(...facts, 'theirs'),
    })
  })
})

it('asks for the policy field by field, and only in conflict', () => {
  const asked: string[] = []
  const merged = merge(
    { state: 'open', owner: 'ana', note: 'x' },
    { state: 'waiting', owner: 'beto', note: 'x' },
    { state: 'resolved', owner: 'caro', note: 'y' },
    field => {
      asked.push(field)
      return field === 'state' ? 'theirs' : 'ours'
    },
  )
  expect(merged.take).toEqual({ state: 'resolved', note: 'y' })
  expect(merged.conflicts.map(({ field, winner }) => [field, winner])).toEqual([
    ['state', 'theirs'],
    ['owner', 'ours'],
  ])
  expect(asked).toEqual(['state', 'owner'])
})

describe('properties', () => {
  const values = fc.dictionary(
    fc.constantFrom('state', 'owner', 'note'),
    fc.option(fc.constantFrom('', 'a', 'b', 'c'), { nil: null }),
  )
  const policy = fc.constantFrom<Policy>('ours', 'theirs')

  it('takes nothing where they changed nothing', () => {
    fc.assert(
      fc.property(values, values, policy, (base, ours, winner) => {
        expect(merge(base, ours, base, () => winner)).toEqual({ take: {}, conflicts: [] })
      }),
    )
  })

  it('has nothing left to do once it is done', () => {
    fc.assert(
      fc.property(values, values, values, policy, (base, ours, theirs, winner) => {
        const { take } = merge(base, ours, theirs, () => winner)
        const again = merge({ ...base, ...theirs }, { ...ours, ...take }, theirs, () => winner)
        expect(again).toEqual({ take: {}, conflicts: [] })
      }),
    )
  })

  it('loses no change: what they changed is taken, was ours already, or is a conflict', () => {
    fc.assert(
      fc.property(values, values, values, policy, (base, ours, theirs, winner) => {
        const { take, conflicts } = merge(base, ours, theirs, () => winner)
        for (const field of Object.keys(theirs)) {
          if (same(theirs[field], base[field]) || same(theirs[field], ours[field])) continue
          expect(field in take || conflicts.some(item => item.field === field)).toBe(true)
        }
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
