import { describe, expect, it, test } from 'vitest'
import { languages } from '../../../src/core/errors.ts'
import { explainFinding } from '../../../src/core/mapping/explain.ts'
import { ourFields } from '../../../src/core/mapping/fields.ts'
import type { MappingRow } from '../../../src/core/mapping/row.ts'
import { explainSuggestion, suggest } from '../../../src/core/mapping/suggest.ts'
import { type Against, findingCodes, type TheirField, validate } from '../../../src/core/mapping/validate.ts'

const their = (name: string, more: Partial<TheirField> = {}): TheirField => ({
  ...{ name, label: name, type: 'string', required: false, readOnly: false, options: [] },
  ...more,
})
const option = (value: string) => ({ value, label: value })
const custom = [
  {
    id: '1',
    kind: 'contact' as const,
    key: 'size',
    label: 'Talla',
    type: 'option' as const,
    options: [option('M'), option('XL')],
  },
  { id: '2', kind: 'contact' as const, key: 'points', label: 'Puntos', type: 'number' as const, options: [] },
]
const contact: Against = {
  ours: ourFields('contact', custom),
  theirs: [
    ...[
      their('key'),
      their('mail', { label: 'Correo' }),
      their('must', { required: true }),
      their('beside', { required: true }),
    ],
    ...[their('made', { readOnly: true }), their('score', { type: 'number' }), their('first'), their('last')],
    their('size', { type: 'option', options: [option('m'), option('l')] }),
  ],
  tables: { live: [] },
  identifier: 'key',
  given: ['beside'],
}
const against = { contact, ticket: { ...contact, ours: ourFields('ticket', []), theirs: [their('key')], given: [] } }

const row = (more: Partial<MappingRow> = {}): MappingRow => ({
  ...{ id: 'mail', ours: 'email', theirs: ['mail'], direction: 'both', transform: { kind: 'as is' }, policy: 'newest' },
  ...more,
})
const key = row({ id: 'key', ours: 'waKey', theirs: ['key'], direction: 'out', identifier: true })
const must = row({ id: 'must', ours: 'phone', theirs: ['must'], direction: 'out' })
const ticketKey = { ...key, ours: 'id' }
const found = (...rows: MappingRow[]) =>
  validate({ contact: rows, ticket: [ticketKey] }, against).map(({ level, code, rowId }) => `${level} ${code} ${rowId}`)

it('finds nothing wrong with what is right', () => {
  expect(found(key, must, row())).toEqual([])
})

test.each<[string, MappingRow[]]>([
  ['error no identifier null', [must, row()]],
  ['error several identifiers key', [key, must, row({ identifier: true, direction: 'out' })]],
  ['error other identifier key', [{ ...key, theirs: ['mail'] }, must]],
  ['error identifier comes in key', [{ ...key, ours: 'name', direction: 'both' }, must]],
  ['error row twice mail', [key, must, row(), row({ ours: 'name', theirs: ['first'] })]],
  ['error written twice null', [key, must, row(), row({ id: 'b', ours: 'name' })]],
  ['error read twice null', [key, must, row(), row({ id: 'b', theirs: ['first'] })]],
  ['error unknown field of ours b', [key, must, row({ id: 'b', ours: 'custom.nope' })]],
  ['error unknown field of ours b', [key, must, row({ id: 'b', default: '{nope}' })]],
  ['error unknown field of theirs b', [key, must, row({ id: 'b', theirs: ['nope'] })]],
  ['error field of ours is fixed b', [key, must, row({ id: 'b', ours: 'waLink' })]],
  ['error field of theirs is fixed b', [key, must, row({ id: 'b', theirs: ['made'] })]],
  ['error template comes in b', [key, must, row({ id: 'b', transform: { kind: 'template', text: '{name}' } })]],
  ['error number of fields b', [key, must, row({ id: 'b', ours: 'name', transform: { kind: 'name' } })]],
  ['error number of fields b', [key, must, row({ id: 'b', theirs: ['first', 'last'] })]],
  ['error unknown table b', [key, must, row({ id: 'b', transform: { kind: 'options', table: 'nope' } })]],
  ['error no country b', [key, must, row({ id: 'b', transform: { kind: 'phone', form: 'national' } })]],
  ['error cannot append b', [key, must, row({ id: 'b', ours: 'custom.points', theirs: ['first'], policy: 'append' })]],
  ['error missing required null', [key, row()]],
  ['warning type mismatch b', [key, must, row({ id: 'b', theirs: ['score'] })]],
])('%s', (expected, rows) => {
  expect(found(...rows)).toContain(expected)
})

