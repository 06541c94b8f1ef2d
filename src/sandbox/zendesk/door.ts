import type { Context, MiddlewareHandler } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { type Refusal, unauthorized } from './errors.ts'
import type { Limiter } from './limits.ts'
import { type Account, ADMIN } from './state.ts'

/** Every call of the simulated API passes here: who it is, then how many they were. */
export function zendeskDoor({ world, clock }: Runtime, limiter: Limiter): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const caller = callerOf(c.req.header('authorization') ?? '')
    if (!caller) return refuse(c, unauthorized('The access token provided is expired, revoked, malformed or invalid'))
    const { account, userId, scopes } = caller
    const { headers, retryAfter } = limiter.measure(account, c.req.path)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (retryAfter !== undefined) {
      c.header('Retry-After', String(retryAfter))
      return c.json({ error: 'APIRateLimitExceeded', description: 'Rate limit exceeded' }, 429)
    }
    const needed = c.req.method === 'GET' ? 'read' : 'write'
    if (!scopes.some(scope => scope === needed || scope.endsWith(`:${needed}`))) {
      return refuse(c, {
        status: 403,
        body: { error: 'Forbidden', description: `Missing the following scopes: ${needed}` },
      })
    }
    c.set('zendesk', account)
    c.set('zendeskUserId', userId)
    await next()
  }

  function callerOf(header: string): { account: Account; userId: number; scopes: string[] } | undefined {
    const accounts = [...world.zendesk.accounts.values()]
    const token = /^Bearer (.+)$/i.exec(header)?.[1]
    if (token !== undefined) {
      const access = world.zendesk.access.get(token)
      const account = access && world.zendesk.accounts.get(access.subdomain)
      if (!access || !account || access.until <= clock.now()) return undefined
      return { account, userId: access.userId, scopes: access.scopes }
    }
    const basic = /^Basic (.+)$/i.exec(header)?.[1]
    const [, email, apiToken] = /^(.*)\/token:(.*)$/.exec(Buffer.from(basic ?? '', 'base64').toString()) ?? []
    const account = accounts.find(each => each.apiToken !== null && each.apiToken === apiToken)
    const user = account && [...account.users.values()].find(each => each.email === email && each.role !== 'end-user')
    return user ? { account, userId: user.id, scopes: ['read', 'write'] } : undefined
  }
}

export function refuse(c: Context, { status, body, headers }: Refusal): Response {
  for (const [name, value] of Object.entries(headers ?? {})) c.header(name, value)
  return c.json(body as object, status)
}

/** What a static access token stands for. */
export const adminAccess = (subdomain: string) => ({
  ...{ subdomain, userId: ADMIN, scopes: ['read', 'write'], until: Number.MAX_SAFE_INTEGER },
})
