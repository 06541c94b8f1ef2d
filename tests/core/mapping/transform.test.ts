import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { sameValue } from '../../../src/core/mapping/apply.ts'
import type { OurValue, Transform } from '../../../src/core/mapping/row.ts'
import { say, understand } from '../../../src/core/mapping/transform.ts'

const out = (transform: Transform, value: Exclude<OurValue, null>, places = 1) =>
  say(transform, TABLES, value, places, { number: 'BZ-1001', subject: 'Pedido 7', empty: null })
const back = (transform: Transform, ...words: (string | null)[]) => understand(transform, TABLES, words)

const TABLES = {
  stages: [
    { ours: 'open', theirs: '1' },
    { ours: 'in_progress', theirs: '3' },
    { ours: 'in_progress', theirs: '9' },
    { ours: 'resolved', theirs: '4' },
  ],
}
const stages: Transform = { kind: 'options', table: 'stages' }
const mexican: Transform = { kind: 'phone', form: 'national', countryCode: '52' }

test.each<[string, Transform, Exclude<OurValue, null>, (string | null)[] | undefined]>([
  ['a text', { kind: 'as is' }, ' Ana ', [' Ana ']],
  ['a trimmed one, in small letters', { kind: 'text', trim: true, lower: true }, ' ANA@X.MX ', ['ana@x.mx']],
  ['an option', stages, 'open', ['1']],
  ['of two partners the first', stages, 'in_progress', ['3']],
  ['whatever its case', { kind: 'options', table: [{ ours: 'Ana@x.mx', theirs: '7' }] }, 'ana@X.MX', ['7']],
  ['one without a partner', stages, 'waiting', undefined],
  ['a list', { kind: 'list', separator: ';' }, ['a', 'b;c', 'a'], ['a;b c']],
  ['a list by a table', { kind: 'list', separator: ';', table: 'stages' }, ['open', 'waiting'], ['1']],
  ['a day', { kind: 'date' }, '2026-11-20T23:30:00.000Z', ['2026-11-20']],
  ['a day that there is not', { kind: 'date' }, '2026-02-31', undefined],
  ['an instant', { kind: 'datetime', form: 'ms' }, '2026-11-20T10:00:00.000Z', ['1795168800000']],
  ['a number', { kind: 'number', decimalMark: ',' }, 1.5, ['1,5']],
  ['no number', { kind: 'number' }, 'many', undefined],
  ['yes', { kind: 'boolean', yes: 'Sí', no: 'No' }, true, ['Sí']],
  ['a phone as digits', { kind: 'phone', form: 'digits' }, '+525512345678', ['525512345678']],
  ['a national phone', mexican, '+525512345678', ['5512345678']],
  ['one of another country', mexican, '+34600000001', ['+34600000001']],
  ['a template', { kind: 'template', text: '{number}: {subject}{empty}' }, '', ['BZ-1001: Pedido 7']],
  ['parts', { kind: 'split', separator: ', ' }, 'Calle 5, Centro, Mérida', ['Calle 5', 'Centro, Mérida']],
])('%s goes out', (_, transform, value, expected) => {
  expect(out(transform, value, transform.kind === 'split' ? 2 : 1)).toEqual(expected)
})

test.each<[string, Transform, (string | null)[], OurValue | undefined]>([
  ['a stage beyond ours', stages, ['9'], 'in_progress'],
  ['one that we do not know', stages, ['77'], undefined],
  ['a list', { kind: 'list', separator: ';' }, ['a; b;;a'], ['a', 'b']],
  ['a day in milliseconds', { kind: 'date' }, ['1795132800000'], '2026-11-20'],
  [
    'an instant of another zone',
    { kind: 'datetime', form: 'iso' },
    ['2026-11-20T04:00:00-06:00'],
    '2026-11-20T10:00:00.000Z',
  ],
  ['no date', { kind: 'date' }, ['mañana'], undefined],
  ['thousands', { kind: 'number' }, ['1,234.5'], undefined],
  ['no, whatever its case', { kind: 'boolean', yes: 'Sí', no: 'No' }, ['NO'], false],
  ['neither yes nor no', { kind: 'boolean', yes: 'Sí', no: 'No' }, ['quizá'], undefined],
  ['a national phone as people write it', mexican, ['(55) 1234-5678'], '+525512345678'],
  ['a foreign phone', mexican, ['0034 600 000 001'], '+34600000001'],
  ['a name in two fields', { kind: 'name' }, ['Ana  María', 'Pérez'], 'Ana María Pérez'],
  ['a name in one of them', { kind: 'name' }, [null, 'Pérez'], 'Pérez'],
  ['a template', { kind: 'template', text: '{number}' }, ['BZ-1'], undefined],
])('%s comes in', (_, transform, words, expected) => {
  expect(back(transform, ...words)).toEqual(expected)
})

describe('what goes out and comes back is the same', () => {
  const word = fc.stringMatching(/^[a-záéíóúñç0-9.-]{1,8}$/)
  const name = fc.array(word, { minLength: 1, maxLength: 7 }).map(words => words.join(' '))
  const instant = fc
    .date({ min: new Date('1970-06-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    .map(date => date.toISOString())
  const phone = fc
    .tuple(fc.constantFrom('52', '55', '34'), fc.stringMatching(/^[1-9]\d{7,10}$/))
    .map(([c, n]) => `+${c}${n}`)
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (value === 0 ? 0 : value))
  const cases: [string, Transform, fc.Arbitrary<Exclude<OurValue, null>>, number][] = [
    ['as is', { kind: 'as is' }, word, 1],
    ['text', { kind: 'text', trim: true }, word, 1],
    ['options', stages, fc.constantFrom('open', 'in_progress', 'resolved'), 1],
    ['list', { kind: 'list', separator: ';' }, fc.uniqueArray(word, { minLength: 1 }), 1],
    ['date', { kind: 'date' }, instant.map(text => text.slice(0, 10)), 1],
    ['datetime in ISO', { kind: 'datetime', form: 'iso' }, instant, 1],
    ['datetime in ms', { kind: 'datetime', form: 'ms' }, instant, 1],
    ['number', { kind: 'number' }, number, 1],
    ['number with a comma', { kind: 'number', decimalMark: ',' }, number, 1],
    ['boolean', { kind: 'boolean', yes: 'Sí', no: 'No' }, fc.boolean(), 1],
    ['phone in E.164', { kind: 'phone', form: 'e164' }, phone, 1],
    ['phone as digits', { kind: 'phone', form: 'digits' }, phone, 1],
    ['national phone', mexican, phone, 1],
    ['name', { kind: 'name' }, name, 2],
    ['split in three', { kind: 'split', separator: ' ' }, name, 3],
  ]
  it.each(cases)('%s', (_, transform, values, places) => {
    fc.assert(
      fc.property(values, value => {
        const said = out(transform, value, places)
        expect(said).toHaveLength(places)
        expect(sameValue(back(transform, ...(said ?? [])), value)).toBe(true)
      }),
    )
  })

  it('and any words are understood, or are not, without a throw; what is understood is said again alike', () => {
    const anything = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('', '1', '9', 'Sí', '2026-11-20', '1795168800000')),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    fc.assert(
      fc.property(fc.constantFrom(...cases), anything, ([, transform, , places], words) => {
        const heard = back(transform, ...words)
        if (heard === undefined || heard === null || heard === '') return
        const again = out(transform, heard, places)
        if (again) expect(sameValue(back(transform, ...again), heard)).toBe(true)
      }),
    )
  })
})
