import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { type CustomField, customProblems, customTypes, fitAll, fitCustom } from '../../src/core/custom-field.ts'

const options = ['S', 'M', 'L'].map(value => ({ value, label: value }))
const kept = (type: CustomField['type'], value: unknown) => fitCustom({ type, options }, value)

test.each<[CustomField['type'], unknown, unknown]>([
  ['string', ' Mérida ', 'Mérida'],
  ['string', 7, '7'],
  ['string', 'x'.repeat(2_001), undefined],
  ['number', '1.50', 1.5],
  ['number', 'many', undefined],
  ['number', Number.NaN, undefined],
  ['number', true, undefined],
  ['boolean', 'true', true],
  ['boolean', 'sí', undefined],
  ['date', '2026-02-28', '2026-02-28'],
  ['date', '2026-02-30', undefined],
  ['datetime', '2026-11-20T04:00:00-06:00', '2026-11-20T10:00:00.000Z'],
  ['datetime', 'mañana', undefined],
  ['option', 'M', 'M'],
  ['option', 'XXL', undefined],
  ['options', ['L', 'S', 'L'], ['S', 'L']],
  ['options', ['L', 'XXL'], undefined],
  ['options', 'M', ['M']],
  ['phone', '+52 (55) 1234-5678', '+525512345678'],
  ['phone', '1234', undefined],
  ['url', 'https://example.com/x', 'https://example.com/x'],
  ['url', 'javascript:alert(1)', undefined],
])('%s: %j is kept as %j', (type, value, expected) => {
  expect(kept(type, value)).toEqual(expected)
})

it.each(customTypes)('%s: nothing is null, and what is kept is kept as it is', type => {
  for (const nothing of [null, '', [], '  ']) expect(kept(type, nothing), JSON.stringify(nothing)).toBeNull()
  for (const strange of [{}, { toString: {} }, [{ toString: {} }]]) expect(kept(type, strange)).toBeUndefined()
  fc.assert(
    fc.property(fc.anything(), value => {
      const once = kept(type, value)
      if (once !== undefined) expect(kept(type, once)).toEqual(once)
    }),
  )
})

it('says what there is not, and what does not fit', () => {
  const field: CustomField = { id: '1', kind: 'contact', key: 'size', label: 'Talla', type: 'option', options }
  expect(customProblems([field], { size: 'M' })).toEqual([])
  expect(customProblems([field], { size: 'XXL', colour: 'red' })).toEqual([
    ...['custom.size: must be option of S, M, L', 'custom.colour: there is no such field'],
  ])
  expect(fitAll([field], { size: 'XXL', colour: 'red' })).toEqual({})
})
