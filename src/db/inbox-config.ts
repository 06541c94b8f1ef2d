/** What decides over new tickets in a workspace: read in one statement with each batch, so it is never stale. */
import type { Calendar } from '../core/business-hours.ts'
import type { Language } from '../core/errors.ts'
import type { RoutingRule } from '../core/routing.ts'
import type { SlaPolicy } from '../core/sla.ts'
import type { Queryable } from './client.ts'

export type InboxConfig = {
  language: Language
  graceHours: number
  rules: RoutingRule[]
  policies: (SlaPolicy & { priority: string | null; businessHoursId: string | null })[]
  calendars: { id: string; calendar: Calendar; isDefault: boolean }[]
  teams: { id: string; name: string; isDefault: boolean; members: string[] }[]
  agents: { id: string; name: string; available: boolean; lastAssignedAt: Date | null }[]
}

export async function loadInboxConfig(sql: Queryable): Promise<InboxConfig> {
  const [row] = await sql<{ config: InboxConfig }[]>`
    select json_build_object(
      'language', w.language,
      'graceHours', w.grace_hours,
      'rules', (select coalesce(json_agg(json_build_object(
          'id', id, 'position', position, 'name', name, 'conditions', conditions, 'actions', actions)
        order by position, id), '[]') from routing_rules where enabled),
      'policies', (select coalesce(json_agg(json_build_object(
          'id', id, 'name', name, 'priority', priority, 'frtMinutes', frt_minutes, 'nrtMinutes', nrt_minutes,
          'ttrMinutes', ttr_minutes, 'businessHoursId', business_hours_id,
          'pauseWhileWaiting', pause_while_waiting, 'warnAt', warn_at)), '[]') from sla_policies),
      'calendars', (select coalesce(json_agg(json_build_object(
          'id', id, 'calendar', calendar, 'isDefault', is_default)), '[]') from business_hours),
      'teams', (select coalesce(json_agg(json_build_object(
          'id', t.id, 'name', t.name, 'isDefault', t.is_default,
          'members', (select coalesce(json_agg(m.agent_id), '[]') from team_members m where m.team_id = t.id))),
        '[]') from teams t),
      'agents', (select coalesce(json_agg(json_build_object(
          'id', id, 'name', name, 'available', available, 'lastAssignedAt', last_assigned_at)), '[]') from agents)
    ) as config
    from workspaces w`
  if (!row) throw new Error('The workspace is not there')
  const { config } = row
  const agents = config.agents.map(agent => ({
    ...agent,
    lastAssignedAt: agent.lastAssignedAt && new Date(agent.lastAssignedAt),
  }))
  return { ...config, agents }
}
