import type { Context } from 'hono'
import type { HttpEnv } from './runtime.ts'

/**
 * A browser adds passwords and cookies to what other sites make it send, and says in these headers where that comes from. Who
 * sends none of them is no browser.
 */
export function comesFromHere(c: Context<HttpEnv>): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = c.req.header('origin')
  return origin === undefined || [c.var.runtime.appUrl, c.req.url].some(url => new URL(url).origin === origin)
}
