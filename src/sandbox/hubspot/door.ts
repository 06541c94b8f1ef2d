import type { Context, MiddlewareHandler } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { appSource, type ChangeFeed } from './changes.ts'
import { type Refusal, Refused, refusalBody, validation } from './errors.ts'
import type { Limiter } from './rate-limit.ts'
import type { Scope } from './records.ts'
import { objectTypeOf, type Store } from './state.ts'

/** Every request of the simulated API passes here: token, then limits. */
export function hubspotDoor({ world, clock }: Runtime, limiter: Limiter): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    // Links to files carry their own permission, and are no calls of the API.
    const ofFile = /^\/hubspot\/(?:journal-files|files)\/(\d+)\//.exec(c.req.path)?.[1]
    if (ofFile !== undefined) {
      const portal = world.hubspot.portals.get(Number(ofFile))
      if (!portal) return c.text('No such key', 404)
      c.set('portal', portal)
      return next()
    }
    const token = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const access = world.hubspot.access.get(token)
    if (access && access.until <= clock.now()) return refuse(c, EXPIRED)
    const portal = world.hubspot.portals.get(access?.portalId ?? world.hubspot.tokens.get(token) ?? -1)
    if (!portal) return refuse(c, UNAUTHENTICATED)
    c.set('access', access)
    const { headers, refusal } = limiter.measure(portal, c.req.path.endsWith('/search'), access !== undefined)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (refusal) return refuse(c, refusal)
    c.set('portal', portal)
    await next()
  }
}

export function refuse(c: Context, refusal: Refusal) {
  return c.json(refusalBody(refusal), refusal.status)
}

/** Writes of the API carry the app's mark. */
export function scopeOf(c: Context<SandboxEnv>, runtime: Runtime, feed: ChangeFeed): Scope {
  const portal = c.get('portal')
  return { state: runtime.world.hubspot, portal, source: appSource(portal), feed, clock: runtime.clock }
}

export function storeOf(c: Context<SandboxEnv>, name: string): Store {
  const type = objectTypeOf(name)
  if (type === undefined) throw new Refused(validation(`Unable to infer object type from: ${name}`))
  return c.get('portal').stores[type]
}

const UNAUTHENTICATED: Refusal = {
  status: 401,
  category: 'INVALID_AUTHENTICATION',
  message:
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
}

const EXPIRED: Refusal = {
  status: 401,
  category: 'EXPIRED_AUTHENTICATION',
  message: 'The OAuth token used to make this call expired. The caller can refresh the token and retry.',
}

const VERSIONED = [
  /^(\/hubspot\/crm)\/v[34](\/(?:objects|properties|pipelines|owners|associations)(?:\/|$))/,
  /^(\/hubspot\/conversations)\/v3(\/custom-channels(?:\/|$))/,
  /^(\/hubspot\/(?:oauth|account-info))\/(?:v1|v3|\d{4}-\d{2}(?:-beta)?)(\/)/,
  /^(\/hubspot\/(?:crm\/(?:objects|properties|pipelines|owners|associations)|conversations\/custom-channels|files|webhooks-journal\/(?:journal-local|journal|subscriptions)))\/\d{4}-\d{2}(?:-beta)?(\/|$)/,
]

/** Both families of paths lead to one set of routes: the version is taken out before routing. */
export function withoutVersion(path: string): string {
  if (!path.startsWith('/hubspot/')) return path
  for (const pattern of VERSIONED) {
    if (pattern.test(path)) return path.replace(pattern, '$1$2').replace(/(.)\/$/, '$1')
  }
  if (path === '/hubspot/oauth/authorize') return path
  return path.startsWith('/hubspot/oauth/') || path.startsWith('/hubspot/crm/') ? '/hubspot/unknown' : path
}