it('counts the options of both sides that have no partner', () => {
  const size = row({ id: 'size', ours: 'custom.size', theirs: ['size'] })
  const pairs = [{ ours: 'M', theirs: 'm' }]
  const [finding] = validate(
    { contact: [key, must, { ...size, transform: { kind: 'options', table: pairs } }], ticket: [ticketKey] },
    against,
  )
  expect(finding).toMatchObject({ level: 'count', facts: { count: '2', ours: 'XL', theirs: 'l' } })
})

it('what only comes in may be fixed there, and a type may be made by a transform', () => {
  expect(found(key, must, row({ theirs: ['made'], direction: 'in' }))).toEqual([])
  expect(found(key, must, row({ ours: 'custom.points', theirs: ['score'], transform: { kind: 'number' } }))).toEqual([])
})

it.each(languages)('every finding says in %s what is wrong and what to do', language => {
  const facts = Object.fromEntries(
    ['field', 'theirs', 'ours', 'type', 'theirType', 'rows', 'id', 'given', 'wanted', 'table', 'name', 'count'].map(
      name => [name, 'X'],
    ),
  )
  for (const code of findingCodes) {
    const { sentence, fix } = explainFinding({ level: 'error', code, kind: 'contact', rowId: null, facts }, language)
    expect(sentence.length, code).toBeGreaterThan(10)
    expect(fix.length, code).toBeGreaterThan(10)
    expect(sentence + fix, code).not.toMatch(/[{}]/)
  }
})

describe('suggestions', () => {
  const fields = (label: string, type: 'string' | 'date' | 'number' = 'string') =>
    ourFields('contact', [{ id: '1', kind: 'contact', key: 'x1', label, type, options: [] }])
  const best = (label: string, theirs: TheirField[], type?: 'string' | 'date' | 'number') =>
    suggest('contact', [], fields(label, type), theirs).find(({ row }) => row.ours === 'custom.x1')

  it.each([
    ['Ciudad', 'city', 'same meaning'],
    ['Cidade', 'city', 'same meaning'],
    ['Empresa', 'company', 'same meaning'],
    ['Fecha de nacimiento', 'date_of_birth_nascimento', 'same meaning'],
    ['Website', 'website', 'same name'],
    ['Facturación', 'facturar', 'alike'],
  ])('%s ↔ %s: %s', (label, name, reason) => {
    expect(best(label, [their('zzz'), their(name)])).toMatchObject({ row: { theirs: [name] }, reason })
  })

  it('none where types cannot meet, names have nothing in common, or the field is taken', () => {
    expect(best('Ciudad', [their('city', { type: 'number' })])).toBeUndefined()
    expect(best('Ciudad', [their('hs_lead_rating')])).toBeUndefined()
    const taken = row({ theirs: ['city'] })
    expect(suggest('contact', [taken], fields('Ciudad'), [their('city')]).map(({ row }) => row.ours)).not.toContain(
      'custom.x1',
    )
  })

  it('read only what cannot be written, write only what cannot be read, and pair options of one word', () => {
    expect(best('Ciudad', [their('city', { readOnly: true })])?.row.direction).toBe('in')
    const [phone] = suggest('contact', [], ourFields('contact', []), [
      their('mobilephone', { label: 'Mobile phone', type: 'phone' }),
    ])
    expect(phone?.row).toMatchObject({ ours: 'phone', direction: 'out', policy: 'ours' })
    const [size] = suggest('contact', [], ourFields('contact', custom), [
      their(
        'talla',
        contact.theirs.find(({ name }) => name === 'size'),
      ),
    ])
    expect(size?.row.transform).toEqual({ kind: 'options', table: [{ ours: 'M', theirs: 'm' }] })
  })

  it.each(languages)('says why in %s', language => {
    const found = best('Ciudad', [their('city')])
    expect(found && explainSuggestion(found, language)).toContain('city')
  })
})
