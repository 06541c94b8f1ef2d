/**
 * People, before any workspace is known. better-auth's own tables are reached by a role that nothing else takes; what a request
 * needs of them is asked of narrow functions.
 */
import type { Language } from '../core/errors.ts'
import type { Db, Queryable } from './client.ts'

const AUTH_ROLE = 'buzon_auth'

/** Takes the role for one act. */
export async function asAuth<T>(db: Db, act: (sql: Queryable) => Promise<T>): Promise<T> {
  const result = await db.begin(async tx => {
    const [, value] = await Promise.all([tx`select set_config('role', ${AUTH_ROLE}, true)`.execute(), act(tx)])
    return { value }
  })
  return (result as { value: T }).value
}

export type SessionRow = {
  sessionId: string
  userId: string
  email: string
  userName: string
  /** Null: of none, or not of the one that was asked for. */
  workspaceId: string | null
  language: Language | null
  agentId: string | null
  agentName: string | null
  role: string | null
  /** Of a role of the workspace's own; null: the role is built in. */
  permissions: string[] | null
  visibility: string | null
  teamIds: string[] | null
}

/** The person of a session, as the agent of `workspaceId`, else of the workspace chosen last, else of their first. */
export async function findSession(sql: Queryable, token: string, workspaceId: string | null) {
  const [row] = await sql<SessionRow[]>`select * from find_session(${token}, ${workspaceId})`
  return row
}

export function workspacesOf(sql: Queryable, userId: string) {
  return sql<{ workspaceId: string; name: string; agentId: string; role: string }[]>`
    select * from workspaces_of(${userId})`
}

/** Whether anybody can sign in yet. */
export async function hasPeople(sql: Queryable): Promise<boolean> {
  const [row] = await sql<{ hasPeople: boolean }[]>`select has_people()`
  return row?.hasPeople ?? true
}

export type FoundUser = {
  id: string
  name: string
  email: string
  language: Language | null
  twoFactorEnabled: boolean
}

export function userByEmail(db: Db, email: string): Promise<FoundUser | undefined> {
  return asAuth(db, async sql => {
    const [row] = await sql<FoundUser[]>`
      select id, name, email, language, coalesce(two_factor_enabled, false) as two_factor_enabled
      from auth.users where email = ${email.toLowerCase()}`
    return row
  })
}

/** Their address is theirs: they opened a link that was sent there, or set the installation up. */
export function confirmEmail(db: Db, userId: string) {
  return asAuth(db, sql => sql`update auth.users set email_verified = true where id = ${userId}`)
}

/** An account that came to nothing: what it was made for did not come about. */
export function removeUser(db: Db, userId: string) {
  return asAuth(db, sql => sql`delete from auth.users where id = ${userId}`)
}

/** Signs somebody out everywhere. */
export function endSessions(db: Db, userId: string) {
  return asAuth(db, sql => sql`delete from auth.sessions where user_id = ${userId}`)
}

export function chooseWorkspace(db: Db, sessionId: string, workspaceId: string) {
  return asAuth(db, sql => sql`update auth.sessions set workspace_id = ${workspaceId} where id = ${sessionId}`)
}

/** Wrong passwords of an account, whoever tried them: so many within the window close it until the window is over. */
const LOCK = { attempts: 10, windowMs: 15 * 60_000 }
const lockKey = (email: string) => `account:${email.toLowerCase()}`

/** Until when the account is closed; null where it is open. By the clock of sessions. */
export function lockedUntil(db: Db, email: string): Promise<Date | null> {
  return asAuth(db, async sql => {
    const [row] = await sql<{ lastRequest: string }[]>`
      select last_request from auth.rate_limits where key = ${lockKey(email)} and count >= ${LOCK.attempts}`
    const until = row ? Number(row.lastRequest) + LOCK.windowMs : 0
    return until > Date.now() ? new Date(until) : null
  })
}

export function noteWrongPassword(db: Db, email: string, id: string) {
  const at = Date.now()
  return asAuth(
    db,
    sql => sql`
      insert into auth.rate_limits as l (id, key, count, last_request) values (${id}, ${lockKey(email)}, 1, ${at})
      on conflict (key) do update set last_request = ${at},
        count = case when l.last_request < ${at - LOCK.windowMs} then 1 else l.count + 1 end`,
  )
}

export function forgetWrongPasswords(db: Db, email: string) {
  return asAuth(db, sql => sql`delete from auth.rate_limits where key = ${lockKey(email)}`)
}

export function setLanguage(db: Db, userId: string, language: Language) {
  return asAuth(db, sql => sql`update auth.users set language = ${language} where id = ${userId}`)
}

/** The setting up of a fresh installation; of two at once one has it. False: somebody else does. */
export function claimSetup(db: Db, id: string): Promise<boolean> {
  return asAuth(db, async sql => {
    const rows = await sql`
      insert into auth.rate_limits as l (id, key, count, last_request) values (${id}, 'setup', 1, ${Date.now()})
      on conflict (key) do nothing returning 1`
    return rows.length > 0
  })
}

/** It did not come about: the next may try. */
export function releaseSetup(db: Db) {
  return asAuth(db, sql => sql`delete from auth.rate_limits where key = 'setup'`)
}
