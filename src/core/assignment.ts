/**
 * Who gets a ticket inside a team, and why. Whoever is free is chosen by the team's strategy; where nobody is, the ticket
 * waits in the team's queue, with the reason. The answer depends on the facts alone: ties are broken by id.
 */
import { z } from 'zod'
import { type Calendar, isOpen } from './business-hours.ts'
import type { Priority, TicketState } from './ticket.ts'

export const teamStrategies = ['round robin', 'least loaded', 'skill'] as const
export type TeamStrategy = (typeof teamStrategies)[number]

/** How a team hands out its tickets; kept with the team. */
export const teamAssignment = z.strictObject({
  strategy: z.enum(teamStrategies).default('round robin'),
  /** Before the strategy is asked: whoever had the customer's last ticket, or the owner that a CRM names. */
  sticky: z.enum(['none', 'last agent', 'crm owner']).default('none'),
  /** The team's hours; null: always open. */
  calendarId: z.uuid().nullable().default(null),
  /** Gets what comes while the team is closed. */
  afterHoursTeamId: z.uuid().nullable().default(null),
  /** Gets what nobody of the team is free for. */
  overflowTeamId: z.uuid().nullable().default(null),
  /** Only those on call take tickets; see the on-call shifts. */
  onCall: z.boolean().default(false),
  /** Whoever has this skill is asked first about urgent tickets. */
  seniorSkill: z.string().min(1).nullable().default(null),
  /** What becomes of the tickets of a member who goes away: they stay, or go to somebody else. Waiting ones stay. */
  whenAway: z.enum(['keep', 'reassign']).default('keep'),
  /** Who is told when deadlines are in danger; agent ids. */
  leadIds: z.array(z.uuid()).default([]),
  managerIds: z.array(z.uuid()).default([]),
})
export type TeamAssignment = z.infer<typeof teamAssignment>
export const DEFAULT_ASSIGNMENT: TeamAssignment = teamAssignment.parse({})

export type TeamFacts = { id: string; name: string; isDefault: boolean; members: string[]; assignment: TeamAssignment }

export type AgentFacts = {
  id: string
  name: string
  email: string
  available: boolean
  /** They work here no more; their tickets remember them. */
  hasLeft: boolean
  /** When an absence ends by itself. */
  awayUntil: Date | null
  lastAssignedAt: Date | null
  /** In points of `ticketWeight`; null: no limit. */
  capacity: number | null
  /** Points of the open tickets; null where they were not counted, which somebody with a limit counts as full. */
  load: number | null
  skills: string[]
  calendarId: string | null
}

export type Shift = { teamId: string; agentId: string; from: Date; to: Date }

export type Desk = {
  teams: TeamFacts[]
  agents: AgentFacts[]
  calendars: { id: string; calendar: Calendar }[]
  shifts: Shift[]
  /** Tickets that wait already, by team id. */
  waiting?: ReadonlyMap<string, number>
}

export type Wanted = {
  teamId?: string | undefined
  agentId?: string | undefined
  skills?: string[] | undefined
  priority: Priority
  /** When the customer wrote: hours and shifts are judged by it. */
  at: Date
  /** Absences are judged by this moment. */
  now: Date
  lastAgentId?: string | null
  crmOwnerEmail?: string | null
  /** Not to be chosen: whose tickets are being handed on. */
  exceptAgentId?: string
}

export type Strategy = TeamStrategy | 'named agent' | 'last agent' | 'crm owner' | 'on call'

/** Why nobody took it: the team has no members, is closed, all are away (or off duty), or all have enough. */
export type Busy = 'empty' | 'closed' | 'away' | 'full'

/** What of the choice is kept with the ticket. */
export type Placement = {
  team: string | null
  /** Null: nobody was free, and the ticket waits. */
  strategy: Strategy | null
  busy?: Busy
  /** In the queue, counted from 1, when it came. */
  place?: number
  /** The team it was meant for, and why it is another's. */
  detour?: { from: string; because: 'after hours' | 'overflow' }
  /** Of the skills that were asked for, those that the owner has. */
  skills?: string[]
}

export type Choice = { agent: AgentFacts | null; teamId: string | null; placement: Placement }

