import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AgentFacts,
  chooseOwner,
  crmOwner,
  DEFAULT_ASSIGNMENT,
  type Desk,
  type TeamAssignment,
  type TeamFacts,
  ticketWeight,
  type Wanted,
} from '../../src/core/assignment.ts'
import type { Calendar } from '../../src/core/business-hours.ts'

/** Monday, 10:00 in Mexico City. */
const TEN = new Date('2026-11-02T16:00:00Z')
const minute = (n: number) => new Date(TEN.getTime() + n * 60_000)

const agent = (id: string, facts: Partial<AgentFacts> = {}): AgentFacts => ({
  ...{ id, name: id, email: `${id}@example.com`, available: true, hasLeft: false, awayUntil: null },
  ...{ lastAssignedAt: null, capacity: null, load: 0, skills: [], calendarId: null, ...facts },
})
const team = (id: string, members: string[], assignment: Partial<TeamAssignment> = {}): TeamFacts => ({
  ...{ id, name: id, isDefault: id === 'ventas', members, assignment: { ...DEFAULT_ASSIGNMENT, ...assignment } },
})
const desk = (agents: AgentFacts[], teams: TeamFacts[], rest: Partial<Desk> = {}): Desk => ({
  ...{ agents, teams, calendars: [], shifts: [], ...rest },
})
const wanted = (facts: Partial<Wanted> = {}): Wanted => ({ priority: 'normal', at: TEN, now: TEN, ...facts })

const office: Calendar = { timeZone: 'America/Mexico_City', week: { 1: [['09:00', '14:00']] }, holidays: [] }
const night: Calendar = { timeZone: 'America/Mexico_City', week: { 1: [['20:00', '24:00']] }, holidays: [] }
const calendars = [
  { id: 'office', calendar: office },
  { id: 'night', calendar: night },
]

describe('strategies', () => {
  const three = [
    agent('ana', { lastAssignedAt: minute(-1), load: 1, skills: ['pt'] }),
    agent('beto', { lastAssignedAt: minute(-3), load: 4, skills: ['pt', 'facturas'] }),
    agent('caro', { lastAssignedAt: minute(-2), load: 1 }),
  ]
  const members = ['ana', 'beto', 'caro']
  it.each<[string, Partial<TeamAssignment>, Partial<Wanted>, string | null, string | null]>([
    ['round robin: who has waited longest', {}, {}, 'beto', 'round robin'],
    ['least loaded, then who has waited longest', { strategy: 'least loaded' }, {}, 'caro', 'least loaded'],
    ['the best match', { strategy: 'skill' }, { skills: ['facturas', 'pt'] }, 'beto', 'skill'],
    ['of equal matches the one with less', { strategy: 'skill' }, { skills: ['pt'] }, 'ana', 'skill'],
    ['nobody has the skill: who has least', { strategy: 'skill' }, { skills: ['ruso'] }, 'caro', 'least loaded'],
    ['no skill is asked for: who has least', { strategy: 'skill' }, {}, 'caro', 'least loaded'],
    ['the last agent', { sticky: 'last agent' }, { lastAgentId: 'ana' }, 'ana', 'last agent'],
    ['the last agent is gone', { sticky: 'last agent' }, { lastAgentId: 'dora' }, 'beto', 'round robin'],
    ['not sticky', {}, { lastAgentId: 'ana' }, 'beto', 'round robin'],
    ['the CRM’s owner', { sticky: 'crm owner' }, { crmOwnerEmail: 'Caro@Example.com' }, 'caro', 'crm owner'],
    ['a named agent', {}, { agentId: 'ana' }, 'ana', 'named agent'],
    ['urgent goes to seniors', { seniorSkill: 'facturas' }, { priority: 'urgent' }, 'beto', 'skill'],
    ['what is not urgent does not', { seniorSkill: 'facturas', strategy: 'least loaded' }, {}, 'caro', 'least loaded'],
    ['no senior is there', { seniorSkill: 'jefa' }, { priority: 'urgent' }, 'beto', 'round robin'],
    ['except whoever hands on', {}, { exceptAgentId: 'beto' }, 'caro', 'round robin'],
  ])('%s', (_, assignment, facts, id, strategy) => {
    const { agent, placement } = chooseOwner(desk(three, [team('ventas', members, assignment)]), wanted(facts))
    expect([agent?.id ?? null, placement.strategy]).toEqual([id, strategy])
  })
})

