import fc from 'fast-check'
import { expect, it } from 'vitest'
import { freeUntil, WINDOW_HOURS, windowAt } from '../../src/core/window.ts'

const wrote = new Date('2026-03-28T23:30:00Z')
const closes = new Date('2026-03-29T23:30:00Z')

it.each([
  ['at the message itself', wrote, 'open'],
  ['a millisecond before the end', new Date(closes.getTime() - 1), 'open'],
  ['at the end', closes, 'closed'],
  ['a year later', new Date('2027-03-29T23:30:00Z'), 'closed'],
  ['before the message, when the clocks of two machines differ', new Date(wrote.getTime() - 5_000), 'open'],
])('%s', (_, now, kind) => {
  const expected = kind === 'open' ? { kind, closesAt: closes } : { kind, closedAt: closes }
  expect(windowAt(wrote, now)).toEqual(expected)
})

it('is closed, and was never open, without a message of the customer', () => {
  expect(windowAt(null, wrote)).toEqual({ kind: 'closed', closedAt: null })
})

it('is open exactly while fewer than 24 hours have passed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 * 86_400_000 }), ms => {
      expect(windowAt(wrote, new Date(wrote.getTime() + ms)).kind === 'open').toBe(ms < WINDOW_HOURS * 3_600_000)
    }),
  )
})

it.each<[string, number | null, number | null, number, number | null]>([
  ['never, without an advertisement', null, 1, 2, null],
  ['never, without an answer', 0, null, 2, null],
  ['three days from the answer', 0, 3, 4, 75],
  ['to the last moment', 0, 3, 74.999, 75],
  ['no longer', 0, 3, 75, null],
  ['also where the answer took a whole day', 0, 24, 25, 96],
  ['not where it took longer', 0, 24.01, 25, null],
])('is free after an advertisement: %s', (_, ad, answered, now, until) => {
  const hour = (n: number | null) => (n === null ? null : new Date(wrote.getTime() + n * 3_600_000))
  expect(freeUntil(hour(ad), hour(answered), hour(now) ?? wrote)).toEqual(hour(until))
})
