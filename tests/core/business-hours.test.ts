import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addWorkingMs,
  type Calendar,
  calendarShape,
  isOpen,
  nextOpening,
  withHolidays,
  workingMs,
} from '../../src/core/business-hours.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Blocks = [string, string][]
const every = (blocks: Blocks): Calendar['week'] =>
  Object.fromEntries(['1', '2', '3', '4', '5', '6', '7'].map(day => [day, blocks]))

/** Monday to Friday with a midday break, Saturday morning. */
const office: Blocks = [
  ['09:00', '14:00'],
  ['16:00', '19:00'],
]
const mexico: Calendar = {
  timeZone: 'America/Mexico_City',
  week: { '1': office, '2': office, '3': office, '4': office, '5': office, '6': [['10:00', '13:30']] },
  holidays: ['2026-11-16', '2026-12-25'],
}

describe('is open', () => {
  // Mexico City is six hours behind UTC, all year.
  it.each([
    ['the first instant of a block', '2026-11-03T15:00:00Z', true],
    ['a millisecond before', '2026-11-03T14:59:59.999Z', false],
    ['the last millisecond of a block', '2026-11-03T19:59:59.999Z', true],
    ['the end of a block', '2026-11-03T20:00:00Z', false],
    ['the midday break', '2026-11-03T21:00:00Z', false],
    ['the second block', '2026-11-03T22:00:00Z', true],
    ['Saturday by its own hours', '2026-11-07T17:00:00Z', true],
    ['Saturday afternoon', '2026-11-07T22:30:00Z', false],
    ['Sunday', '2026-11-08T17:00:00Z', false],
    ['a holiday', '2026-11-16T17:00:00Z', false],
    ['the day after the holiday', '2026-11-17T17:00:00Z', true],
    ['the local day counts, not the one in Greenwich', '2026-11-07T00:30:00Z', true],
  ])('%s: %s %s', (_, at, open) => {
    expect(isOpen(mexico, new Date(at))).toBe(open)
  })

  it('without a calendar, always', () => {
    expect(isOpen(null, new Date('2026-12-25T03:00:00Z'))).toBe(true)
  })
})

