/** Agents, teams, roles and invitations of a workspace. */
import type { Queryable, Tx } from './client.ts'

export type PersonRow = {
  id: string
  name: string
  email: string
  available: boolean
  awayUntil: Date | null
  /** Null: nobody signs in as them. */
  userId: string | null
  role: string
  roleId: string | null
  roleName: string | null
  teamIds: string[]
  createdAt: Date | null
  deactivatedAt: Date | null
}

export type PersonValues = Partial<
  Pick<PersonRow, 'name' | 'available' | 'awayUntil' | 'userId' | 'role' | 'roleId' | 'deactivatedAt'>
>

function peopleOf(sql: Queryable) {
  return sql`
    select a.id, a.name, a.email, a.available, a.away_until, a.user_id, a.role, a.role_id, r.name as role_name,
      a.created_at, a.deactivated_at,
      array(select m.team_id from team_members m where m.agent_id = a.id order by m.team_id) as team_ids
    from agents a left join roles r on r.id = a.role_id`
}

export function listPeople(sql: Queryable) {
  return sql<PersonRow[]>`${peopleOf(sql)} order by a.name, a.id`
}

export async function personBy(sql: Queryable, key: { id: string } | { email: string } | { userId: string }) {
  const [row] = await sql<PersonRow[]>`${peopleOf(sql)} where ${conditionOf()}`
  return row

  function conditionOf() {
    if ('id' in key) return sql`a.id = ${key.id}`
    if ('email' in key) return sql`lower(a.email) = lower(${key.email})`
    return sql`a.user_id = ${key.userId}`
  }
}

/** All changes of who may do what wait for each other, so that two admins do not remove one another. */
export function lockPeople(tx: Tx) {
  return tx`select 1 from workspaces for update`
}

/** Those who could still sign in and do everything. */
export async function countAdmins(sql: Queryable): Promise<number> {
  const [row] = await sql<{ count: string }[]>`
    select count(*) from agents
    where role = 'admin' and role_id is null and deactivated_at is null and user_id is not null`
  return Number(row?.count ?? 0)
}

/** Of admins who work here. */
export function adminIds(sql: Queryable) {
  return sql<{ id: string }[]>`
    select id from agents where role = 'admin' and role_id is null and deactivated_at is null order by id`
}

export function insertPerson(
  tx: Tx,
  row: Pick<PersonRow, 'id' | 'name' | 'email' | 'userId' | 'role' | 'roleId'> & { workspaceId: string },
  now: Date,
) {
  const { id, workspaceId, name, email, userId, role, roleId } = row
  return tx`
    insert into agents (id, workspace_id, name, email, available, user_id, role, role_id, created_at)
    values (${id}, ${workspaceId}, ${name}, ${email}, true, ${userId}, ${role}, ${roleId}, ${now})`
}

export function updatePerson(tx: Tx, id: string, values: PersonValues) {
  return tx`update agents set ${tx(values)} where id = ${id}`
}

/** Unknown teams are left out: row-level security hides those of others. */
export async function setTeams(tx: Tx, workspaceId: string, agentId: string, teamIds: readonly string[]) {
  await tx`delete from team_members where agent_id = ${agentId}`
  await tx`
    insert into team_members (workspace_id, team_id, agent_id)
    select ${workspaceId}, id, ${agentId} from teams where id = any(${[...teamIds]}::uuid[])`
}

export type TeamRow = { id: string; name: string; isDefault: boolean; memberIds: string[] }

function teamsOf(sql: Queryable) {
  return sql`
    select t.id, t.name, t.is_default,
      array(select m.agent_id from team_members m where m.team_id = t.id order by m.agent_id) as member_ids
    from teams t`
}

export function listTeams(sql: Queryable) {
  return sql<TeamRow[]>`${teamsOf(sql)} order by t.name, t.id`
}

export async function teamById(sql: Queryable, id: string) {
  const [row] = await sql<TeamRow[]>`${teamsOf(sql)} where t.id = ${id}`
  return row
}

export function insertTeam(tx: Tx, { id, workspaceId, name }: { id: string; workspaceId: string; name: string }) {
  return tx`
    insert into teams (id, workspace_id, name, is_default)
    values (${id}, ${workspaceId}, ${name}, not exists (select 1 from teams))`
}

export async function updateTeam(tx: Tx, id: string, values: { name?: string; isDefault?: boolean }) {
  // The default is one.
  if (values.isDefault) await tx`update teams set is_default = false where is_default`
  await tx`update teams set ${tx(values)} where id = ${id}`
}

export async function setMembers(tx: Tx, workspaceId: string, teamId: string, agentIds: readonly string[]) {
  await tx`delete from team_members where team_id = ${teamId}`
  await tx`
    insert into team_members (workspace_id, team_id, agent_id)
    select ${workspaceId}, ${teamId}, id from agents where id = any(${[...agentIds]}::uuid[])`
}

/** What would be without a place: open tickets, and rules that name it. */
export async function usesOfTeam(sql: Queryable, teamId: string) {
  const [row] = await sql<{ tickets: string; rules: string }[]>`
    select (select count(*) from tickets where team_id = ${teamId} and state <> 'resolved') as tickets,
      (select count(*) from routing_rules where actions::text like ${`%${teamId}%`}) as rules`
  return { tickets: Number(row?.tickets ?? 0), rules: Number(row?.rules ?? 0) }
}

export function deleteTeam(tx: Tx, id: string) {
  return tx`delete from teams where id = ${id}`
}

export function agentIdsAmong(sql: Queryable, ids: readonly string[]) {
  return sql<{ id: string }[]>`select id from agents where id = any(${[...ids]}::uuid[])`
}

export function teamIdsAmong(sql: Queryable, ids: readonly string[]) {
  return sql<{ id: string }[]>`select id from teams where id = any(${[...ids]}::uuid[])`
}

export function openTicketIdsOf(sql: Queryable, agentId: string) {
  return sql<{ id: string }[]>`select id from tickets where owner_id = ${agentId} and state <> 'resolved' order by id`
}
