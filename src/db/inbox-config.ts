/**
 * What decides over tickets in a workspace. Rules, policies, calendars and teams are read once for each version of them, by
 * each process; people and what they have in hand each time. One statement, so that what is read belongs together.
 */
import type postgres from 'postgres'
import {
  type AgentFacts,
  DEFAULT_ASSIGNMENT,
  needsLoads,
  type Shift,
  type TeamFacts,
  ticketWeight,
} from '../core/assignment.ts'
import type { Calendar } from '../core/business-hours.ts'
import type { Language } from '../core/errors.ts'
import { type CompiledRules, compileRules, looksAtCrm, type RoutingRule } from '../core/routing.ts'
import type { WholePolicy } from '../core/sla.ts'
import type { Priority, TicketState } from '../core/ticket.ts'
import type { Queryable } from './client.ts'

type Settled = {
  rules: RoutingRule[]
  compiled: CompiledRules
  policies: WholePolicy[]
  calendars: { id: string; name: string; calendar: Calendar; isDefault: boolean }[]
  teams: TeamFacts[]
}

export type InboxConfig = Settled & {
  language: Language
  graceHours: number
  agents: AgentFacts[]
  /** Who is on call when, where a team goes by it. */
  shifts: Shift[]
  needs: Needs
  /** Tickets that wait for an owner, by team; undefined where they were not counted. */
  waiting?: Map<string, number>
}

/** What has to be read beside it, as far as this process knows; of a workspace it does not know yet, everything. */
export type Needs = { loads: boolean; crm: boolean; onCall: boolean }

export function knownNeeds(workspaceId: string): Needs {
  return kept.get(workspaceId)?.needs ?? { loads: true, crm: true, onCall: true }
}

type Kept = { version: number; settled: Settled; needs: Needs }

const kept = new Map<string, Kept>()
/** Workspaces of which a process keeps the rules. */
const KEPT = 200

type Read = {
  id: string
  version: number
  language: Language
  graceHours: number
  settled: Omit<Settled, 'compiled'> | null
  agents: (Omit<AgentFacts, 'load' | 'lastAssignedAt' | 'awayUntil'> & {
    lastAssignedAt: string | null
    awayUntil: string | null
    open: { state: TicketState; priority: Priority; count: number }[] | null
  })[]
  shifts: { teamId: string; agentId: string; from: string; to: string }[] | null
  waiting: Record<string, number> | null
}

/**
 * `workspaceId` is the one of the transaction. `loads`: the agents' open tickets are counted too, where anything goes by
 * them and, of a condition, where it holds; whoever assigns by them has locked the assignments first.
 */
export async function loadInboxConfig(
  sql: Queryable,
  workspaceId: string | null = null,
  loads: boolean | postgres.Fragment = false,
): Promise<InboxConfig> {
  const known = workspaceId === null ? undefined : kept.get(workspaceId)
  const needs = known?.needs ?? { loads: true, crm: true, onCall: true }
  const counted = (query: postgres.Fragment) => {
    if (!loads || !needs.loads) return sql`null::json`
    return loads === true ? query : sql`case when ${loads} then ${query} end`
  }
  const [row] = await sql<{ config: Read }[]>`
    select json_build_object(
      'id', w.id, 'version', w.config_version, 'language', w.language, 'graceHours', w.grace_hours,
      'settled', case when w.config_version is distinct from ${known?.version ?? null}::bigint then ${settledOf(sql)} end,
      'agents', (select coalesce(json_agg(json_build_object(
          'id', a.id, 'name', a.name, 'email', a.email, 'available', a.available and a.deactivated_at is null,
          'hasLeft', a.deactivated_at is not null, 'awayUntil', case when a.deactivated_at is null then a.away_until end,
          'lastAssignedAt', a.last_assigned_at, 'capacity', a.capacity, 'skills', coalesce(a.skills, '{}'),
          'calendarId', a.calendar_id, 'open', ${counted(openOf(sql))})), '[]') from agents a),
      'shifts', ${needs.onCall ? shiftsOf(sql) : sql`null::json`},
      'waiting', ${counted(waitingOf(sql))}
    ) as config
    from workspaces w`
  if (!row) throw new Error('The workspace is not there')
  const config = toConfig(row.config, known)
  // Somebody has just made it matter: now it is known.
  return loads === true && isMore(config.needs, needs) ? loadInboxConfig(sql, workspaceId, loads) : config
}