/** What a ticket weighs on its owner: one; an urgent one two; one that waits for the customer half. */
export function ticketWeight(ticket: { state: TicketState; priority: Priority }): number {
  if (ticket.state === 'resolved') return 0
  return (ticket.priority === 'urgent' ? 2 : 1) * (ticket.state === 'waiting' ? 0.5 : 1)
}

export function chooseOwner(desk: Desk, wanted: Wanted): Choice {
  const named = desk.agents.find(agent => agent.id === wanted.agentId)
  const home = desk.teams.find(team => team.id === wanted.teamId) ?? desk.teams.find(team => team.isDefault)
  if (named && isFree(desk, named, wanted)) {
    const team = desk.teams.find(row => row.id === wanted.teamId)
    return { agent: named, teamId: team?.id ?? null, placement: { team: team?.name ?? null, strategy: 'named agent' } }
  }
  if (!home) return { agent: null, teamId: null, placement: { team: null, strategy: null, busy: 'empty' } }
  return inTeams(desk, home, wanted)
}

/** The team, or the one that stands in for it after hours; then the one that takes what is too much; no team twice. */
function inTeams(desk: Desk, home: TeamFacts, wanted: Wanted): Choice {
  let first: Busy | null = null
  let because: 'after hours' | 'overflow' | null = null
  const left = new Set(desk.teams)
  for (let team = home; left.delete(team); ) {
    const found: Found | Busy = choose(desk, team, wanted)
    if (typeof found === 'object') {
      const detour = because ? { detour: { from: home.name, because } } : {}
      const { agent, strategy, skills } = found
      return { agent, teamId: team.id, placement: { team: team.name, strategy, ...detour, ...skills } }
    }
    first ??= found
    because = found === 'closed' ? 'after hours' : 'overflow'
    const { afterHoursTeamId, overflowTeamId } = team.assignment
    const next: string | null = found === 'closed' ? (afterHoursTeamId ?? overflowTeamId) : overflowTeamId
    team = desk.teams.find(({ id }) => id === next) ?? team
  }
  const place = desk.waiting ? { place: (desk.waiting.get(home.id) ?? 0) + 1 } : {}
  return {
    agent: null,
    teamId: home.id,
    placement: { team: home.name, strategy: null, busy: first ?? 'empty', ...place },
  }
}

type Found = { agent: AgentFacts; strategy: Strategy; skills: { skills?: string[] } }

function choose(desk: Desk, team: TeamFacts, wanted: Wanted): Found | Busy {
  const { assignment } = team
  if (!isOpenBy(desk, assignment.calendarId, wanted.at)) return 'closed'
  const members = desk.agents.filter(agent => isMember(desk, team, agent, wanted.at))
  const { sticky } = assignment
  const known = desk.agents.find(agent =>
    sticky === 'last agent'
      ? agent.id === wanted.lastAgentId && members.includes(agent)
      : sticky === 'crm owner' && agent.email.toLowerCase() === wanted.crmOwnerEmail?.toLowerCase(),
  )
  if (known && sticky !== 'none' && isFree(desk, known, wanted)) return { agent: known, strategy: sticky, skills: {} }
  if (members.length === 0) return assignment.onCall ? 'away' : 'empty'
  const present = members.filter(agent => isPresent(desk, agent, wanted))
  const free = present.filter(agent => isFree(desk, agent, wanted))
  const senior = wanted.priority === 'urgent' ? assignment.seniorSkill : null
  const skills = [...(wanted.skills ?? []), ...(senior ? [senior] : [])]
  const seniors = senior ? free.filter(agent => agent.skills.includes(senior)) : []
  const candidates = seniors.length > 0 ? seniors : free
  const agent = ranked(candidates, assignment.strategy, skills)[0]
  if (!agent) return present.length > 0 ? 'full' : 'away'
  const has = skills.filter(skill => agent.skills.includes(skill))
  const bySkill = has.length > 0 && (assignment.strategy === 'skill' || seniors.length > 0)
  const strategy = bySkill ? 'skill' : assignment.onCall ? 'on call' : byTurn(assignment.strategy)
  return { agent, strategy, skills: bySkill ? { skills: has } : {} }
}

