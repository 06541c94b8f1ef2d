/** Clocks for people: what runs, what was breached and why, and how much was in time. */
import type { BreachCause } from '../core/breach.ts'
import type { Sight } from '../core/permissions.ts'
import type { ClockKind } from '../core/sla.ts'
import type { Queryable, Tx } from './client.ts'
import { inSight } from './sight.ts'

type TicketFacts = {
  clockId: string
  ticketId: string
  number: number
  subject: string
  state: string
  priority: string
  ownerId: string | null
  ownerName: string | null
  teamId: string | null
  teamName: string | null
  contactName: string | null
  kind: ClockKind
  turn: number
  targetMinutes: number
}

export type RunningClock = TicketFacts & { dueAt: Date; breachedAt: Date | null; escalationLevel: number }

export type BoardFilter = { teamId?: string | undefined; ownerId?: string | undefined; kind?: string | undefined }
type Page = { limit: number; after?: { at: Date; id: string } | undefined }

/** Clocks that run, by the time left; those past their deadline first. */
export function runningClocks(sql: Queryable, sees: Sight, { teamId, ownerId, kind }: BoardFilter, page: Page) {
  return sql<RunningClock[]>`
    select ${facts(sql)}, k.due_at, k.breached_at, t.escalation_level ${joins(sql)}
    where k.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
      and k.stopped_at is null and k.due_at is not null and ${inSight(sql, sees)}
      ${teamId ? sql`and t.team_id = ${teamId}` : sql``}
      ${ownerId ? sql`and t.owner_id = ${ownerId}` : sql``}
      ${kind ? sql`and k.kind = ${kind}` : sql``}
      ${page.after ? sql`and (k.due_at, k.id) > (${page.after.at}, ${page.after.id})` : sql``}
    order by k.due_at, k.id limit ${page.limit}`
}

export type BreachView = TicketFacts & {
  breachedAt: Date
  stoppedAt: Date | null
  cause: BreachCause | null
  note: string | null
  causeActor: unknown
  causeAt: Date | null
}

export type BreachFilter = {
  teamId?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
  cause?: string | undefined
}

/** Latest first. `cause`: `none` for those that nobody has explained yet. */
export function listBreaches(sql: Queryable, sees: Sight, { teamId, from, to, cause }: BreachFilter, page: Page) {
  return sql<BreachView[]>`
    select ${facts(sql)}, k.breached_at, k.stopped_at, b.cause, b.note, b.actor as cause_actor, b.at as cause_at
    ${joins(sql)} left join breach_causes b on b.clock_id = k.id
    where k.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
      and k.breached_at is not null and ${inSight(sql, sees)}
      ${teamId ? sql`and t.team_id = ${teamId}` : sql``}
      ${from ? sql`and k.breached_at >= ${from}` : sql``} ${to ? sql`and k.breached_at < ${to}` : sql``}
      ${cause ? sql`and coalesce(b.cause, 'none') = ${cause}` : sql``}
      ${page.after ? sql`and (k.breached_at, k.id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by k.breached_at desc, k.id desc limit ${page.limit}`
}

/** One in sight. */
export async function breachBy(sql: Queryable, sees: Sight, clockId: string) {
  const [row] = await sql<BreachView[]>`
    select ${facts(sql)}, k.breached_at, k.stopped_at, b.cause, b.note, b.actor as cause_actor, b.at as cause_at
    ${joins(sql)} left join breach_causes b on b.clock_id = k.id
    where k.id = ${clockId} and k.breached_at is not null and ${inSight(sql, sees)}`
  return row
}

export type CauseRow = {
  clockId: string
  workspaceId: string
  cause: BreachCause
  note: string
  actor: unknown
  at: Date
}

export function saveCause(tx: Tx, { clockId, workspaceId, cause, note, actor, at }: CauseRow) {
  return tx`
    insert into breach_causes (clock_id, workspace_id, cause, note, actor, at)
    values (${clockId}, ${workspaceId}, ${cause}, ${note}, ${tx.json(actor as never)}, ${at})
    on conflict (clock_id) do update
    set cause = excluded.cause, note = excluded.note, actor = excluded.actor, at = excluded.at`
}

export function deleteCause(tx: Tx, clockId: string) {
  return tx`delete from breach_causes where clock_id = ${clockId}`
}

export type Attainment = {
  policyId: string | null
  policy: string | null
  targetPercent: number | null
  kind: ClockKind
  met: number
  breached: number
  running: number
}

/** Of tickets opened in this time: how many clocks were met, breached, and run still in time. */
export function attainment(sql: Queryable, from: Date, to: Date) {
  return sql<Attainment[]>`
    select t.sla_policy_id as policy_id, p.name as policy, p.target_percent, k.kind,
      count(*) filter (where k.breached_at is null and k.stopped_at is not null)::integer as met,
      count(*) filter (where k.breached_at is not null)::integer as breached,
      count(*) filter (where k.breached_at is null and k.stopped_at is null)::integer as running
    from tickets t join clocks k on k.ticket_id = t.id left join sla_policies p on p.id = t.sla_policy_id
    where t.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
      and t.opened_at >= ${from} and t.opened_at < ${to}
    group by t.sla_policy_id, p.name, p.target_percent, k.kind order by p.name, k.kind`
}

function facts(sql: Queryable) {
  return sql`k.id as clock_id, k.kind, k.turn, k.target_minutes, t.id as ticket_id, t.number, t.subject, t.state,
    t.priority, t.owner_id, a.name as owner_name, t.team_id, m.name as team_name, p.name as contact_name`
}

function joins(sql: Queryable) {
  return sql`from clocks k join tickets t on t.id = k.ticket_id join contacts p on p.id = t.contact_id
    left join agents a on a.id = t.owner_id left join teams m on m.id = t.team_id`
}
