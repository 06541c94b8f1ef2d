import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Calendar } from '../../src/core/business-hours.ts'
import {
  type Clock,
  type ClockKind,
  foldClocks,
  type SlaEvent,
  type SlaEventKind,
  type SlaPolicy,
  slaEventKinds,
} from '../../src/core/sla.ts'

/** Minutes after 10:00 on a Monday. */
const at = (minutes: number) => new Date(Date.parse('2026-05-04T10:00:00Z') + minutes * 60_000)
const event = (kind: SlaEventKind, minutes: number): SlaEvent => ({ kind, at: at(minutes) })
const policy: SlaPolicy = {
  id: 'p',
  name: 'Estándar',
  frtMinutes: 15,
  nrtMinutes: 30,
  ttrMinutes: 120,
  pauseWhileWaiting: true,
  warnAt: 0.8,
}

type Story = [SlaEventKind, number][]
/** What is expected, in minutes. */
type Expected = {
  started?: number
  due?: number | null
  warn?: number | null
  paused?: number | null
  stopped?: number | null
  breached?: number | null
}

function clockOf(kind: ClockKind, story: Story, rules: SlaPolicy = policy, calendar: Calendar | null = null) {
  const events = story.map(([what, minutes]) => event(what, minutes))
  return foldClocks(rules, calendar, events).findLast(clock => clock.kind === kind)
}

function inMinutes(clock: Clock): Required<Expected> {
  const of = (instant: Date | null) => instant && (instant.getTime() - at(0).getTime()) / 60_000
  return {
    started: of(clock.startedAt) ?? Number.NaN,
    due: of(clock.dueAt),
    warn: of(clock.warnAt),
    paused: of(clock.pausedAt),
    stopped: of(clock.stoppedAt),
    breached: of(clock.breachedAt),
  }
}

const none = { paused: null, stopped: null, breached: null }

describe('first response', () => {
  it.each<[string, Story, Expected]>([
    ['runs from the opening', [['opened', 0]], { started: 0, due: 15, warn: 12, ...none }],
    [
      'stops with the first answer',
      [
        ['opened', 0],
        ['answered', 10],
        ['answered', 20],
      ],
      { ...none, due: null, warn: null, stopped: 10 },
    ],
    [
      'stops in time at the very deadline',
      [
        ['opened', 0],
        ['answered', 15],
      ],
      { ...none, due: null, warn: 12, stopped: 15 },
    ],
    [
      'is breached by an answer too late, at the instant of the deadline',
      [
        ['opened', 0],
        ['answered', 16],
      ],
      { ...none, due: 15, warn: 12, stopped: 16, breached: 15 },
    ],
    [
      'does not stand still while the customer writes more or is waited for',
      [
        ['opened', 0],
        ['customer wrote', 3],
        ['waiting', 5],
        ['resumed', 9],
      ],
      { ...none, due: 15, warn: 12 },
    ],
    [
      'is not stopped by an answer from before the opening',
      [
        ['answered', -5],
        ['opened', 0],
      ],
      { ...none, started: 0, due: 15 },
    ],
    [
      'stops with a resolution without an answer',
      [
        ['opened', 0],
        ['resolved', 5],
      ],
      { ...none, due: null, stopped: 5 },
    ],
    [
      'does not begin again with a reopening',
      [
        ['opened', 0],
        ['answered', 5],
        ['resolved', 6],
        ['reopened', 50],
      ],
      { ...none, due: null, stopped: 5 },
    ],
  ])('%s', (_, story, expected) => {
    const clock = clockOf('frt', story)
    expect(clock && inMinutes(clock)).toMatchObject(expected)
  })
})

