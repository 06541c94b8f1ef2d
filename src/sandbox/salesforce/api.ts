import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { RecordRefused, SfRefused } from './errors.ts'
import { mountSalesforceOAuth } from './oauth.ts'
import { answerRest } from './rest.ts'
import { answerSoap, fault, sessionOf } from './soap.ts'
import type { Org, Session } from './state.ts'
import { takeCall, usageOf } from './usage.ts'
import type { Scope } from './write.ts'

/** Of a call's address, in bytes. */
const LONGEST_URI = 16_384

/** Salesforce's API, as far as the hub uses it: OAuth, REST and a little of SOAP. */
export function mountSalesforce(app: Hono<SandboxEnv>, runtime: Runtime) {
  const { world, clock, bus } = runtime
  mountSalesforceOAuth(app, runtime)

  app.get('/salesforce/services/oauth2/userinfo', c => {
    const known = sessionAt(bearerOf(c))
    if (!known) return c.text('Bad_OAuth_Token', 403)
    return c.json({ user_id: known.session.userId, organization_id: known.org.orgId })
  })

  app.post('/salesforce/services/Soap/:place/:version', async c => {
    const body = await c.req.text()
    const known = sessionAt(sessionOf(body))
    c.header('content-type', 'text/xml; charset=utf-8')
    if (!known) return c.body(fault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader'), 500)
    if (!count(c, known.org)) return c.body(fault('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'), 500)
    const answer = answerSoap(scopeOf(known, c), body)
    bus.changed()
    return answer === null ? c.body(fault('INVALID_OPERATION', 'No operation available'), 500) : c.body(answer)
  })

  app.all('/salesforce/services/data/:version/*', async c => {
    const known = sessionAt(bearerOf(c))
    if (!known) return refuse(c, new SfRefused(401, 'INVALID_SESSION_ID', 'Session expired or invalid'))
    if (!count(c, known.org)) {
      return refuse(c, new SfRefused(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'))
    }
    const url = new URL(c.req.url)
    if (url.href.length > LONGEST_URI) return refuse(c, new SfRefused(414, 'URI_TOO_LONG', 'The URI is too long.'))
    const path = url.pathname.replace(/^\/salesforce\/services\/data\/v\d+\.0/, '') + url.search
    const [, version] = /^\/sobjects\/ContentVersion\/(\w+)\/VersionData$/.exec(path) ?? []
    if (version) {
      const data = known.org.objects.get('ContentVersion')?.rows.get(version)?.fields.VersionData
      if (typeof data !== 'string')
        return refuse(c, new SfRefused(404, 'NOT_FOUND', 'The requested resource does not exist'))
      return c.body(Buffer.from(data, 'base64'), 200, { 'content-type': 'application/octetstream' })
    }
    const fault = c.get('fault')
    const failIndexes = fault?.kind === 'partial' ? (fault.failIndexes ?? []) : []
    try {
      const body = c.req.method === 'GET' || c.req.method === 'DELETE' ? undefined : await c.req.json()
      const answer = answerRest(scopeOf(known, c), { method: c.req.method, path, body, failIndexes })
      if (c.req.method !== 'GET') bus.changed()
      return c.json(answer.body as object, answer.status as 200)
    } catch (error) {
      if (error instanceof SfRefused) return refuse(c, error)
      if (error instanceof RecordRefused) {
        return refuse(c, new SfRefused(400, error.statusCode, error.message, error.fields))
      }
      if (error instanceof SyntaxError) return refuse(c, new SfRefused(400, 'JSON_PARSER_ERROR', error.message))
      throw error
    }
  })

  app.all('/salesforce/*', c => refuse(c, new SfRefused(404, 'NOT_FOUND', 'The requested resource does not exist')))

  function sessionAt(token: string): { session: Session; org: Org } | undefined {
    const session = world.salesforce.sessions.get(token)
    const org = session && world.salesforce.orgs.get(session.orgId)
    return session && org && session.until > clock.now() ? { session, org } : undefined
  }

  function scopeOf({ org, session }: { org: Org; session: Session }, c: Context): Scope {
    const [, client] = /(?:^|[\s,;])client=(\w+)/.exec(c.req.header('sforce-call-options') ?? '') ?? []
    return { state: world.salesforce, org, clock, userId: session.userId, ...(client ? { client } : {}) }
  }

  function count(c: Context, org: Org): boolean {
    const isAllowed = takeCall(org, clock.now())
    const { used, max } = usageOf(org, clock.now())
    c.header('Sforce-Limit-Info', `api-usage=${used}/${max}`)
    return isAllowed
  }
}

function bearerOf(c: Context): string {
  return /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
}

function refuse(c: Context, { status, errors }: SfRefused) {
  return c.json(errors, status as 400)
}
