/** Of a handful of events every order is tried, of many some: deadlines, breaches, pauses and what people read are the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Calendar } from '../../src/core/business-hours.ts'
import { explainClocks } from '../../src/core/explain-sla.ts'
import {
  clocksAt,
  foldClocks,
  pausesOf,
  policyFor,
  type SlaEvent,
  type SlaEventKind,
  type SlaPolicy,
  slaEventKinds,
} from '../../src/core/sla.ts'

const policy: SlaPolicy = {
  ...{
    id: 'p',
    name: 'Estándar',
    frtMinutes: 15,
    nrtMinutes: 30,
    ttrMinutes: 240,
    pauseWhileWaiting: true,
    warnAt: 0.8,
  },
}

/** With a midday break and a holiday on Tuesday. */
const office: Calendar = {
  timeZone: 'America/Mexico_City',
  week: Object.fromEntries(
    ['1', '2', '3', '4', '5'].map(day => [
      day,
      [
        ['09:00', '14:00'],
        ['16:00', '19:00'],
      ],
    ]),
  ),
  holidays: ['2026-11-03', { date: '2026-11-16', name: 'Día de la Revolución', country: 'MX' }],
}

/** Minutes after 10:00 on Monday, 2 November 2026, in Mexico City. */
const at = (minutes: number) => new Date(Date.parse('2026-11-02T16:00:00Z') + minutes * 60_000)
const DAY = 24 * 60
type Story = [SlaEventKind, number][]
const eventsOf = (story: Story): SlaEvent[] => story.map(([kind, minutes]) => ({ kind, at: at(minutes) }))

/** All that people are told of a ticket. */
function report(events: SlaEvent[], until: Date) {
  const clocks = clocksAt(policy, office, events, until)
  const pauses = pausesOf(policy, events)
  const lines = explainClocks(clocks, pauses, 'es', office.timeZone)
  const breached = clocks.filter(clock => clock.breachedAt).map(clock => `${clock.kind} ${clock.turn}`)
  return { clocks, pauses, lines, breached }
}

function* permutations<T>(list: T[]): Generator<T[]> {
  if (list.length < 2) yield list
  for (let n = 0; list.length > 1 && n < list.length; n++) {
    const [head, rest] = [list[n] as T, [...list.slice(0, n), ...list.slice(n + 1)]]
    for (const tail of permutations(rest)) yield [head, ...tail]
  }
}

describe('every order of seven events', () => {
  it.each<[string, Story, string[]]>([
    [
      'two turns, the second answered late',
      [
        ['opened', 0],
        ['answered', 10],
        ['customer wrote', 20],
        ['answered', 40],
        ['customer wrote', 50],
        ['answered', 120],
        ['resolved', 130],
      ],
      ['nrt 1'],
    ],
    [
      'over the midday break, the night and the holiday',
      [
        ['opened', 235],
        ['answered', 365],
        ['customer wrote', 500],
        ['answered', 2 * DAY],
        ['waiting', 2 * DAY],
        ['resumed', 2 * DAY + 10],
        ['resolved', 3 * DAY],
      ],
      ['nrt 0', 'ttr 0'],
    ],
    [
      'resolved, reopened, and answered by several at one instant',
      [
        ['opened', 0],
        ['resolved', 30],
        ['reopened', 60],
        ['customer wrote', 60],
        ['answered', 60],
        ['answered', 60],
        ['customer wrote', 200],
      ],
      ['frt 0', 'nrt 0', 'ttr 0'],
    ],
    [
      'written before the opening, as far as we knew',
      [
        ['opened', 0],
        ['opened', 5],
        ['customer wrote', 5],
        ['answered', 14],
        ['customer wrote', 15],
        ['resolved', 15],
        ['reopened', 16],
      ],
      ['ttr 0'],
    ],
  ])('%s', (_, story, breached) => {
    const events = eventsOf(story)
    const until = at(10 * DAY)
    const expected = report(events, until)
    expect(expected.breached).toEqual(breached)
    const folded = JSON.stringify(foldClocks(policy, office, events))
    let count = 0
    for (const order of permutations(events)) {
      // A matcher for each of 5,040 would be most of the work, and so would their sentences.
      const isSame = JSON.stringify(foldClocks(policy, office, order)) === folded
      if (!isSame || count++ % 100 === 0) expect(report(order, until)).toEqual(expected)
    }
    expect(count).toBe(5040)
  })
})

const happening = fc
  .tuple(fc.constantFrom(...slaEventKinds), fc.integer({ min: 0, max: 600 }))
  .map(([kind, tens]) => ({ kind, at: at(tens * 10) }))
const history = fc.array(happening, { minLength: 8, maxLength: 25 })

it('some orders of many events', () => {
  const shuffled = history.chain(list =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
  )
  fc.assert(
    fc.property(shuffled, ([ordered, disordered]) => {
      expect(report(disordered, at(5 * DAY))).toEqual(report(ordered, at(5 * DAY)))
    }),
    { numRuns: 300 },
  )
})

it('the clocks of a past instant are those that were seen then, whatever came later', () => {
  const instant = fc.integer({ min: 0, max: 6_000 }).map(at)
  fc.assert(
    fc.property(history, instant, (events, then) => {
      // As it was lived: event after event, with a look at the clock each minute.
      const heard = events.filter(event => event.at <= then)
      const lived = foldClocks(policy, office, heard).map(clock =>
        !clock.stoppedAt && !clock.breachedAt && clock.dueAt && clock.dueAt <= then
          ? { ...clock, breachedAt: clock.dueAt }
          : clock,
      )
      expect(clocksAt(policy, office, events, then)).toEqual(lived)
    }),
  )
})

