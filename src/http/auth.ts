/** Who calls: a program with a key, or a person with a session, as one agent of one workspace. */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import {
  builtInRoles,
  knownPermissions,
  type Role,
  seesAll,
  sightOf,
  type Visibility,
  visibilities,
} from '../core/permissions.ts'
import { findSession, type SessionRow } from '../db/auth.ts'
import { findApiKey } from '../db/workspaces.ts'
import type { InboxContext } from '../inbox/context.ts'
import type { SyncContext } from '../sync/context.ts'
import { syncContext } from '../sync/context.ts'
import type { Caller, HttpEnv, HttpRuntime } from './runtime.ts'
import { comesFromHere } from './same-site.ts'
import { sessionToken } from './session-cookie.ts'

/** `Authorization: Bearer <API key>`, or the cookie of a session; `X-Workspace` says which, for a person of several. */
export const requireCaller = createMiddleware<HttpEnv>(async (c, next) => {
  const authorization = c.req.header('authorization')
  c.set('caller', authorization === undefined ? await personOf(c) : await keyOf(c, authorization))
  await next()
})

async function keyOf({ var: { runtime } }: Context<HttpEnv>, authorization: string): Promise<Caller> {
  const { db, now } = runtime.services
  const key = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1]
  const row = key ? await findApiKey(db, await hashKey(key), now()) : undefined
  if (!row) throw new AppError('unauthorized')
  const { id, name, workspaceId, language } = row
  const granted = row.permissions ? knownPermissions(row.permissions) : builtInRoles.admin.permissions
  return {
    ...{ workspaceId, name, language, actor: { kind: 'api', keyId: id, name }, id: `key:${id}` },
    ...{ permissions: new Set(granted), visibility: 'all', sees: seesAll },
    ...{ agentId: null, teamIds: [], session: null },
  }
}

function personOf(c: Context<HttpEnv>): Promise<Caller> {
  return callerOf(c, c.req.header('x-workspace') ?? null)
}

/** The person of the session. Throws `unauthorized` without one, `no workspace` where they are not of it. */
export async function callerOf(c: Context<HttpEnv>, workspaceId: string | null): Promise<Caller> {
  const session = await sessionOf(c, workspaceId)
  if (!session) throw new AppError('unauthorized')
  const { sessionId, userId, email, workspaceId: of, language, agentId, agentName, teamIds } = session
  if (!of || !agentId) throw new AppError('no workspace')
  const { permissions, visibility } = roleOf(session)
  const name = agentName ?? session.userName
  return {
    ...{
      workspaceId: of,
      name,
      language: language ?? 'en',
      actor: { kind: 'agent', agentId, name },
      id: `agent:${agentId}`,
    },
    ...{ permissions: new Set(permissions), visibility, sees: sightOf(visibility, agentId, teamIds ?? []) },
    ...{ agentId, teamIds: teamIds ?? [], session: { id: sessionId, userId, email } },
  }
}

/** The session of the cookie, if there is one. Throws `cross site` where another site makes the browser send it. */
export async function sessionOf(c: Context<HttpEnv>, workspaceId: string | null): Promise<SessionRow | undefined> {
  const { services, appUrl } = c.var.runtime
  const token = sessionToken(c.req.header('cookie'), appUrl)
  if (!token) return undefined
  if (!['GET', 'HEAD'].includes(c.req.method) && !comesFromHere(c)) throw new AppError('cross site')
  if (workspaceId !== null && !z.uuid().safeParse(workspaceId).success) throw new AppError('no workspace')
  return findSession(services.db, token, workspaceId)
}

/** Of a role of the workspace's own, or a built-in one. What this version does not know, it does not grant. */
function roleOf({ role, permissions, visibility }: SessionRow): Role {
  if (permissions === null)
    return builtInRoles[role as keyof typeof builtInRoles] ?? { permissions: [], visibility: 'own' }
  const known = visibilities.find(each => each === visibility) satisfies Visibility | undefined
  return { permissions: knownPermissions(permissions), visibility: known ?? 'own' }
}

/** SHA-256, hex: keys are long and random, so a fast hash keeps them. */
export async function hashKey(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}

export function inboxContext({ services }: HttpRuntime, caller: Caller): InboxContext {
  const { db, emit, now } = services
  const { workspaceId, actor, sees } = caller
  return { db, emit, workspaceId, now: now(), actor, sees }
}

export function syncContextOf({ services }: HttpRuntime, caller: Caller): SyncContext {
  return syncContext(services, caller.workspaceId)
}