describe('next response', () => {
  it.each<[string, Story, Expected | null]>([
    ['there is none before the first answer', [['opened', 0]], null],
    [
      'the customer writing again before it changes nothing',
      [
        ['opened', 0],
        ['customer wrote', 5],
      ],
      null,
    ],
    [
      'there is none while the customer is silent',
      [
        ['opened', 0],
        ['answered', 5],
      ],
      null,
    ],
    [
      'runs from the first message of the turn',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 40],
        ['customer wrote', 50],
      ],
      { ...none, started: 40, due: 70, warn: 64 },
    ],
    [
      'stops with the answer',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 40],
        ['answered', 60],
      ],
      { ...none, started: 40, due: null, stopped: 60 },
    ],
    [
      'is of the latest turn',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 40],
        ['answered', 80],
        ['customer wrote', 100],
      ],
      { ...none, started: 100, due: 130 },
    ],
    [
      'keeps its breach until the next turn',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 40],
        ['answered', 80],
      ],
      { ...none, started: 40, due: 70, stopped: 80, breached: 70 },
    ],
    [
      'does not stand still while somebody is waited for by hand',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 40],
        ['waiting', 45],
      ],
      { ...none, started: 40, due: 70 },
    ],
    [
      'stops with the resolution',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 40],
        ['resolved', 50],
      ],
      { ...none, started: 40, due: null, stopped: 50 },
    ],
    [
      'there is none after a resolution without an answer: nobody has answered yet',
      [
        ['opened', 0],
        ['resolved', 5],
        ['reopened', 50],
        ['customer wrote', 50],
      ],
      null,
    ],
    [
      'runs again when the customer reopens',
      [
        ['opened', 0],
        ['answered', 5],
        ['resolved', 10],
        ['reopened', 200],
        ['customer wrote', 200],
      ],
      { ...none, started: 200, due: 230 },
    ],
  ])('%s', (_, story, expected) => {
    const clock = clockOf('nrt', story)
    if (expected === null) expect(clock).toBeUndefined()
    else expect(clock && inMinutes(clock)).toMatchObject(expected)
  })
})

describe('resolution', () => {
  const pausing: Story = [
    ['opened', 0],
    ['answered', 30],
  ]
  it.each<[string, Story, Expected]>([
    ['runs from the opening', [['opened', 0]], { ...none, started: 0, due: 120, warn: 96 }],
    ['stands still after an answer', pausing, { ...none, due: null, warn: null, paused: 30 }],
    [
      'goes on with the customer, later by the pause',
      [...pausing, ['customer wrote', 530]],
      { ...none, due: 620, warn: 596 },
    ],
    [
      'stands still and goes on by hand',
      [
        ['opened', 0],
        ['waiting', 10],
        ['resumed', 60],
      ],
      { ...none, due: 170 },
    ],
    [
      'a second answer does not lengthen the pause',
      [...pausing, ['answered', 50], ['customer wrote', 130]],
      { ...none, due: 220 },
    ],
    ['stops with the resolution', [...pausing, ['resolved', 40]], { ...none, due: null, stopped: 40 }],
    [
      'stopped, it is not stopped again',
      [
        ['opened', 0],
        ['resolved', 10],
        ['resolved', 20],
      ],
      { ...none, due: null, stopped: 10 },
    ],
    [
      'goes on after a reopening with what was left',
      [
        ['opened', 0],
        ['resolved', 100],
        ['reopened', 500],
      ],
      { ...none, due: 520, warn: 96 },
    ],
    [
      'a message that leaves the ticket resolved does not start it',
      [
        ['opened', 0],
        ['resolved', 100],
        ['customer wrote', 500],
      ],
      { ...none, due: null, stopped: 100 },
    ],
    [
      'resolved a minute too late, is breached at its deadline',
      [
        ['opened', 0],
        ['resolved', 121],
      ],
      { ...none, due: 120, stopped: 121, breached: 120 },
    ],
    [
      'resolved at the very deadline, is not breached',
      [
        ['opened', 0],
        ['resolved', 120],
      ],
      { ...none, due: null, stopped: 120 },
    ],
    [
      'a breach while running stays one through a later pause',
      [
        ['opened', 0],
        ['answered', 150],
      ],
      { ...none, due: 120, paused: 150, breached: 120 },
    ],
    [
      'a breach stays where it was when the clock goes on',
      [
        ['opened', 0],
        ['answered', 150],
        ['customer wrote', 400],
      ],
      { ...none, due: 120, breached: 120 },
    ],
    [
      'a deadline that would have passed during the pause is none',
      [
        ['opened', 0],
        ['answered', 119],
        ['customer wrote', 1000],
        ['resolved', 1001],
      ],
      { ...none, due: null, stopped: 1001 },
    ],
  ])('%s', (_, story, expected) => {
    const clock = clockOf('ttr', story)
    expect(clock && inMinutes(clock)).toMatchObject(expected)
  })

  it('does not stand still where the policy says so', () => {
    const clock = clockOf('ttr', [...pausing, ['waiting', 40]], { ...policy, pauseWhileWaiting: false })
    expect(clock && inMinutes(clock)).toMatchObject({ ...none, due: 120 })
  })
})

