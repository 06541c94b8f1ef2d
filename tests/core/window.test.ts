import fc from 'fast-check'
import { expect, it } from 'vitest'
import { WINDOW_HOURS, windowAt } from '../../src/core/window.ts'

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
