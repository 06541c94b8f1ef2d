/** The one place where a route's permission is checked, before anything of the request is read; then, whether it was asked before. */
import { createMiddleware } from 'hono/factory'
import { AppError } from '../core/errors.ts'
import type { Permission } from '../core/permissions.ts'
import { problem } from './errors.ts'
import { idempotent } from './idempotency.ts'
import type { HttpEnv } from './runtime.ts'

/** `signed in`: whoever has a session or a key of the workspace. */
export type Needs = Permission | 'signed in'

export function permit(needs: Needs) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    if (needs === 'signed in' || c.var.caller.permissions.has(needs)) return idempotent(c, next)
    return problem(c, new AppError('missing permission', { permission: needs }), undefined, { permission: needs })
  })
}
