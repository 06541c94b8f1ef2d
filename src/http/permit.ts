/**
 * The one place that every route goes through: its permission is checked before anything of the request is read, then whether
 * it was asked before, and what it changed is in the audit log when it has been done.
 */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../core/errors.ts'
import type { Permission } from '../core/permissions.ts'
import { isRecorded, writeAudit } from '../db/audit.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { inboxContext } from './auth.ts'
import { problem } from './errors.ts'
import { idempotent } from './idempotency.ts'
import type { HttpEnv } from './runtime.ts'

/** `signed in`: whoever has a session or a key of the workspace. */
export type Needs = Permission | 'signed in'

export function permit(needs: Needs) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    if (needs !== 'signed in' && !c.var.caller.permissions.has(needs)) {
      return problem(c, new AppError('missing permission', { permission: needs }), undefined, { permission: needs })
    }
    return idempotent(c, async () => {
      await next()
      if (isWrite(c) && c.res.ok && !isRecorded(c.var.caller.actor)) await record(c)
    })
  })
}

/** What these do is over when it is answered: it leaves nothing behind that could be looked up. */
const passing = /\/(typing|presence|preview|try|numbers)$/

function isWrite(c: Context<HttpEnv>): boolean {
  return c.req.method !== 'GET' && !passing.test(c.req.path)
}

/** A verb writes what it changed, before and after. Of one that does not, at least that it was done, and by whom. */
function record(c: Context<HttpEnv>) {
  const ctx = inboxContext(c.var.runtime, c.var.caller)
  const [, , , subjectKind = '', id = ''] = c.req.path.split('/')
  return inWorkspace(ctx.db, ctx.workspaceId, tx =>
    writeAudit(tx, ctx, newId(), {
      ...{ action: `${c.req.method} ${c.req.path.replace(/\/[^/]*\d[^/]*/g, '/…')}`, subjectKind },
      subjectId: /\d/.test(id) ? id : ctx.workspaceId,
    }),
  )
}