/** Whether what is needed now goes beyond what was read. */
export function isMore(now: Needs, read: Needs): boolean {
  return (now.loads && !read.loads) || (now.crm && !read.crm) || (now.onCall && !read.onCall)
}

function toConfig(read: Read, known: Kept | undefined): InboxConfig {
  const { settled, needs } = read.settled ? keep(read, read.settled) : (known as Kept)
  const agents = read.agents.map(({ open, ...agent }) => ({
    ...agent,
    lastAssignedAt: agent.lastAssignedAt ? new Date(agent.lastAssignedAt) : null,
    awayUntil: agent.awayUntil ? new Date(agent.awayUntil) : null,
    load: open ? open.reduce((sum, each) => sum + each.count * ticketWeight(each), 0) : null,
  }))
  const shifts = (read.shifts ?? []).map(({ from, to, ...shift }) => ({
    ...shift,
    ...{ from: new Date(from), to: new Date(to) },
  }))
  const waiting = needs.loads && read.waiting ? { waiting: new Map(Object.entries(read.waiting)) } : {}
  return { ...settled, needs, language: read.language, graceHours: read.graceHours, agents, shifts, ...waiting }
}

function keep(read: Read, given: Omit<Settled, 'compiled'>): Kept {
  const teams = given.teams.map(team => ({ ...team, assignment: { ...DEFAULT_ASSIGNMENT, ...team.assignment } }))
  const settled = { ...given, teams, compiled: compileRules(given.rules) }
  const needs = {
    loads: needsLoads(teams, read.agents),
    crm: looksAtCrm(given.rules) || teams.some(team => team.assignment.sticky === 'crm owner'),
    onCall: teams.some(team => team.assignment.onCall),
  }
  const now = { version: read.version, settled, needs }
  if (kept.size >= KEPT) kept.clear()
  kept.set(read.id, now)
  return now
}

function settledOf(sql: Queryable) {
  return sql`json_build_object(
    'rules', (select coalesce(json_agg(json_build_object(
        'id', id, 'position', position, 'name', name, 'conditions', conditions, 'actions', actions)
      order by position, id), '[]') from routing_rules where enabled),
    'policies', (select coalesce(json_agg(json_build_object(
        'id', id, 'name', name, 'priority', priority, 'category', category, 'teamId', team_id, 'channelId', channel_id,
        'position', position, 'frtMinutes', frt_minutes, 'nrtMinutes', nrt_minutes, 'ttrMinutes', ttr_minutes,
        'businessHoursId', business_hours_id, 'pauseWhileWaiting', pause_while_waiting, 'warnAt', warn_at,
        'targetPercent', target_percent, 'escalation', escalation) order by position, id), '[]') from sla_policies),
    'calendars', (select coalesce(json_agg(json_build_object(
        'id', id, 'name', name, 'calendar', calendar, 'isDefault', is_default)), '[]') from business_hours),
    'teams', (select coalesce(json_agg(json_build_object(
        'id', t.id, 'name', t.name, 'isDefault', t.is_default, 'assignment', t.assignment,
        'members', (select coalesce(json_agg(m.agent_id), '[]') from team_members m where m.team_id = t.id))),
      '[]') from teams t))`
}

/** States by name: the index is by them, and those that are over are the most. */
function openOf(sql: Queryable) {
  return sql`(select coalesce(json_agg(o), '[]') from (
    select state, priority, count(*)::integer as count from tickets
    where owner_id = a.id and state in ('open', 'in_progress', 'waiting') group by state, priority) as o)`
}

function waitingOf(sql: Queryable) {
  return sql`(select coalesce(json_object_agg(team_id, count), '{}') from (
    select team_id, count(*)::integer as count from tickets
    where workspace_id = w.id and board = 'new' and owner_id is null and team_id is not null group by team_id) as q)`
}

/** The latest: what was long ago decides nothing. */
function shiftsOf(sql: Queryable) {
  return sql`(select coalesce(json_agg(json_build_object(
      'teamId', s.team_id, 'agentId', s.agent_id, 'from', s.from_at, 'to', s.to_at)), '[]')
    from (select * from on_call_shifts where workspace_id = w.id order by to_at desc limit ${SHIFTS}) as s)`
}

const SHIFTS = 1_000
