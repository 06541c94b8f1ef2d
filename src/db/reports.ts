/** What reports read, and how it is written. docs/reports.md says what each number means. */
import type { Calendar } from '../core/business-hours.ts'
import type { Sight } from '../core/permissions.ts'
import type { TicketFacts } from '../core/ticket-facts.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'
import { inSight } from './sight.ts'

type FactSource = {
  ticketId: string
  workspaceId: string
  state: string
  channelId: string
  teamId: string | null
  ownerId: string | null
  priority: string
  category: string
  tags: string[]
  adId: string | null
  frtMet: boolean | null
  nrtMet: boolean | null
  ttrMet: boolean | null
  messagesIn: number
  messagesOut: number
  events: { kind: string; at: string }[]
}

export async function defaultCalendar(sql: Queryable): Promise<Calendar | null> {
  const [row] = await sql<{ calendar: Calendar }[]>`select calendar from business_hours where is_default limit 1`
  return row?.calendar ?? null
}

/** A promise is kept when each of its clocks stopped in time; missed when one did not; open while none has. */
export function factSources(tx: Tx, ticketIds: string[]) {
  const met = (kind: string) => tx`
    (select case when bool_or(breached_at is not null) then false when bool_and(stopped_at is not null) then true end
    from clocks k where k.ticket_id = t.id and k.kind = ${kind})`
  return tx<FactSource[]>`
    select t.id as ticket_id, t.workspace_id, t.state, t.channel_id, t.team_id, t.owner_id, t.priority, c.category, t.tags,
      (select m.content #>> '{referral,source_id}' from messages m where m.ticket_id = t.id
        order by m.provider_at, m.id limit 1) as ad_id,
      ${met('frt')} as frt_met, ${met('nrt')} as nrt_met, ${met('ttr')} as ttr_met,
      (select count(*)::integer from messages m where m.ticket_id = t.id and m.direction = 'in') as messages_in,
      (select count(*)::integer from messages m where m.ticket_id = t.id and m.direction = 'out') as messages_out,
      (select coalesce(json_agg(json_build_object('kind', e.kind, 'at', e.at)), '[]') from ticket_events e
        where e.ticket_id = t.id) as events
    from unnest(${ticketIds}::uuid[]) as wanted join tickets t on t.id = wanted join contacts c on c.id = t.contact_id`
}

