/**
 * People, before any workspace is known. better-auth's own tables are reached by a role that nothing else takes; what a request
 * needs of them is asked of narrow functions.
 */
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { drizzle } from 'drizzle-orm/pg-proxy'
import type { Language } from '../core/errors.ts'
import type { Db, Queryable } from './client.ts'
import * as schema from './schema/auth.ts'

const AUTH_ROLE = 'buzon_auth'

/** Where better-auth keeps its things. Each statement takes the role for itself. */
export function authAdapter(db: Db) {
  const remote = drizzle(
    async (statement, params) => {
      const rows = await asAuth(db, sql => sql.unsafe(statement, params as never[]).values())
      return { rows: [...rows], rowCount: rows.count } as { rows: unknown[] }
    },
    { casing: 'snake_case' },
  )
  return drizzleAdapter(remote, { provider: 'pg', schema: models })
}

/** As better-auth calls them. */
const models = {
  ...{ user: schema.users, session: schema.sessions, account: schema.accounts, verification: schema.verifications },
  ...{ twoFactor: schema.twoFactors, rateLimit: schema.rateLimits },
}

async function asAuth<T>(db: Db, act: (sql: Queryable) => Promise<T>): Promise<T> {
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
