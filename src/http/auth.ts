import { createMiddleware } from 'hono/factory'
import { AppError } from '../core/errors.ts'
import { builtInRoles, seesAll } from '../core/permissions.ts'
import { findApiKey } from '../db/workspaces.ts'
import type { InboxContext } from '../inbox/context.ts'
import type { SyncContext } from '../sync/context.ts'
import { syncContext } from '../sync/context.ts'
import type { Caller, HttpEnv, HttpRuntime } from './runtime.ts'

/** `Authorization: Bearer <API key>`; the key names the workspace. */
export const requireKey = createMiddleware<HttpEnv>(async (c, next) => {
  const key = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const caller = key ? await findApiKey(c.var.runtime.services.db, await hashKey(key)) : undefined
  if (!caller) throw new AppError('unauthorized')
  const { id, name, workspaceId, language } = caller
  c.set('caller', {
    ...{ workspaceId, name, language, actor: { kind: 'api', keyId: id, name } },
    ...{ permissions: new Set(builtInRoles.admin.permissions), visibility: 'all', sees: seesAll },
    ...{ agentId: null, teamIds: [] },
  })
  await next()
})

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
