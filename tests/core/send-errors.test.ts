import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { languages } from '../../src/core/errors.ts'
import { table } from '../../src/core/send-error-table.ts'
import { entryOf, explainSendError, type Pace, retryDelayMs, sendError } from '../../src/core/send-errors.ts'

/** Meta's codes, by what has to happen. */
const codes = {
  'reconnect channel': [0, 3, 10, 190, 200, 250, 299, 131005],
  retry: [4, 80007, 130429, 131056],
  'pause channel': [131048, 368, 131031, 131037, 131045, 133010, 131042],
  'ask a person': [1, 2, 131000, 131016, 133004, 131057],
  'window closed': [131047],
  'not on WhatsApp': [131026],
  stop: [
    ...[131064, 130497, 131021, 131030, 131049, 131050, 130472, 131008, 131009, 100, 33, 135000, 131051],
    ...[131060, 130501, 131052, 131053, 131062, 131063, 132000, 132001, 132005, 132007, 132012, 132015, 132016],
    ...[132068, 132069, 133005, 133006, 133007, 133008, 133009, 133015, 133016, 134011, 134100, 134101, 134102, 137000],
    ...[138000, 138006, 139100, 139103, 131020, 131201, 131215, 147001, 147002, 147003, 147004, 2388012, 2388299],
    ...[2593107, 2593108, 2593109],
  ],
}
const all = Object.entries(codes).flatMap(([kind, list]) => list.map(code => [code, kind] as const))

it.each(all)('%i: %s', (code, kind) => {
  expect(entryOf(String(code))?.meaning.kind).toBe(kind)
})

it('has a sentence and its mending for every code, in every language, each said differently', () => {
  for (const {
    codes: [code],
    sentence,
    fix,
  } of table) {
    for (const words of [sentence, fix]) {
      expect(Object.keys(words).sort(), String(code)).toEqual([...languages].sort())
      expect(new Set(Object.values(words)).size, String(code)).toBe(languages.length)
      for (const language of languages) expect(words[language]).toMatch(/^\p{Lu}.+\.$/su)
    }
  }
})

it('has no code twice', () => {
  const ranges = table.flatMap(entry => entry.codes.map(code => (typeof code === 'number' ? [code, code] : code)))
  for (const [n, [from = 0, to = 0]] of ranges.entries()) {
    for (const [start = 0, end = 0] of ranges.slice(n + 1)) expect(start > to || end < from).toBe(true)
  }
})

describe('a code that is not known', () => {
  it.each([
    [429, 'retry'],
    [401, 'reconnect channel'],
    [403, 'reconnect channel'],
    [500, 'ask a person'],
    [503, 'ask a person'],
    [400, 'stop'],
    [404, 'stop'],
    [null, 'stop'],
  ] as const)('with HTTP %s: %s', (status, kind) => {
    expect(sendError('999999', status).meaning.kind).toBe(kind)
    expect(sendError('', status).meaning.kind).toBe(kind)
    expect(sendError(null, status).meaning.kind).toBe(kind)
  })

  it('does not outrank one that is', () => {
    expect(sendError('130497', 403).meaning.kind).toBe('stop')
    expect(sendError('130429', 400).meaning).toEqual({ kind: 'retry', pace: 'channel' })
  })
})

it('explains with what to do', () => {
  expect(explainSendError('131047', 'es')).toBe(
    'Pasaron más de 24 horas desde el último mensaje del cliente. Envía una plantilla aprobada; cuando el cliente conteste, podrás escribir libremente.',
  )
})

it('waits 4, 16, 64 seconds for one customer, and an hour at the most', () => {
  expect([1, 2, 3, 30].map(n => retryDelayMs('pair', n, 0.5))).toEqual([4_000, 16_000, 64_000, 3_600_000])
})

it('waits no shorter after a further refusal, and never for ever', () => {
  const pace = fc.constantFrom<Pace>('app', 'channel', 'pair')
  fc.assert(
    fc.property(pace, fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), (pace, n, random) => {
      const wait = retryDelayMs(pace, n, random)
      expect(retryDelayMs(pace, n + 1, random)).toBeGreaterThanOrEqual(wait)
      expect(wait).toBeGreaterThanOrEqual(1_000)
      expect(wait).toBeLessThanOrEqual(1.25 * 3_600_000)
    }),
  )
})
