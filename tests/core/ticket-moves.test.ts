import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  moveTicket,
  nextAction,
  soonestDue,
  type TicketState,
  ticketMoves,
  ticketStates,
  waitingSince,
} from '../../src/core/ticket.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 2, 10, minute))
const verbs = Object.keys(ticketMoves) as (keyof typeof ticketMoves)[]

describe('moves', () => {
  const cases: [TicketState, boolean, (typeof verbs)[number], TicketState | 'already there' | 'impossible'][] = [
    ['open', false, 'wait', 'waiting'],
    ['waiting', false, 'wait', 'already there'],
    ['resolved', false, 'wait', 'impossible'],
    ['waiting', true, 'resume', 'in_progress'],
    ['waiting', false, 'resume', 'open'],
    ['open', false, 'resume', 'already there'],
    ['resolved', true, 'resume', 'impossible'],
    ['in_progress', true, 'resolve', 'resolved'],
    ['resolved', true, 'resolve', 'already there'],
    ['resolved', true, 'reopen', 'in_progress'],
    ['resolved', false, 'reopen', 'open'],
    ['waiting', true, 'reopen', 'impossible'],
    ['in_progress', true, 'reopen', 'already there'],
    ['waiting', true, 'snooze', 'waiting'],
    ['resolved', true, 'snooze', 'impossible'],
    ['resolved', true, 'hand over', 'impossible'],
  ]
  it.each(cases)('%s (owner: %s), %s → %s', (state, owned, verb, expected) => {
    const moved = moveTicket({ state, ownerId: owned ? 'a' : null }, verb)
    expect(moved.kind === 'moved' ? moved.state : moved.kind).toBe(expected)
  })

  it('every verb has a permission and an event, and says something of every state', () => {
    for (const verb of verbs) {
      expect(ticketMoves[verb].permission).toMatch(/^tickets\./)
      for (const state of ticketStates) expect(() => moveTicket({ state, ownerId: null }, verb)).not.toThrow()
    }
  })
})

it('waits since the first message of the turn, in any order of events', () => {
  const events = [
    { kind: 'opened', at: at(0) },
    { kind: 'answered', at: at(5) },
    { kind: 'customer wrote', at: at(7) },
    { kind: 'customer wrote', at: at(9) },
    { kind: 'noted', at: at(10) },
  ]
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: events.length }), shuffled => {
      expect(waitingSince(shuffled)).toEqual(at(7))
    }),
  )
  expect(waitingSince([...events, { kind: 'waiting', at: at(11) }])).toBeNull()
  expect(waitingSince([{ kind: 'opened', at: at(0) }])).toEqual(at(0))
})

it('is due with the earliest clock that runs', () => {
  expect(
    soonestDue([
      { dueAt: at(9), stoppedAt: at(1) },
      { dueAt: at(20), stoppedAt: null },
    ]),
  ).toEqual(at(20))
  expect(soonestDue([{ dueAt: null, stoppedAt: null }])).toBeNull()
})

describe('next action', () => {
  const ticket = { state: 'open' as TicketState, snoozedAt: null, snoozedUntil: null, dueAt: at(30), stateAt: at(0) }
  const task = { id: 't', title: 'Llamar', dueAt: at(10), doneAt: null }
  it('is the earlier of answer and task', () => {
    expect(nextAction(ticket, [], null)).toEqual({ kind: 'reply', at: at(30) })
    expect(nextAction(ticket, [task], null)).toMatchObject({ kind: 'task', at: at(10) })
    expect(nextAction(ticket, [{ ...task, doneAt: at(1) }], null)).toMatchObject({ kind: 'reply' })
    expect(nextAction(ticket, [{ ...task, dueAt: at(40) }], null)).toMatchObject({ kind: 'reply' })
  })
  it('is to wake, whatever else is due', () => {
    expect(nextAction({ ...ticket, snoozedAt: at(1), snoozedUntil: null }, [task], null)).toEqual({
      kind: 'wake',
      at: null,
    })
  })
  it('is to follow up while the customer is silent', () => {
    const waiting = { ...ticket, state: 'waiting' as TicketState }
    expect(nextAction(waiting, [], null)).toEqual({ kind: 'follow up', at: null })
    expect(nextAction(waiting, [], 2)).toEqual({ kind: 'follow up', at: new Date(at(0).getTime() + 2 * 86_400_000) })
    expect(nextAction({ ...ticket, state: 'resolved' }, [task], 2)).toBeNull()
  })
})