it('has no clocks without an opening, nor for what is not promised', () => {
  expect(foldClocks(policy, null, [event('answered', 1)])).toEqual([])
  const events = [event('opened', 0), event('answered', 1), event('customer wrote', 2)]
  const kinds = (rules: SlaPolicy) => foldClocks(rules, null, events).map(clock => clock.kind)
  expect(kinds(policy)).toEqual(['frt', 'nrt', 'ttr'])
  expect(kinds({ ...policy, nrtMinutes: null })).toEqual(['frt', 'ttr'])
  expect(kinds({ ...policy, frtMinutes: null, nrtMinutes: null, ttrMinutes: null })).toEqual([])
})

it('keeps a clock without a deadline where the calendar never opens', () => {
  const clock = clockOf('frt', [['opened', 0]], policy, { timeZone: 'UTC', week: {}, holidays: [] })
  expect(clock && inMinutes(clock)).toMatchObject({ ...none, started: 0, due: null, warn: null })
})

it('counts in working time', () => {
  const calendar: Calendar = {
    timeZone: 'UTC',
    week: { '1': [['09:00', '10:10']], '2': [['09:00', '18:00']] },
    holidays: [],
  }
  const clock = clockOf('frt', [['opened', 0]], policy, calendar)
  expect(clock?.dueAt).toEqual(new Date('2026-05-05T09:05:00Z'))
  expect(clock?.warnAt).toEqual(new Date('2026-05-05T09:02:00Z'))
  // Answered before Tuesday's opening: only Monday's ten minutes count.
  const answered = clockOf(
    'frt',
    [
      ['opened', 0],
      ['answered', 20 * 60],
    ],
    policy,
    calendar,
  )
  expect(answered?.breachedAt).toBeNull()
})

describe('properties', () => {
  const calendar = fc.constantFrom<Calendar | null>(null, {
    timeZone: 'Europe/Madrid',
    week: {
      '1': [
        ['09:00', '14:00'],
        ['16:00', '19:00'],
      ],
      '2': [['09:00', '14:00']],
    },
    holidays: [],
  })
  const happening = fc
    .tuple(fc.constantFrom(...slaEventKinds), fc.integer({ min: 0, max: 40 }))
    .map(([kind, tens]) => event(kind, tens * 10))
  const events = fc.array(happening, { maxLength: 12 })
  const rules = fc.boolean().map(pauseWhileWaiting => ({ ...policy, pauseWhileWaiting }))
  const shuffled = events.chain(list =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
  )

  it('the clocks do not depend on the order in which events arrive', () => {
    fc.assert(
      fc.property(rules, calendar, shuffled, (rule, hours, [ordered, disordered]) => {
        expect(foldClocks(rule, hours, disordered)).toEqual(foldClocks(rule, hours, ordered))
      }),
      { numRuns: 500 },
    )
  })

  it('an event heard twice changes nothing', () => {
    fc.assert(
      fc.property(rules, calendar, events, (rule, hours, list) => {
        expect(foldClocks(rule, hours, [...list, ...list])).toEqual(foldClocks(rule, hours, list))
      }),
    )
  })

  it('a clock is running, standing still or stopped, and breached only at its deadline and before it ended', () => {
    fc.assert(
      fc.property(rules, calendar, events, (rule, hours, list) => {
        for (const clock of foldClocks(rule, hours, list)) {
          expect(clock.pausedAt && clock.stoppedAt).toBeNull()
          if (clock.breachedAt) {
            expect(clock.breachedAt).toEqual(clock.dueAt)
            const latest = Math.max(...list.map(item => item.at.getTime()))
            expect(clock.breachedAt.getTime()).toBeLessThan(latest)
          }
          if ((clock.pausedAt || clock.stoppedAt) && !clock.breachedAt) expect(clock.dueAt).toBeNull()
          if (clock.dueAt && clock.warnAt) expect(clock.warnAt <= clock.dueAt).toBe(true)
        }
      }),
    )
  })
})

it('leaves the events as they were', () => {
  const events = [event('answered', 5), event('opened', 0)]
  foldClocks(policy, null, events)
  expect(events.map(item => item.kind)).toEqual(['answered', 'opened'])
})
