import { describe, expect, it } from 'vitest'
import { DEFAULT_ASSIGNMENT, type TeamFacts } from '../../src/core/assignment.ts'
import type { Calendar } from '../../src/core/business-hours.ts'
import { languages } from '../../src/core/errors.ts'
import { type EscalationStep, escalationStep, isStillWanted, stepsAfter, whoIsTold } from '../../src/core/escalation.ts'
import { nextMailTry, noticeSentence, notificationKinds } from '../../src/core/notification.ts'

/** Monday, 13:45 in Mexico City: the office closes at 14:00 and opens at 16:00. */
const at = new Date('2026-11-02T19:45:00Z')
const office: Calendar = {
  ...{ timeZone: 'America/Mexico_City', holidays: [] },
  week: {
    1: [
      ['09:00', '14:00'],
      ['16:00', '19:00'],
    ],
  },
}
const step = (facts: Partial<EscalationStep>): EscalationStep => ({
  ...escalationStep.parse({ after: 'breach', minutes: 0 }),
  ...facts,
})

describe('steps', () => {
  const chain = [
    step({ after: 'warning' }),
    step({ minutes: 30 }),
    step({ minutes: 120, clock: 'frt' }),
    step({ minutes: 10, clock: 'ttr' }),
  ]
  const due = (after: 'warning' | 'breach', clock: string, calendar: Calendar | null) =>
    stepsAfter(chain, { after, clock, at }, calendar).map(each => [each.step, each.dueAt.toISOString()])

  it.each([
    ['a warning', 'warning' as const, 'nrt', null, [[0, '2026-11-02T19:45:00.000Z']]],
    ['a breach, of any clock', 'breach' as const, 'nrt', null, [[1, '2026-11-02T20:15:00.000Z']]],
    [
      ...(['a breach of the first response', 'breach' as const, 'frt', null] as const),
      [
        [1, '2026-11-02T20:15:00.000Z'],
        [2, '2026-11-02T21:45:00.000Z'],
      ],
    ],
    [
      ...(['in the time of the policy, over the midday break', 'breach' as const, 'frt', office] as const),
      [
        [1, '2026-11-02T22:15:00.000Z'],
        [2, '2026-11-02T23:45:00.000Z'],
      ],
    ],
    ['never, where the calendar never opens', 'breach' as const, 'frt', { ...office, week: {} }, []],
  ])('%s', (_, after, clock, calendar, expected) => {
    expect(due(after, clock, calendar)).toEqual(expected)
  })

  it('are refused where they say what cannot be', () => {
    expect(escalationStep.safeParse({ after: 'breach', minutes: -1 }).success).toBe(false)
    expect(escalationStep.safeParse({ after: 'lunch', minutes: 1 }).success).toBe(false)
    expect(escalationStep.safeParse({ after: 'breach', minutes: 1, notify: ['boss'] }).success).toBe(false)
  })

  it.each<[string, string, { stoppedAt: Date | null } | undefined, boolean]>([
    ['open, running', 'open', { stoppedAt: null }, true],
    ['waiting for the customer, resolution still running', 'waiting', { stoppedAt: null }, true],
    ['answered', 'waiting', { stoppedAt: at }, false],
    ['resolved', 'resolved', { stoppedAt: null }, false],
    ['promised no more', 'open', undefined, false],
  ])('are wanted: %s', (_, state, clock, wanted) => {
    expect(isStillWanted({ state }, clock)).toBe(wanted)
  })
})

describe('who is told', () => {
  const team = (leadIds: string[], managerIds: string[]): TeamFacts => ({
    ...{ id: 't', name: 'Ventas', isDefault: true, members: [] },
    assignment: { ...DEFAULT_ASSIGNMENT, leadIds, managerIds },
  })
  it.each<[string, Partial<EscalationStep>, string | null, TeamFacts | undefined, string[]]>([
    ['the owner', { notify: ['owner'] }, 'ana', team(['l'], ['m']), ['ana']],
    ['without an owner the lead', { notify: ['owner'] }, null, team(['l'], ['m']), ['l']],
    ['the lead', { notify: ['lead'] }, 'ana', team(['l'], ['m']), ['l']],
    ['without leads the managers', { notify: ['lead'] }, 'ana', team([], ['m']), ['m']],
    ['without managers the leads', { notify: ['manager'] }, 'ana', team(['l'], []), ['l']],
    [
      'these, each once',
      { notify: ['owner', 'lead'], notifyAgentIds: ['ana', 'x'] },
      'ana',
      team(['ana'], []),
      ['ana', 'x'],
    ],
    ['without a team those who are named', { notify: ['lead'], notifyAgentIds: ['x'] }, null, undefined, ['x']],
  ])('%s', (_, facts, ownerId, of, told) => {
    expect(whoIsTold(step({ minutes: 1, ...facts }), { ownerId }, of)).toEqual(told)
  })
})

describe('notifications', () => {
  it.each([...notificationKinds])('say %s in every language, with what it is about', kind => {
    const sentences = languages.map(language => noticeSentence(kind, 'BZ-1042', { name: 'Ventas' }, language))
    expect(new Set(sentences).size).toBe(languages.length)
    for (const sentence of sentences) expect(sentence).toMatch(/BZ-1042|Ventas/)
    for (const sentence of sentences) expect(sentence).not.toMatch(/[{}]/)
  })

  it('are mailed again with longer waits, for a day', () => {
    expect([0, 9, 10, 119, 120, 1_439, 1_440].map(nextMailTry)).toEqual([2, 2, 15, 15, 120, 120, null])
  })
})
