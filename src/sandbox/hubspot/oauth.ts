import { createHash, randomBytes } from 'node:crypto'
import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { refuse } from './door.ts'
import { type Refusal, validation } from './errors.ts'
import type { Portal } from './state.ts'

/** HubSpot's access tokens live half an hour, its codes a few minutes. Seconds. */
const EXPIRES_IN = 1_800
const CODE_LIFE = 600

/** What only a token for the app itself may do. */
const APP_SCOPES = [
  'developer.webhooks_journal.read',
  'developer.webhooks_journal.subscriptions.read',
  'developer.webhooks_journal.subscriptions.write',
]

/** OAuth, which has no token yet and so stands before the door. */
export function mountOAuth(app: Hono<SandboxEnv>, { world, clock }: Runtime) {
  const portals = () => [...world.hubspot.portals.values()]
  const ofClient = (id: string | undefined) => portals().filter(portal => clientIdOf(portal) === id)

  app.get('/hubspot/oauth/authorize', c => {
    const installable = ofClient(c.req.query('client_id'))
    if (installable.length === 0) return c.html(page('<p>The app does not exist.</p>'), 404)
    const wanted = scopesOf(c.req.query('scope'))
    const rows = wanted.map(scope => `<li>${escaped(scope)}</li>`).join('')
    const buttons = installable.map(
      ({ portalId }) => `<button name="portalId" value="${portalId}">Connect account ${portalId}</button>`,
    )
    const form = `<form method="post">${buttons.join(' ')} <button name="portalId" value="">Cancel</button></form>`
    return c.html(page(`<h1>Connect app</h1><ul>${rows}</ul>${form}`))
  })

  app.post('/hubspot/oauth/authorize', async c => {
    const form = await formOf(c)
    const portal = ofClient(c.req.query('client_id')).find(each => String(each.portalId) === form.portalId)
    const back = new URL(c.req.query('redirect_uri') ?? 'about:blank')
    const state = c.req.query('state')
    if (state !== undefined) back.searchParams.set('state', state)
    if (!portal) {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_description', 'The user denied the application access')
      return c.redirect(back.href)
    }
    const asked = [...scopesOf(c.req.query('scope')), ...scopesOf(c.req.query('optional_scope'))]
    const code = randomBytes(16).toString('hex')
    world.hubspot.codes.set(code, {
      portalId: portal.portalId,
      redirectUri: c.req.query('redirect_uri') ?? '',
      challenge: c.req.query('code_challenge') ?? null,
      scopes: asked.filter(scope => scope === 'oauth' || portal.scopes.includes(scope)),
      until: clock.now() + CODE_LIFE * 1_000,
    })
    back.searchParams.set('code', code)
    return c.redirect(back.href)
  })

  app.post('/hubspot/oauth/token', async c => {
    const form = await formOf(c)
    const portal = portals().find(entry => entry.clientSecret === form.client_secret)
    if (!portal) return refuse(c, badAuth('BAD_CLIENT_SECRET', 'missing or unknown client secret'))
    if (form.client_id !== clientIdOf(portal))
      return refuse(c, badAuth('BAD_CLIENT_ID', 'missing or unknown client id'))
    switch (form.grant_type) {
      case 'authorization_code': {
        const code = world.hubspot.codes.get(form.code ?? '')
        world.hubspot.codes.delete(form.code ?? '')
        const ok =
          code &&
          code.until > clock.now() &&
          code.redirectUri === form.redirect_uri &&
          (code.challenge === null || code.challenge === challengeOf(form.code_verifier ?? ''))
        if (!ok) return refuse(c, badAuth('BAD_AUTH_CODE', 'missing or unknown auth code'))
        return c.json(grant(code.portalId, code.scopes))
      }
      case 'refresh_token': {
        const known = world.hubspot.refreshes.get(form.refresh_token ?? '')
        if (!known) return refuse(c, badAuth('BAD_REFRESH_TOKEN', 'missing or invalid refresh token'))
        if (!world.hubspot.portals.get(known.portalId)?.rotatesRefreshTokens) {
          return c.json(grant(known.portalId, known.scopes, form.refresh_token))
        }
        world.hubspot.refreshes.delete(form.refresh_token ?? '')
        return c.json(grant(known.portalId, known.scopes))
      }
      case 'client_credentials': {
        const scopes = scopesOf(form.scope).filter(scope => APP_SCOPES.includes(scope))
        const token = newToken('app')
        world.hubspot.access.set(token, { portalId: portal.portalId, scopes, until: lifeEnd(), ofApp: true })
        return c.json({ token_type: 'bearer', access_token: token, expires_in: EXPIRES_IN, scopes })
      }
      default:
        return refuse(c, badAuth('BAD_GRANT_TYPE', 'missing or unknown grant type'))
    }
  })

  const introspect = async (c: Context<SandboxEnv>) => {
    const { token = '' } = await formOf(c)
    const access = world.hubspot.access.get(token)
    const portalId = world.hubspot.tokens.get(token) ?? (access && access.until > clock.now() ? access.portalId : -1)
    const portal = world.hubspot.portals.get(portalId)
    if (!portal) return c.json({ active: false })
    return c.json({
      active: true,
      token_type: 'access_token',
      hub_id: portal.portalId,
      app_id: portal.appId,
      client_id: clientIdOf(portal),
      user_id: [...portal.owners.values()][0]?.userId,
      scopes: access?.scopes ?? portal.scopes,
      expires_in: access ? Math.round((access.until - clock.now()) / 1_000) : EXPIRES_IN,
    })
  }
  app.post('/hubspot/oauth/token/introspect', introspect)
  app.post('/hubspot/oauth/introspect', introspect)

  app.post('/hubspot/oauth/token/revoke', async c => {
    const { token = '' } = await formOf(c)
    world.hubspot.refreshes.delete(token)
    world.hubspot.access.delete(token)
    return c.body(null, 204)
  })

  function grant(portalId: number, scopes: string[], refreshToken = newToken('refresh')) {
    const token = newToken('access')
    world.hubspot.access.set(token, { portalId, scopes, until: lifeEnd(), ofApp: false })
    world.hubspot.refreshes.set(refreshToken, { portalId, scopes })
    return {
      ...{ token_type: 'bearer', access_token: token, refresh_token: refreshToken },
      ...{ expires_in: EXPIRES_IN, hub_id: portalId, scopes },
    }
  }

  function lifeEnd(): number {
    return clock.now() + EXPIRES_IN * 1_000
  }
}

export function clientIdOf({ appId }: Portal): string {
  return `client-${appId}`
}

function newToken(kind: string): string {
  return `${kind}-${randomBytes(16).toString('hex')}`
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

function scopesOf(list: string | undefined): string[] {
  return (list ?? '').split(/\s+/).filter(Boolean)
}

function badAuth(code: string, message: string): Refusal {
  return validation(message, { category: code })
}

async function formOf(c: Context): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await c.req.text()))
}

function page(body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>HubSpot (sandbox)</title>${body}`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)
}