describe('who is free', () => {
  it.each<[string, Partial<AgentFacts>, Partial<Wanted>, boolean | string]>([
    ['whoever is there', {}, {}, true],
    ['not whoever is away', { available: false }, {}, 'away'],
    ['not yet back', { available: false, awayUntil: minute(1) }, {}, 'away'],
    ['back by themselves', { available: false, awayUntil: minute(0) }, {}, true],
    ['within their own hours', { calendarId: 'office' }, {}, true],
    ['outside their own hours', { calendarId: 'night' }, {}, 'away'],
    ['below their limit', { capacity: 3, load: 2 }, {}, true],
    ['at their limit', { capacity: 3, load: 3 }, {}, 'full'],
    ['an urgent ticket counts twice', { capacity: 3, load: 2 }, { priority: 'urgent' }, 'full'],
    ['with a limit, and not counted', { capacity: 3, load: null }, {}, 'full'],
    ['without a limit, and not counted', { load: null }, {}, true],
  ])('%s', (_, facts, asked, free) => {
    const { agent: chosen, placement } = chooseOwner(
      desk([agent('ana', facts)], [team('ventas', ['ana'])], { calendars }),
      wanted(asked),
    )
    expect(chosen ? true : placement.busy).toBe(free)
  })

  it('weighs by state and priority', () => {
    expect(ticketWeight({ state: 'open', priority: 'low' })).toBe(1)
    expect(ticketWeight({ state: 'in_progress', priority: 'urgent' })).toBe(2)
    expect(ticketWeight({ state: 'waiting', priority: 'high' })).toBe(0.5)
    expect(ticketWeight({ state: 'resolved', priority: 'urgent' })).toBe(0)
  })
})

describe('teams that stand in for another', () => {
  const shift = { teamId: 'guardia', agentId: 'caro', from: minute(-60), to: minute(60) }
  const agents = [agent('ana', { available: false }), agent('beto'), agent('caro'), agent('dora')]
  const guardia = team('guardia', ['caro', 'dora'], { onCall: true })
  const closed = { calendarId: 'night', afterHoursTeamId: 'guardia' }

  it('after hours, whoever is on call', () => {
    const { agent, teamId, placement } = chooseOwner(
      desk(agents, [team('ventas', ['beto'], closed), guardia], { calendars, shifts: [shift] }),
      wanted(),
    )
    expect([agent?.id, teamId, placement]).toEqual([
      ...['caro', 'guardia'],
      { team: 'guardia', strategy: 'on call', detour: { from: 'ventas', because: 'after hours' } },
    ])
  })

  it('nobody is on call: the ticket waits where it was meant for', () => {
    const { agent, teamId, placement } = chooseOwner(
      desk(agents, [team('ventas', ['beto'], closed), guardia], { calendars, waiting: new Map([['ventas', 4]]) }),
      wanted(),
    )
    expect([agent, teamId, placement]).toEqual([
      null,
      'ventas',
      { team: 'ventas', strategy: null, busy: 'closed', place: 5 },
    ])
  })

  it('too much: the overflow', () => {
    const teams = [team('ventas', ['ana'], { overflowTeamId: 'apoyo' }), team('apoyo', ['beto'])]
    expect(chooseOwner(desk(agents, teams), wanted())).toMatchObject({
      ...{ agent: { id: 'beto' }, teamId: 'apoyo', placement: { detour: { from: 'ventas', because: 'overflow' } } },
    })
  })

  it('that name each other end in the queue', () => {
    const teams = [team('ventas', ['ana'], { overflowTeamId: 'b' }), team('b', [], { overflowTeamId: 'ventas' })]
    expect(chooseOwner(desk(agents, teams), wanted())).toMatchObject({ agent: null, teamId: 'ventas' })
  })

  it('a named agent who is away leaves the ticket to the team', () => {
    const teams = [team('ventas', ['ana', 'beto'])]
    expect(chooseOwner(desk(agents, teams), wanted({ agentId: 'ana' }))).toMatchObject({ agent: { id: 'beto' } })
  })

  it('no team at all', () => {
    expect(chooseOwner(desk(agents, []), wanted())).toMatchObject({ agent: null, placement: { busy: 'empty' } })
  })
})