export function saveFacts(tx: Tx, rows: (Omit<FactSource, 'events'> & TicketFacts)[]) {
  return tx`
    insert into ticket_facts select * from jsonb_populate_recordset(null::ticket_facts, ${jsonRows(tx, rows)})
    on conflict (ticket_id) do update set opened_at = excluded.opened_at, resolved_at = excluded.resolved_at,
      state = excluded.state, channel_id = excluded.channel_id, team_id = excluded.team_id, owner_id = excluded.owner_id,
      priority = excluded.priority, category = excluded.category, tags = excluded.tags, ad_id = excluded.ad_id,
      first_answer_at = excluded.first_answer_at, frt_ms = excluded.frt_ms, frt_business_ms = excluded.frt_business_ms,
      next_answers = excluded.next_answers, nrt_ms = excluded.nrt_ms, nrt_business_ms = excluded.nrt_business_ms,
      ttr_ms = excluded.ttr_ms, ttr_business_ms = excluded.ttr_business_ms, reopened = excluded.reopened,
      first_contact = excluded.first_contact, frt_met = excluded.frt_met, nrt_met = excluded.nrt_met,
      ttr_met = excluded.ttr_met, messages_in = excluded.messages_in, messages_out = excluded.messages_out`
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

export function countMessageHours(tx: Tx, messageIds: string[]) {
  return tx`
    insert into message_hours (workspace_id, hour, channel_id, agent_id, direction, messages)
    select workspace_id, date_trunc('hour', provider_at, 'UTC'), channel_id, coalesce(author_id, ${NOBODY}), direction,
      count(*)::integer
    from messages where id = any(${messageIds}::uuid[]) group by 1, 2, 3, 4, 5
    on conflict (workspace_id, hour, channel_id, agent_id, direction) do update
    set messages = message_hours.messages + excluded.messages`
}

export const reportGroups = [
  'none',
  'day',
  'week',
  'month',
  'agent',
  'team',
  'channel',
  'category',
  'priority',
] as const
export type ReportGroup = (typeof reportGroups)[number]

export type ReportFilter = {
  from: Date
  to: Date
  timeZone: string
  agentId?: string | undefined
  teamId?: string | undefined
  channelId?: string | undefined
  category?: string | undefined
  priority?: string | undefined
}

export type ReportRow = {
  group: string | null
  name: string | null
  opened: number
  resolved: number
  reopened: number
  fromAds: number
  frtAverageMs: number | null
  frtMedianMs: number | null
  frtP90Ms: number | null
  frtBusinessAverageMs: number | null
  nrtAverageMs: number | null
  nrtBusinessAverageMs: number | null
  ttrAverageMs: number | null
  ttrMedianMs: number | null
  ttrBusinessAverageMs: number | null
  fcr: number | null
  resolutionRate: number | null
  frtMet: number | null
  nrtMet: number | null
  ttrMet: number | null
  csat: number | null
  messagesIn: number
  messagesOut: number
}

/** Of the tickets that were opened from `from` until before `to`; days, weeks and months are those of the time zone. */
export function ticketReport(sql: Queryable, filter: ReportFilter, group: ReportGroup) {
  const key = keyOf(sql, group, filter.timeZone)
  const rate = (column: string) => sql`(avg(${sql(column)}::integer) filter (where ${sql(column)} is not null))::float8`
  const mean = (column: string) => sql`round(avg(${sql(column)}))::float8`
  const share = (column: string, of: number) =>
    sql`round((percentile_cont(${of}) within group (order by ${sql(column)}))::numeric)::float8`
  return sql<ReportRow[]>`
    select g.*, ${nameOf(sql, group)} as name from (
      select ${key} as "group", count(*)::integer as opened, count(f.resolved_at)::integer as resolved,
        sum(f.reopened)::integer as reopened, count(f.ad_id)::integer as from_ads,
        ${mean('frt_ms')} as frt_average_ms, ${share('frt_ms', 0.5)} as frt_median_ms, ${share('frt_ms', 0.9)} as frt_p90_ms,
        ${mean('frt_business_ms')} as frt_business_average_ms,
        round(sum(nrt_ms) / nullif(sum(next_answers), 0))::float8 as nrt_average_ms,
        round(sum(nrt_business_ms) / nullif(sum(next_answers), 0))::float8 as nrt_business_average_ms,
        ${mean('ttr_ms')} as ttr_average_ms, ${share('ttr_ms', 0.5)} as ttr_median_ms,
        ${mean('ttr_business_ms')} as ttr_business_average_ms,
        ${rate('first_contact')} as fcr, (count(f.resolved_at)::float8 / count(*)) as resolution_rate,
        ${rate('frt_met')} as frt_met, ${rate('nrt_met')} as nrt_met, ${rate('ttr_met')} as ttr_met,
        avg(csat)::float8 as csat, sum(messages_in)::integer as messages_in, sum(messages_out)::integer as messages_out
      from ticket_facts f where ${within(sql, filter)} group by 1
    ) as g order by "group" nulls last`
}

function keyOf(sql: Queryable, group: ReportGroup, timeZone: string) {
  switch (group) {
    case 'none':
      return sql`null::text`
    case 'day':
    case 'week':
    case 'month':
      return sql`to_char(date_trunc(${group}, f.opened_at at time zone ${timeZone}), 'YYYY-MM-DD')`
    case 'agent':
      return sql`f.owner_id::text`
    case 'team':
      return sql`f.team_id::text`
    case 'channel':
      return sql`f.channel_id::text`
    case 'category':
      return sql`f.category`
    case 'priority':
      return sql`f.priority`
  }
}

function nameOf(sql: Queryable, group: ReportGroup) {
  switch (group) {
    case 'agent':
      return sql`(select name from agents where id = g."group"::uuid)`
    case 'team':
      return sql`(select name from teams where id = g."group"::uuid)`
    case 'channel':
      return sql`(select name from channels where id = g."group"::uuid)`
    default:
      return sql`g."group"`
  }
}

function within(sql: Queryable, { from, to, agentId, teamId, channelId, category, priority }: ReportFilter) {
  return sql`f.opened_at >= ${from} and f.opened_at < ${to}
    ${agentId ? sql`and f.owner_id = ${agentId}` : sql``} ${teamId ? sql`and f.team_id = ${teamId}` : sql``}
    ${channelId ? sql`and f.channel_id = ${channelId}` : sql``} ${category ? sql`and f.category = ${category}` : sql``}
    ${priority ? sql`and f.priority = ${priority}` : sql``}`
}

/** Messages by weekday (1: Monday) and hour of the time zone. */
export function peakHours(sql: Queryable, { from, to, timeZone, agentId, channelId }: ReportFilter) {
  return sql<{ weekday: number; hour: number; received: number; sent: number }[]>`
    select extract(isodow from hour at time zone ${timeZone})::integer as weekday,
      extract(hour from hour at time zone ${timeZone})::integer as hour,
      coalesce(sum(messages) filter (where direction = 'in'), 0)::integer as received,
      coalesce(sum(messages) filter (where direction = 'out'), 0)::integer as sent
    from message_hours where hour >= ${from} and hour < ${to}
      ${channelId ? sql`and channel_id = ${channelId}` : sql``} ${agentId ? sql`and agent_id = ${agentId}` : sql``}
    group by 1, 2 order by 1, 2`
}

/** Messages of each agent's own. */
export function messagesByAgent(sql: Queryable, { from, to }: ReportFilter) {
  return sql<{ agentId: string; name: string; messages: number }[]>`
    select h.agent_id, a.name, sum(h.messages)::integer as messages from message_hours h join agents a on a.id = h.agent_id
    where h.hour >= ${from} and h.hour < ${to} and h.direction = 'out' group by 1, 2 order by 3 desc`
}

/** Who has waited longest for us, at this moment. */
export function longestWaiting(sql: Queryable, sees: Sight, limit: number) {
  return sql<{ id: string; number: number; subject: string; waitingSince: Date; ownerName: string | null }[]>`
    select t.id, t.number, t.subject, t.waiting_since, a.name as owner_name
    from tickets t left join agents a on a.id = t.owner_id
    where t.waiting_since is not null and ${inSight(sql, sees)} order by t.waiting_since, t.id limit ${limit}`
}

export type ExportRow = Record<string, string | number | boolean | Date | string[] | null>

/** Facts, some hundreds at a time, in the order of their opening. */
export function exportFacts(sql: Queryable, sees: Sight, filter: ReportFilter) {
  return sql<ExportRow[]>`
    select 'BZ-' || t.number as ticket, f.opened_at, f.resolved_at, f.state, ch.name as channel, tm.name as team, a.name as agent,
      f.priority, f.category, f.tags, f.ad_id, f.frt_ms, f.frt_business_ms, f.next_answers, f.nrt_ms, f.nrt_business_ms, f.ttr_ms,
      f.ttr_business_ms, f.reopened, f.first_contact, f.frt_met, f.nrt_met, f.ttr_met, f.csat, f.messages_in, f.messages_out
    from ticket_facts f join tickets t on t.id = f.ticket_id join channels ch on ch.id = f.channel_id
    left join teams tm on tm.id = f.team_id left join agents a on a.id = f.owner_id
    where ${within(sql, filter)} and ${inSight(sql, sees)} order by f.opened_at, f.ticket_id`.cursor(500)
}