describe('working time', () => {
  it.each([
    ['within a block', mexico, '2026-11-03T15:30:00Z', '2026-11-03T16:00:00Z', 30 * MINUTE],
    ['over the midday break', mexico, '2026-11-03T19:55:00Z', '2026-11-03T22:10:00Z', 15 * MINUTE],
    ['over the weekend', mexico, '2026-11-07T00:00:00Z', '2026-11-09T16:00:00Z', (1 + 3.5 + 1) * HOUR],
    ['over a holiday', mexico, '2026-11-14T19:00:00Z', '2026-11-17T15:30:00Z', HOUR],
    ['backwards', mexico, '2026-11-03T16:00:00Z', '2026-11-03T15:30:00Z', 0],
    ['none', mexico, '2026-11-03T16:00:00Z', '2026-11-03T16:00:00Z', 0],
    ['a week', mexico, '2026-11-02T06:00:00Z', '2026-11-09T06:00:00Z', (5 * 8 + 3.5) * HOUR],
    ['without a calendar', null, '2026-11-08T00:00:00Z', '2026-11-09T00:00:00Z', 24 * HOUR],
  ])('%s', (_, calendar, from, to, ms) => {
    expect(workingMs(calendar, new Date(from), new Date(to))).toBe(ms)
  })

  it.each([
    ['within a block', mexico, '2026-11-03T15:30:00Z', 30 * MINUTE, '2026-11-03T16:00:00Z'],
    ['to the very end of a block', mexico, '2026-11-03T19:00:00Z', HOUR, '2026-11-03T20:00:00Z'],
    ['over the midday break', mexico, '2026-11-03T19:55:00Z', 15 * MINUTE, '2026-11-03T22:10:00Z'],
    ['from the night', mexico, '2026-11-03T06:00:00Z', 15 * MINUTE, '2026-11-03T15:15:00Z'],
    ['from Saturday evening', mexico, '2026-11-08T02:00:00Z', MINUTE, '2026-11-09T15:01:00Z'],
    ['over a holiday', mexico, '2026-11-14T19:00:00Z', HOUR, '2026-11-17T15:30:00Z'],
    ['nothing, from the night: when it opens', mexico, '2026-11-03T06:00:00Z', 0, '2026-11-03T15:00:00Z'],
    ['without a calendar', null, '2026-11-08T00:00:00Z', HOUR, '2026-11-08T01:00:00Z'],
  ])('a deadline %s', (_, calendar, from, ms, due) => {
    expect(addWorkingMs(calendar, new Date(from), ms)).toEqual(new Date(due))
  })

  it('has no deadline where it never opens', () => {
    const closed: Calendar = { timeZone: 'Europe/Madrid', week: {}, holidays: [] }
    expect(addWorkingMs(closed, new Date('2026-11-03T15:30:00Z'), 1)).toBeNull()
    expect(workingMs(closed, new Date('2026-11-03T00:00:00Z'), new Date('2026-12-03T00:00:00Z'))).toBe(0)
  })

  it('counts the hours once where blocks overlap, in whatever order they are written', () => {
    const blocks: Blocks = [
      ['13:00', '18:00'],
      ['09:00', '14:00'],
      ['10:00', '11:00'],
    ]
    const calendar: Calendar = { timeZone: 'Europe/Madrid', week: every(blocks), holidays: [] }
    const [from, to] = [new Date('2026-05-04T00:00:00Z'), new Date('2026-05-05T00:00:00Z')]
    expect(workingMs(calendar, from, to)).toBe(9 * HOUR)
    expect(addWorkingMs(calendar, from, 9 * HOUR)).toEqual(new Date('2026-05-04T16:00:00Z'))
  })
})