it('round robin gives everybody their share, and the order of the lists says nothing', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      fc.infiniteStream(fc.nat()),
      (ids, rounds, random) => {
        const members = ids.map(id => agent(id))
        const had = new Map(ids.map(id => [id, 0]))
        for (let n = 1; n <= rounds; n++) {
          const shuffled = members.toSorted(() => ((random.next().value ?? 0) % 2 ? 1 : -1))
          const { agent: chosen } = chooseOwner(desk(shuffled, [team('ventas', ids)]), wanted())
          if (!chosen) throw new Error('nobody was chosen')
          chosen.lastAssignedAt = minute(n)
          had.set(chosen.id, (had.get(chosen.id) ?? 0) + 1)
        }
        const counts = [...had.values()]
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      },
    ),
  )
})

it('whatever the team, there is an owner within their limit, or a reason', () => {
  const someAgent = fc.record({
    available: fc.boolean(),
    capacity: fc.option(fc.integer({ min: 0, max: 4 })),
    load: fc.option(fc.integer({ min: 0, max: 5 })),
    skills: fc.subarray(['pt', 'vip']),
  })
  const someTeam = fc.record({
    strategy: fc.constantFrom('round robin' as const, 'least loaded' as const, 'skill' as const),
    sticky: fc.constantFrom('none' as const, 'last agent' as const),
    overflowTeamId: fc.constantFrom(null, 'ventas', 'apoyo'),
    calendarId: fc.constantFrom(null, 'office', 'night'),
    onCall: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.array(someAgent, { maxLength: 5 }),
      someTeam,
      someTeam,
      fc.constantFrom('low' as const, 'urgent' as const),
      (list, one, other, priority) => {
        const agents = list.map((facts, n) => agent(`a${n}`, facts))
        const ids = agents.map(each => each.id)
        const teams = [team('ventas', ids.slice(0, 3), one), team('apoyo', ids.slice(2), other)]
        const { agent: owner, placement } = chooseOwner(
          desk(agents, teams, { calendars }),
          wanted({ priority, skills: ['pt'], lastAgentId: 'a1' }),
        )
        if (!owner) {
          expect(placement).toMatchObject({ strategy: null, busy: expect.any(String) })
          return
        }
        const weight = ticketWeight({ state: 'open', priority })
        expect(owner.available).toBe(true)
        if (owner.capacity !== null) expect((owner.load ?? Number.NaN) + weight).toBeLessThanOrEqual(owner.capacity)
        expect(placement.strategy).not.toBeNull()
      },
    ),
  )
})

it('a CRM’s owner is an agent whose e-mail stands in a field of that name', () => {
  const agents = [agent('ana'), agent('beto')]
  expect(crmOwner([{ values: { owner: 'ANA@example.com', email: 'beto@example.com' } }], agents)).toBe(
    'ANA@example.com',
  )
  expect(crmOwner([{ values: { email: 'beto@example.com' } }], agents)).toBeNull()
  expect(crmOwner([{ values: { owner: 'nobody@example.com' } }], agents)).toBeNull()
})
