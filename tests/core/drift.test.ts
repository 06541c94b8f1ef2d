import { expect, it } from 'vitest'
import { driftProblems, explainDrift, findDrift, nextSnapshot, type RemoteField } from '../../src/core/drift.ts'
import type { MappingRow } from '../../src/core/mapping/row.ts'

const field = (name: string, over: Partial<RemoteField> = {}): RemoteField => ({
  ...{ name, label: name.toUpperCase(), type: 'string', required: false, readOnly: false, options: [], ...over },
})
const row = (theirs: string, over: Partial<MappingRow> = {}): MappingRow => ({
  ...{ id: theirs, ours: theirs, theirs: [theirs], direction: 'both', transform: { kind: 'as is' }, policy: 'newest' },
  ...over,
})
const option = (value: string) => ({ value, label: value.toLowerCase() })
const find = (was: RemoteField[], is: RemoteField[], rows = [row('a')]) =>
  findDrift('contact', was, is, rows).map(({ field: name, problem, facts }) => ({ name, problem, ...facts }))

it.each([
  ['nothing', [field('a')], [field('a'), field('b')], []],
  ['gone', [field('a')], [], [{ name: 'a', problem: 'gone' }]],
  [
    'renamed: the same label under a name that is new',
    [field('a')],
    [field('a2', { label: 'A' })],
    [{ problem: 'renamed', to: 'a2' }],
  ],
  [
    'not renamed: the other was there before',
    [field('a'), field('c', { label: 'A' })],
    [field('c', { label: 'A' })],
    [{ problem: 'gone' }],
  ],
  [
    'type changed',
    [field('a')],
    [field('a', { type: 'number' })],
    [{ problem: 'type changed', from: 'string', to: 'number' }],
  ],
  ['read only', [field('a')], [field('a', { readOnly: true })], [{ problem: 'read only' }]],
  [
    'options',
    [field('a', { options: [option('X'), option('Y')] })],
    [field('a', { options: [option('Y')] })],
    [{ problem: 'option gone', options: 'x' }],
  ],
  ['required', [field('a')], [field('a'), field('b', { required: true })], [{ name: 'b', problem: 'required' }]],
  ['required, and written', [field('a')], [field('a', { required: true })], []],
  ['not ours', [field('a'), field('z')], [field('a')], []],
] as const)('%s', (_name, was, is, wanted) => {
  expect(find([...was], [...is])).toMatchObject([...wanted])
})

it('a field that is only read may become read only', () => {
  expect(find([field('a')], [field('a', { readOnly: true })], [row('a', { direction: 'in' })])).toEqual([])
})

it('what was right stays the measure until it is so again', () => {
  const was = [field('a', { options: [option('X')] }), field('b')]
  const is = [field('a', { options: [] }), field('b', { type: 'number' }), field('c')]
  const found = findDrift('contact', was, is, [row('a')])
  expect(nextSnapshot(was, is, found)).toEqual([was[0], is[1], is[2]])
})

it('every problem is told in three languages, with nothing left to fill in', () => {
  const facts = { field: 'a', label: 'A', to: 'b', from: 'string', options: 'x' }
  for (const problem of driftProblems) {
    for (const language of ['es', 'en', 'pt'] as const) {
      const { cause, fix } = explainDrift({ problem, facts }, language)
      expect(cause + fix).not.toMatch(/[{}]/)
    }
  }
})
