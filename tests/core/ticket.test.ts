import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Arrival,
  afterAssignment,
  afterReply,
  arrive,
  DEFAULT_GRACE_HOURS,
  type TicketState,
  ticketNumber,
  ticketStates,
} from '../../src/core/ticket.ts'

const stateAt = new Date('2026-05-04T10:00:00Z')
const since = (ms: number) => new Date(stateAt.getTime() + ms)
const HOUR = 3_600_000

describe('an inbound message', () => {
  it('opens a ticket where there is none', () => {
    expect(arrive(undefined, stateAt, 72)).toEqual({ kind: 'open' })
  })

  const join = (state: TicketState): Arrival => ({ kind: 'join', state })
  const reopen = (state: TicketState): Arrival => ({ kind: 'reopen', state })

  it.each<[string, TicketState, string | null, number, Arrival]>([
    ['joins an open ticket', 'open', null, HOUR, join('open')],
    ['joins an open ticket that has an owner', 'open', 'sofia', HOUR, join('open')],
    ['joins a ticket in progress', 'in_progress', 'sofia', HOUR, join('in_progress')],
    ['brings a waiting ticket back to its owner', 'waiting', 'sofia', HOUR, join('in_progress')],
    ['brings a waiting ticket back to nobody', 'waiting', null, HOUR, join('open')],
    ['written before the answer, leaves the ticket waiting', 'waiting', 'sofia', -1, join('waiting')],
    ['written at the very instant of the answer, leaves it waiting', 'waiting', 'sofia', 0, join('waiting')],
    ['a millisecond after the answer, brings it back', 'waiting', 'sofia', 1, join('in_progress')],
    ['written before the resolution, joins and leaves it resolved', 'resolved', 'sofia', -1, join('resolved')],
    ['written at the very instant of the resolution, leaves it resolved', 'resolved', 'sofia', 0, join('resolved')],
    ['a millisecond after the resolution, reopens', 'resolved', 'sofia', 1, reopen('in_progress')],
    ['reopens an ownerless ticket as open', 'resolved', null, 1, reopen('open')],
    ['at the end of the grace period, reopens', 'resolved', 'sofia', 72 * HOUR, reopen('in_progress')],
    ['a millisecond after the grace period, opens another', 'resolved', 'sofia', 72 * HOUR + 1, { kind: 'open' }],
    ['long before an open ticket, joins it', 'open', null, -100 * HOUR, join('open')],
  ])('%s', (_, state, ownerId, ms, expected) => {
    expect(arrive({ state, ownerId, stateAt }, since(ms), DEFAULT_GRACE_HOURS)).toEqual(expected)
  })

  it('opens another at once where there is no grace period', () => {
    expect(arrive({ state: 'resolved', ownerId: null, stateAt }, since(1), 0)).toEqual({ kind: 'open' })
  })

  it('never undoes what was decided after it was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ticketStates),
        fc.option(fc.constant('sofia'), { nil: null }),
        fc.integer({ min: 0, max: 1000 * HOUR }),
        (state, ownerId, earlier) => {
          expect(arrive({ state, ownerId, stateAt }, since(-earlier), 72)).toEqual({ kind: 'join', state })
        },
      ),
    )
  })

  it('opens a ticket beside another only when that one is resolved', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ticketStates),
        fc.integer({ min: -1000 * HOUR, max: 1000 * HOUR }),
        fc.integer({ min: 0, max: 500 }),
        (state, ms, grace) => {
          const opens = arrive({ state, ownerId: 'sofia', stateAt }, since(ms), grace).kind === 'open'
          expect(opens).toBe(state === 'resolved' && ms > grace * HOUR && ms > 0)
        },
      ),
    )
  })
})

it.each<[TicketState, number, TicketState]>([
  ['open', 1, 'waiting'],
  ['in_progress', 1, 'waiting'],
  ['waiting', 1, 'waiting'],
  ['resolved', 1, 'resolved'],
  // Written before the customer's last word, however late it is told: the ball stays with us.
  ['open', -1, 'open'],
  ['in_progress', -1, 'in_progress'],
  ['waiting', -1, 'waiting'],
  ['resolved', -1, 'resolved'],
  ['in_progress', 0, 'waiting'],
])('an answer to a ticket that is %s, %d ms after it became so, leaves it %s', (state, ms, expected) => {
  expect(afterReply({ state, stateAt }, since(ms))).toBe(expected)
})

it.each<[TicketState, string | null, TicketState]>([
  ['open', 'sofia', 'in_progress'],
  ['open', null, 'open'],
  ['in_progress', 'sofia', 'in_progress'],
  ['in_progress', null, 'open'],
  ['waiting', 'sofia', 'waiting'],
  ['waiting', null, 'waiting'],
  ['resolved', 'sofia', 'resolved'],
  ['resolved', null, 'resolved'],
])('%s, given to %s, is %s', (before, ownerId, state) => {
  expect(afterAssignment(before, ownerId)).toBe(state)
})

it('is numbered for people', () => {
  expect(ticketNumber(1042)).toBe('BZ-1042')
})
