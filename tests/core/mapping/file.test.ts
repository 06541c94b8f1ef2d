import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { fileFormats, readMapping, writeMapping } from '../../../src/core/mapping/file.ts'
import { directions, fieldPolicies, type Transform, type WrittenMapping } from '../../../src/core/mapping/row.ts'

/** What YAML takes for something else: numbers, booleans, dates, signs, and what breaks lines. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }).filter(each => each.isWellFormed()),
  fc.constantFrom(
    'yes',
    'no',
    'null',
    '~',
    '1e3',
    '0123',
    '2026-11-20',
    '- a',
    'a: b',
    '#x',
    '"',
    "'",
    '\n\n ',
    '{a}',
    '&x',
    '…',
  ),
)
const transform: fc.Arbitrary<Transform> = fc.oneof(
  fc.constant<Transform>({ kind: 'as is' }),
  fc.record({ kind: fc.constant('text' as const), trim: fc.boolean(), lower: fc.boolean() }),
  fc.record({
    kind: fc.constant('options' as const),
    table: fc.oneof(text, fc.array(fc.record({ ours: text, theirs: text }), { minLength: 1, maxLength: 4 })),
  }),
  fc.record({ kind: fc.constant('list' as const), separator: text }),
  fc.record({ kind: fc.constant('template' as const), text }),
)
const row = fc.record(
  {
    ...{ id: text, ours: text, theirs: fc.array(text, { minLength: 1, maxLength: 3 }), transform },
    ...{ direction: fc.constantFrom(...directions), policy: fc.constantFrom(...fieldPolicies) },
    ...{ identifier: fc.constant(true as const), default: text, clears: fc.constant(true as const) },
  },
  { requiredKeys: ['id', 'ours', 'theirs', 'transform', 'direction', 'policy'] },
)
const mapping: fc.Arbitrary<WrittenMapping> = fc.record({
  contact: fc.array(row, { maxLength: 4 }),
  ticket: fc.array(row, { maxLength: 2 }),
})

it.each(fileFormats)('what is read from %s is what was written, to the letter', format => {
  fc.assert(
    fc.property(mapping, given => {
      const file = writeMapping('hubspot', given, format)
      const read = readMapping(file, format)
      expect(read).toEqual({ kind: 'mapping', connector: 'hubspot', mapping: given })
      if (read.kind === 'mapping') expect(writeMapping(read.connector, read.mapping, format)).toBe(file)
    }),
  )
})

test.each([
  ['yaml', 'contact: [', /flow|end of|expected/i],
  ['json', '{"contact": ', /JSON/],
  ['yaml', 'connector: hubspot\nversion: 2\ncontact: []\nticket: []\n', /version/],
  ['yaml', 'connector: hubspot\nversion: 1\ncontact: []\n', /ticket/],
  ['yaml', 'connector: hubspot\nversion: 1\ncontact:\n  - id: a\n    nonsense: 1\nticket: []\n', /contact\.0/],
  ['yaml', 'just words', /object/],
  ['json', `"${'x'.repeat(400_001)}"`, /longer/],
] as const)('a broken %s file says what is wrong with it: %s', (format, file, problem) => {
  const read = readMapping(file, format)
  expect(read.kind).toBe('broken')
  expect(read.kind === 'broken' && read.problems).toMatch(problem)
})
