import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, same, type Values, type Verdict } from '../../src/core/echo.ts'

const link = {
  base: { state: 'open', owner: 'sofia@ejemplo.mx', note: null } as Values,
  pushing: null as Values | null,
  remoteVersion: '2026-05-04T10:00:00.500Z' as string | null,
}
const heard = (values: Values, more: { version?: string | null; byUs?: boolean } = {}) => ({
  values,
  version: null,
  byUs: false,
  ...more,
})
const real = (changed: Values, nearMiss = false): Verdict => ({ kind: 'real', changed, nearMiss })

describe('what comes back', () => {
  it.each<[string, Values, Values | null, Verdict]>([
    ['what both sides agreed on is an echo', { state: 'open' }, null, { kind: 'echo' }],
    ['nothing is an echo', {}, null, { kind: 'echo' }],
    ['what we have just written is an echo', { state: 'waiting' }, { state: 'waiting' }, { kind: 'echo' }],
    [
      'what was agreed on, heard while we write, is an echo that is late',
      { state: 'open' },
      { state: 'waiting' },
      { kind: 'echo' },
    ],
    ['an empty field, as the vendor writes it, is an echo', { note: '' }, null, { kind: 'echo' }],
    ['a field emptied by us is an echo', { owner: '' }, { owner: null }, { kind: 'echo' }],
    ['a field never spoken of, filled, is real', { phone: '+525544332211' }, null, real({ phone: '+525544332211' })],
    ['a field never spoken of, empty, is an echo', { phone: null }, null, { kind: 'echo' }],
    ['another value is real', { state: 'resolved' }, null, real({ state: 'resolved' })],
    [
      'another value than the one we write is real',
      { state: 'resolved' },
      { state: 'waiting' },
      real({ state: 'resolved' }),
    ],
    [
      'only what differs is real',
      { state: 'waiting', owner: 'beto@ejemplo.mx', note: null },
      { state: 'waiting' },
      real({ owner: 'beto@ejemplo.mx' }),
    ],
    ['a field emptied by them is real', { owner: null }, null, real({ owner: null })],
    ['a field filled by them is real', { note: 'llamar' }, null, real({ note: 'llamar' })],
  ])('%s', (_, values, pushing, verdict) => {
    expect(judge({ ...link, pushing }, heard(values))).toEqual(verdict)
  })

  it('is a near miss when the vendor calls it ours and the value is another', () => {
    expect(judge(link, heard({ state: 'resolved' }, { byUs: true }))).toEqual(real({ state: 'resolved' }, true))
    expect(judge(link, heard({ state: 'open' }, { byUs: true }))).toEqual({ kind: 'echo' })
  })
})

describe('an older version is stale, whatever it says', () => {
  it.each<[string | null, string | null, boolean]>([
    ['2026-05-04T10:00:00.400Z', '2026-05-04T10:00:00.500Z', true],
    ['2026-05-04T10:00:00.500Z', '2026-05-04T10:00:00.500Z', false],
    ['2026-05-04T10:00:00.600Z', '2026-05-04T10:00:00.500Z', false],
    // A whole second may come without its fraction, and '.' sorts before 'Z'.
    ['2026-05-04T10:00:00.600Z', '2026-05-04T10:00:00Z', false],
    ['2026-05-04T10:00:00Z', '2026-05-04T10:00:00.600Z', true],
    ['2026-05-04T12:00:00.000+02:00', '2026-05-04T10:30:00.000Z', true],
    ['9', '10', true],
    ['10', '9', false],
    ['a', 'b', true],
    ['b', 'a', false],
    [null, '10', false],
    ['10', null, false],
  ])('%s after %s: %s', (version, remoteVersion, stale) => {
    const verdict = judge({ ...link, remoteVersion }, heard({ state: 'resolved' }, { version }))
    expect(verdict.kind).toBe(stale ? 'stale' : 'real')
  })
})

it.each<[string | null | undefined, string | null | undefined, boolean]>([
  ['a', 'a', true],
  ['a', 'b', false],
  ['', null, true],
  [undefined, null, true],
  ['', undefined, true],
  ['0', null, false],
  [' ', null, false],
])('%j and %j are the same: %s', (a, b, expected) => {
  expect(same(a, b)).toBe(expected)
  expect(same(b, a)).toBe(expected)
})

describe('properties', () => {
  const value = fc.option(fc.constantFrom('', 'a', 'b', 'c'), { nil: null })
  const values = fc.dictionary(fc.constantFrom('state', 'owner', 'note', 'tags'), value)

  it('our own push fed back is an echo', () => {
    fc.assert(
      fc.property(values, values, fc.boolean(), (base, pushing, byUs) => {
        expect(judge({ base, pushing, remoteVersion: null }, heard(pushing, { byUs })).kind).toBe('echo')
        expect(judge({ base, pushing, remoteVersion: null }, heard({ ...base, ...pushing }, { byUs })).kind).toBe(
          'echo',
        )
      }),
    )
  })

  it('whatever is agreed on from now on is an echo from now on', () => {
    fc.assert(
      fc.property(values, values, (base, theirs) => {
        const verdict = judge({ base, pushing: null, remoteVersion: null }, heard(theirs))
        const changed = verdict.kind === 'real' ? verdict.changed : {}
        const moved = { base: { ...base, ...changed }, pushing: null, remoteVersion: null }
        expect(judge(moved, heard(theirs)).kind).toBe('echo')
      }),
    )
  })

  it('only fields whose values differ from the base and from what we write are news', () => {
    fc.assert(
      fc.property(values, values, values, (base, pushing, theirs) => {
        const verdict = judge({ base, pushing, remoteVersion: null }, heard(theirs))
        const news = Object.keys(theirs).filter(
          field => !same(theirs[field], base[field]) && !(field in pushing && same(theirs[field], pushing[field])),
        )
        expect(verdict.kind === 'real' ? Object.keys(verdict.changed) : []).toEqual(news)
      }),
    )
  })
})
