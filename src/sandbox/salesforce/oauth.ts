import { createHash, createVerify, randomBytes } from 'node:crypto'
import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import type { Org } from './state.ts'

/** A session of two hours, as organizations have it; a code of ten minutes. ms */
const SESSION_MS = 2 * 3_600_000
const CODE_MS = 600_000

/** The flows of an External Client App: web server with PKCE and rotation, refresh, JWT bearer, client credentials. */
export function mountSalesforceOAuth(app: Hono<SandboxEnv>, { world, clock, origin }: Runtime) {
  const orgs = () => [...world.salesforce.orgs.values()]
  const ofClient = (id: string | undefined) => orgs().filter(org => org.clientId === id)

  app.get('/salesforce/services/oauth2/authorize', c => {
    const installable = ofClient(c.req.query('client_id'))
    if (installable.length === 0) return c.html(page('<p>error=invalid_client_id</p>'), 400)
    const buttons = installable.map(
      ({ orgId }) => `<button name="orgId" value="${escaped(orgId)}">Allow for organization ${escaped(orgId)}</button>`,
    )
    const scopes = escaped(c.req.query('scope') ?? '')
    const form = `<form method="post">${buttons.join(' ')} <button name="orgId" value="">Deny</button></form>`
    return c.html(page(`<h1>Allow access?</h1><p>${scopes}</p>${form}`))
  })

  app.post('/salesforce/services/oauth2/authorize', async c => {
    const { orgId } = await formOf(c)
    const org = ofClient(c.req.query('client_id')).find(each => each.orgId === orgId)
    const back = new URL(c.req.query('redirect_uri') ?? 'about:blank')
    const state = c.req.query('state')
    if (state !== undefined) back.searchParams.set('state', state)
    if (!org) {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_description', 'end-user denied authorization')
      return c.redirect(back.href)
    }
    const code = randomBytes(20).toString('hex')
    world.salesforce.codes.set(code, {
      ...{ orgId: org.orgId, redirectUri: c.req.query('redirect_uri') ?? '' },
      ...{ challenge: c.req.query('code_challenge') ?? null, until: clock.now() + CODE_MS },
    })
    back.searchParams.set('code', code)
    return c.redirect(back.href)
  })

  app.post('/salesforce/services/oauth2/token', async c => {
    const form = await formOf(c)
    if (form.grant_type === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      const org = orgs().find(each => isSigned(form.assertion ?? '', each, clock.now()))
      return org ? c.json(grant(org, undefined)) : refuse(c, 'invalid_grant', 'invalid assertion')
    }
    const org = ofClient(form.client_id).find(each => each.clientSecret === form.client_secret)
    if (!org) return refuse(c, 'invalid_client', 'invalid client credentials')
    switch (form.grant_type) {
      case 'client_credentials':
        return c.json(grant(org, undefined))
      case 'authorization_code': {
        const code = world.salesforce.codes.get(form.code ?? '')
        world.salesforce.codes.delete(form.code ?? '')
        const isRight =
          code && code.until > clock.now() && code.orgId === org.orgId && code.redirectUri === form.redirect_uri
        if (!isRight) return refuse(c, 'invalid_grant', 'expired authorization code')
        if (code.challenge !== null && code.challenge !== challengeOf(form.code_verifier ?? '')) {
          return refuse(c, 'invalid_grant', 'invalid code verifier')
        }
        return c.json(grant(org, newToken('5Aep')))
      }
      case 'refresh_token': {
        const known = world.salesforce.refreshes.get(form.refresh_token ?? '')
        if (known?.orgId !== org.orgId) return refuse(c, 'invalid_grant', 'expired access/refresh token')
        if (!org.rotatesRefreshTokens) return c.json({ ...grant(org, undefined) })
        world.salesforce.refreshes.delete(form.refresh_token ?? '')
        return c.json(grant(org, newToken('5Aep')))
      }
    }
    return refuse(c, 'unsupported_grant_type', 'grant type not supported')
  })

  function grant(org: Org, refreshToken: string | undefined) {
    const token = newToken('00D')
    world.salesforce.sessions.set(token, { orgId: org.orgId, userId: org.userId, until: clock.now() + SESSION_MS })
    if (refreshToken) world.salesforce.refreshes.set(refreshToken, { orgId: org.orgId })
    return {
      ...{ access_token: token, instance_url: `${origin.url}/salesforce`, token_type: 'Bearer' },
      ...{ id: `${origin.url}/salesforce/id/${org.orgId}/${org.userId}`, issued_at: String(clock.now()) },
      ...(refreshToken ? { refresh_token: refreshToken, scope: 'refresh_token api' } : { scope: 'api' }),
    }
  }
}

/** RS256 by the organization's certificate, for its app and its integration user, and of now. */
function isSigned(assertion: string, org: Org, now: number): boolean {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  if (!org.publicKey) return false
  const { iss, sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}')
  const user = org.objects.get('User')?.rows.get(org.userId)?.fields.Username
  if (iss !== org.clientId || sub !== user || Number(exp) * 1_000 < now) return false
  return createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(org.publicKey, signature, 'base64url')
}

function refuse(c: Context, error: string, error_description: string) {
  return c.json({ error, error_description }, 400)
}

function newToken(kind: string): string {
  return `${kind}${randomBytes(24).toString('hex')}`
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

async function formOf(c: Context): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await c.req.text()))
}

function page(body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Salesforce (sandbox)</title>${body}`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)
}