it('a breach that was seen is never taken back by what happens later', () => {
  const instants = fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 1_000 }))
  fc.assert(
    fc.property(history, instants, (events, [first, more]) => {
      const seen = (minutes: number) =>
        clocksAt(policy, office, events, at(minutes)).flatMap(({ kind, turn, breachedAt }) =>
          breachedAt ? [`${kind} ${turn} ${breachedAt.toISOString()}`] : [],
        )
      expect(seen(first + more)).toEqual(expect.arrayContaining(seen(first)))
    }),
  )
})

it('a deadline at the close of a day is missed by an answer after it, not by one at that instant', () => {
  // Thursday, 18:30: half an hour is over at 19:00, when the office closes.
  const asked = 3 * DAY + 510
  const breachOf = (answeredAfter: number) => {
    const story: Story = [
      ['opened', 0],
      ['answered', 1],
      ['customer wrote', asked],
      ['answered', asked + answeredAfter],
    ]
    const clocks = clocksAt(policy, office, eventsOf(story), at(5 * DAY))
    return clocks.find(({ kind }) => kind === 'nrt')?.breachedAt ?? null
  }
  expect(breachOf(30)).toBeNull()
  expect(breachOf(40)).toEqual(at(asked + 30))
  expect(breachOf(24 * 60)).toEqual(at(asked + 30))
})

describe('pauses', () => {
  it.each<[string, Story, [number, number | null, string][]]>([
    ['none', [['opened', 0]], []],
    [
      'after an answer',
      [
        ['opened', 0],
        ['answered', 5],
      ],
      [[5, null, 'waiting on customer']],
    ],
    [
      'until the customer writes',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 30],
      ],
      [[5, 30, 'waiting on customer']],
    ],
    [
      'between resolution and reopening',
      [
        ['opened', 0],
        ['resolved', 5],
        ['reopened', 30],
      ],
      [[5, 30, 'resolved']],
    ],
    [
      'not after the end',
      [
        ['opened', 0],
        ['answered', 5],
        ['resolved', 30],
      ],
      [],
    ],
    [
      'each of several',
      [
        ['opened', 0],
        ['answered', 5],
        ['customer wrote', 10],
        ['waiting', 20],
        ['resumed', 25],
      ],
      [
        [5, 10, 'waiting on customer'],
        [20, 25, 'waiting on customer'],
      ],
    ],
  ])('%s', (_, story, expected) => {
    const minutes = (instant: Date | null) => instant && (instant.getTime() - at(0).getTime()) / 60_000
    const pauses = pausesOf(policy, eventsOf(story))
    expect(pauses.map(({ from, to, because }) => [minutes(from), minutes(to), because])).toEqual(expected)
  })
})

it('says what the clocks did, line by line, in three languages', () => {
  const { clocks, pauses } = report(
    eventsOf([
      ['opened', 0],
      ['answered', 2],
      ['customer wrote', 130],
      ['answered', 170],
      ['customer wrote', 180],
    ]),
    at(181),
  )
  const say = (language: 'es' | 'en' | 'pt') =>
    explainClocks(clocks, pauses, language, office.timeZone).map(line => line.text)
  expect(say('es')).toEqual([
    'resolución: 240 min, vence 2 nov 18:18',
    'primera respuesta: 15 min, cumplida 2 nov 10:02',
    'en pausa 2 nov 10:02–12:10 esperando al cliente',
    'siguiente respuesta: 30 min, vencida 2 nov 12:40',
    'siguiente respuesta: cumplida tarde, 2 nov 12:50',
    'en pausa 2 nov 12:50–13:00 esperando al cliente',
    'siguiente respuesta: 30 min, vence 2 nov 13:30',
  ])
  expect(say('en')).toContain('paused Nov 2 10:02–12:10 waiting on customer')
  expect(say('pt')[2]).toMatch(/^em pausa .*10:02–12:10 esperando o cliente$/)
})

describe('the policy of a ticket', () => {
  const scope = (name: string, facts: object, position = 0) => ({ name, priority: null, position, ...facts })
  const policies = [
    scope('todos', {}),
    scope('urgente', { priority: 'urgent' }, 2),
    scope('vip', { category: 'vip' }, 1),
    scope('vip urgente', { category: 'vip', priority: 'urgent' }, 9),
    scope('ventas', { teamId: 't1' }, 3),
    scope('ventas por WhatsApp 2', { teamId: 't1', channelId: 'c2' }, 4),
  ]
  it.each<[string, object, string | undefined]>([
    ['for all others', { priority: 'low', category: 'standard' }, 'todos'],
    ['by priority', { priority: 'urgent', category: 'standard' }, 'urgente'],
    ['the one that says most', { priority: 'urgent', category: 'vip' }, 'vip urgente'],
    ['of equals the first', { priority: 'urgent', category: 'standard', teamId: 't1' }, 'urgente'],
    [
      'of equals the first again',
      { priority: 'urgent', category: 'vip', teamId: 't1', channelId: 'c2' },
      'ventas por WhatsApp 2',
    ],
    ['by team and number, nothing else fits', { teamId: 't1', channelId: 'c2' }, 'ventas por WhatsApp 2'],
  ])('%s', (_, facts, name) => {
    expect(policyFor(policies, facts)?.name).toBe(name)
    expect(policyFor(policies.toReversed(), facts)?.name).toBe(name)
  })

  it('is none where none fits', () => {
    expect(policyFor([scope('vip', { category: 'vip' })], { category: 'standard' })).toBeUndefined()
  })
})