describe('when the clock changes', () => {
  const zone = (timeZone: string, blocks: Blocks): Calendar => ({ timeZone, week: every(blocks), holidays: [] })
  const day: Blocks = [['00:00', '24:00']]
  const shop: Blocks = [['09:00', '18:00']]
  const bar: Blocks = [
    ['00:00', '03:00'],
    ['20:00', '24:00'],
  ]

  it.each([
    ['Madrid, forward: a day of 23 hours', 'Europe/Madrid', day, '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
    ['Madrid, back: a day of 25 hours', 'Europe/Madrid', day, '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
    ['Madrid, forward: office hours as ever', 'Europe/Madrid', shop, '2026-03-28T23:00Z', '2026-03-29T22:00Z', 9],
    ['Madrid, back: office hours as ever', 'Europe/Madrid', shop, '2026-10-24T22:00Z', '2026-10-25T23:00Z', 9],
    ['Madrid, forward: the night is an hour short', 'Europe/Madrid', bar, '2026-03-28T19:00Z', '2026-03-29T02:00Z', 6],
    ['Madrid, back: the night is an hour long', 'Europe/Madrid', bar, '2026-10-24T18:00Z', '2026-10-25T03:00Z', 8],
    // Brazil changed its clocks at midnight until 2019: that day began at 01:00.
    ['São Paulo, forward at midnight', 'America/Sao_Paulo', day, '2018-11-04T03:00Z', '2018-11-05T02:00Z', 23],
    [
      'São Paulo, forward: office hours as ever',
      'America/Sao_Paulo',
      shop,
      '2018-11-04T03:00Z',
      '2018-11-05T02:00Z',
      9,
    ],
    ['São Paulo, back at midnight', 'America/Sao_Paulo', day, '2019-02-16T02:00Z', '2019-02-17T03:00Z', 25],
    ['São Paulo today: no change', 'America/Sao_Paulo', day, '2026-11-01T03:00Z', '2026-11-02T03:00Z', 24],
    ['Mexico City, forward, until 2022', 'America/Mexico_City', day, '2022-04-03T06:00Z', '2022-04-04T05:00Z', 23],
    ['Mexico City, back, until 2022', 'America/Mexico_City', day, '2022-10-30T05:00Z', '2022-10-31T06:00Z', 25],
    ['Santiago, back', 'America/Santiago', day, '2026-04-04T03:00Z', '2026-04-05T04:00Z', 25],
    ['Santiago, forward at midnight', 'America/Santiago', day, '2026-09-06T04:00Z', '2026-09-07T03:00Z', 23],
    ['Santiago, forward: office hours as ever', 'America/Santiago', shop, '2026-09-06T04:00Z', '2026-09-07T03:00Z', 9],
    ['Mexico City today: no change', 'America/Mexico_City', day, '2026-04-05T06:00Z', '2026-04-06T06:00Z', 24],
  ])('%s', (_, timeZone, blocks, from, to, hours) => {
    const calendar = zone(timeZone, blocks)
    expect(workingMs(calendar, new Date(from), new Date(to)) / HOUR).toBe(hours)
    // The deadline of so many hours is when the last of them ends.
    const due = addWorkingMs(calendar, new Date(from), hours * HOUR)
    expect(due && workingMs(calendar, due, new Date(to))).toBe(0)
  })

  it('opens at the same hour of the clock on both sides of the change', () => {
    const calendar = zone('Europe/Madrid', shop)
    const due = (from: string) => addWorkingMs(calendar, new Date(from), 0)?.toISOString()
    expect(due('2026-03-28T00:00Z')).toBe('2026-03-28T08:00:00.000Z')
    expect(due('2026-03-29T00:00Z')).toBe('2026-03-29T07:00:00.000Z')
    expect(due('2026-10-25T00:00Z')).toBe('2026-10-25T08:00:00.000Z')
  })

  it('counts once a block that the missing hour pushes into the next', () => {
    const blocks: Blocks = [
      ['01:00', '02:30'],
      ['03:00', '05:00'],
    ]
    const span = [new Date('2026-03-28T23:00Z'), new Date('2026-03-29T22:00Z')] as const
    // 01:00 to 02:00, then 03:00 to 05:00: there is no 02:30.
    expect(workingMs(zone('Europe/Madrid', blocks), ...span) / HOUR).toBe(3)
  })

  it('runs through midnight where one day ends at 24:00 and the next begins at 00:00', () => {
    const calendar = zone('Europe/Madrid', bar)
    expect(addWorkingMs(calendar, new Date('2026-05-04T21:30:00Z'), HOUR)).toEqual(new Date('2026-05-04T22:30:00Z'))
    expect(isOpen(calendar, new Date('2026-05-04T22:00:00Z'))).toBe(true)
  })
})

describe('properties', () => {
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  const block = fc
    .uniqueArray(fc.integer({ min: 0, max: 24 * 60 }), { minLength: 2, maxLength: 2 })
    .map(([a = 0, b = 0]): [string, string] => [clock(Math.min(a, b)), clock(Math.max(a, b))])
  const calendar = fc.record({
    timeZone: fc.constantFrom('Europe/Madrid', 'America/Sao_Paulo', 'America/Mexico_City', 'Asia/Kolkata', 'UTC'),
    week: fc
      .dictionary(fc.constantFrom('1', '2', '3', '4', '5', '6', '7'), fc.array(block, { maxLength: 3 }))
      .map(week => ({ ...week, '3': [['10:00', '12:00'] as [string, string]] })),
    holidays: fc.subarray(['2018-11-04', '2026-03-29', '2026-10-25', '2026-11-03']),
  })
  /** Around changes of the clock as much as anywhere. */
  const instants = fc
    .tuple(
      fc.constantFrom('2018-11-03T00:00Z', '2019-02-15T00:00Z', '2026-03-27T00:00Z', '2026-10-23T00:00Z'),
      fc.array(fc.integer({ min: 0, max: 6 * 24 * HOUR }), { minLength: 3, maxLength: 3 }),
    )
    .map(([day, ms]) => ms.toSorted((a, b) => a - b).map(after => new Date(Date.parse(day) + after)))
    .map(list => list as [Date, Date, Date])
  const instant = instants.map(([first]) => first)
  const duration = fc.integer({ min: 0, max: 40 * HOUR })

  it('the deadline is so much working time away, and no earlier instant is', () => {
    fc.assert(
      fc.property(calendar, instant, duration, (hours, from, ms) => {
        const due = addWorkingMs(hours, from, ms)
        if (!due) throw new Error('opens every Wednesday')
        expect(workingMs(hours, from, due)).toBe(ms)
        if (ms > 0) expect(workingMs(hours, from, new Date(due.getTime() - 1))).toBe(ms - 1)
      }),
      { numRuns: 300 },
    )
  })

  it('working time adds up', () => {
    fc.assert(
      fc.property(calendar, instants, (hours, [a, b, c]) => {
        expect(workingMs(hours, a, b) + workingMs(hours, b, c)).toBe(workingMs(hours, a, c))
      }),
      { numRuns: 300 },
    )
  })

  it('a millisecond is working time exactly when it is open', () => {
    fc.assert(
      fc.property(calendar, instant, (hours, at) => {
        expect(workingMs(hours, at, new Date(at.getTime() + 1))).toBe(isOpen(hours, at) ? 1 : 0)
      }),
      { numRuns: 300 },
    )
  })
})

it('is refused at the door when it holds what cannot be', () => {
  const holds = (change: object) => calendarShape.safeParse({ ...mexico, ...change }).success
  expect(holds({})).toBe(true)
  expect(holds({ week: { '1': [['20:00', '24:00']] } })).toBe(true)
  expect(holds({ week: { '1': [['14:00', '09:00']] } })).toBe(false)
  expect(holds({ week: { '1': [['9:00', '14:00']] } })).toBe(false)
  expect(holds({ week: { '1': [['09:00', '24:30']] } })).toBe(false)
  expect(holds({ week: { '1': [['09:00', '09:00']] } })).toBe(false)
  expect(holds({ holidays: ['25/12/2026'] })).toBe(false)
})

describe('holidays of a country', () => {
  const christmas = { date: '2026-12-25', name: 'Navidad', country: 'MX' }

  it('close as days of one’s own do', () => {
    const calendar = withHolidays({ ...mexico, holidays: [] }, 'MX', 2026, [christmas])
    expect(isOpen(calendar, new Date('2026-12-25T17:00:00Z'))).toBe(false)
    expect(isOpen(calendar, new Date('2026-12-24T17:00:00Z'))).toBe(true)
  })

  it('take the place of those of the same country and year, and of no others', () => {
    const madrid = { date: '2026-05-02', name: 'Comunidad de Madrid', country: 'ES-MD' }
    const last = { date: '2025-12-25', name: 'Navidad', country: 'MX' }
    const before = { ...mexico, holidays: ['2026-12-24', madrid, last, { ...christmas, name: 'Xmas' }] }
    expect(withHolidays(before, 'MX', 2026, [christmas]).holidays).toEqual(['2026-12-24', madrid, last, christmas])
  })
})

it('opens next when the next block begins', () => {
  const next = (from: string) => nextOpening(mexico, new Date(from))?.toISOString()
  expect(next('2026-11-03T15:30:00Z')).toBe('2026-11-03T15:30:00.000Z')
  expect(next('2026-11-03T20:30:00Z')).toBe('2026-11-03T22:00:00.000Z')
  expect(next('2026-11-15T20:30:00Z')).toBe('2026-11-17T15:00:00.000Z')
  expect(nextOpening({ timeZone: 'UTC', week: {}, holidays: [] }, new Date('2026-11-03T15:30:00Z'))).toBeNull()
})