/** Without a skill to look for, whoever has least. */
function byTurn(strategy: TeamStrategy): Strategy {
  return strategy === 'skill' ? 'least loaded' : strategy
}

function ranked(agents: AgentFacts[], strategy: TeamStrategy, skills: string[]): AgentFacts[] {
  const match = (agent: AgentFacts) => skills.filter(skill => agent.skills.includes(skill)).length
  const bySkill = strategy === 'skill' ? (a: AgentFacts, b: AgentFacts) => match(b) - match(a) : () => 0
  const byLoad = strategy === 'round robin' ? () => 0 : (a: AgentFacts, b: AgentFacts) => (a.load ?? 0) - (b.load ?? 0)
  return [...agents].sort((a, b) => bySkill(a, b) || byLoad(a, b) || longestWaiting(a, b))
}

/** Round robin: the one who has waited longest; ties by id, so that the answer is the same everywhere. */
function longestWaiting(a: AgentFacts, b: AgentFacts): number {
  return (a.lastAssignedAt?.getTime() ?? 0) - (b.lastAssignedAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1)
}

function isMember(desk: Desk, team: TeamFacts, agent: AgentFacts, at: Date): boolean {
  if (!team.members.includes(agent.id)) return false
  return !team.assignment.onCall || desk.shifts.some(shift => isOnShift(shift, team.id, agent.id, at))
}

export function isOnShift(shift: Shift, teamId: string, agentId: string, at: Date): boolean {
  return shift.teamId === teamId && shift.agentId === agentId && shift.from <= at && at < shift.to
}

/** At their desk: neither away nor outside their own hours. */
export function isPresent(desk: Pick<Desk, 'calendars'>, agent: AgentFacts, wanted: { at: Date; now: Date }): boolean {
  const isBack = agent.awayUntil !== null && agent.awayUntil <= wanted.now
  return (agent.available || isBack) && isOpenBy(desk, agent.calendarId, wanted.at)
}

function isFree(desk: Desk, agent: AgentFacts, wanted: Wanted): boolean {
  return agent.id !== wanted.exceptAgentId && isPresent(desk, agent, wanted) && hasRoom(agent, wanted)
}

/** An open ticket of this priority fits into the agent's limit. */
export function hasRoom({ capacity, load }: AgentFacts, { priority }: { priority: Priority }): boolean {
  return capacity === null || (load !== null && load + ticketWeight({ state: 'open', priority }) <= capacity)
}

function isOpenBy({ calendars }: Pick<Desk, 'calendars'>, calendarId: string | null, at: Date): boolean {
  const calendar = calendars.find(row => row.id === calendarId)
  return !calendar || isOpen(calendar.calendar, at)
}

/** Tickets are counted only where it matters: somebody has a limit, or some team goes by load. */
export function needsLoads(teams: TeamFacts[], agents: Pick<AgentFacts, 'capacity'>[]): boolean {
  return agents.some(agent => agent.capacity !== null) || teams.some(team => team.assignment.strategy !== 'round robin')
}

/** Why a ticket has its owner; kept with the ticket. */
export type AssignmentReason =
  | ({ kind: 'rule'; ruleId: string; position: number; rule: string; keyword: string | null } & Placement)
  | ({ kind: 'default team' } & Placement)
  | ({ kind: 'nobody available' } & Partial<Placement> & { team: string | null })
  /** It waited until somebody was free. */
  | ({ kind: 'from the queue' } & Placement)
  | ({ kind: 'handed on'; from: string; because: 'away' | 'left' } & Placement)
  | ({ kind: 'escalated'; step: number } & Placement)
  | { kind: 'by hand'; by: string }

/** The e-mail by which a CRM's record names its owner: of a field called so, what is an agent's. */
export function crmOwner(records: { values: Record<string, unknown> }[], agents: { email: string }[]): string | null {
  const emails = new Set(agents.map(agent => agent.email.toLowerCase()))
  for (const { values } of records) {
    for (const [field, value] of Object.entries(values)) {
      if (/owner/i.test(field) && typeof value === 'string' && emails.has(value.toLowerCase())) return value
    }
  }
  return null
}
