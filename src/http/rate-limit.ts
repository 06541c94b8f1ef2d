/**
 * How often one caller may ask, counted in the memory of this process: on several processes, or isolates of Workers, each counts
 * for itself. It keeps one program's loop from the others' time; the doors of /api/auth count in the database.
 */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../core/errors.ts'
import { problem } from './errors.ts'
import type { HttpEnv } from './runtime.ts'

/** Of one key or agent. The console asks a few a second at most; a program that needs more should listen to webhooks. */
export const LIMIT = { requests: 600, windowMs: 30_000 }

/** Of one address at the doors where nobody is known yet: each of them may cost the hash of a password. */
export const JOIN_LIMIT = { requests: 30, windowMs: 60_000 }

export type Budget = { allowed: boolean; remaining: number; resetMs: number }

/** Fixed windows: the first request of a caller opens one. */
export function createRateLimit({ requests, windowMs } = LIMIT) {
  const windows = new Map<string, { endsAt: number; count: number }>()
  return (caller: string, nowMs: number): Budget => {
    let window = windows.get(caller)
    if (!window || window.endsAt <= nowMs) {
      window = { endsAt: nowMs + windowMs, count: 0 }
      if (windows.size > 10_000) forgetEnded(nowMs)
      windows.set(caller, window)
    }
    window.count++
    const remaining = Math.max(0, requests - window.count)
    return { allowed: window.count <= requests, remaining, resetMs: window.endsAt - nowMs }
  }

  function forgetEnded(nowMs: number) {
    for (const [caller, { endsAt }] of windows) if (endsAt <= nowMs) windows.delete(caller)
  }
}

/** The headers are those of draft-ietf-httpapi-ratelimit-headers. `who`: whose requests are counted together. */
export function limitRate(limit: typeof LIMIT, who: (c: Context<HttpEnv>) => string) {
  const count = createRateLimit(limit)
  const policy = `"default";q=${limit.requests};w=${limit.windowMs / 1000}`
  return createMiddleware<HttpEnv>(async (c, next) => {
    const { allowed, remaining, resetMs } = count(who(c), c.var.runtime.services.clock())
    const seconds = Math.ceil(resetMs / 1000)
    if (allowed) await next()
    else {
      c.res = problem(c, new AppError('too many requests'))
      c.res.headers.set('retry-after', String(seconds))
    }
    c.res.headers.set('ratelimit-policy', policy)
    c.res.headers.set('ratelimit', `"default";r=${remaining};t=${seconds}`)
  })
}
