import { createHash, randomBytes } from 'node:crypto'
import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { ADMIN } from './state.ts'

/** Seconds. https://support.zendesk.com/hc/en-us/articles/10212201463962 */
const ACCESS = { least: 300, usual: 1_800, most: 172_800 }
const REFRESH = { least: 604_800, usual: 2_592_000, most: 7_776_000 }
const CODE_MS = 120_000

/** OAuth, before the door: consent, and tokens whose refresh replaces both. */
export function mountZendeskOAuth(app: Hono<SandboxEnv>, { world, clock }: Runtime) {
  const clientOf = (id: string | undefined) =>
    [...world.zendesk.accounts.values()].find(({ clientId }) => clientId === id)

  app.get('/zendesk/oauth/authorizations/new', c => {
    const account = clientOf(c.req.query('client_id'))
    if (!account) return c.html(page('<p>Invalid authorization request: no such client.</p>'), 404)
    const scopes = (c.req.query('scope') ?? '').split(' ').filter(Boolean)
    const rows = scopes.map(scope => `<li>${escaped(scope)}</li>`).join('')
    const buttons = `<button name="allow" value="yes">Allow ${escaped(account.subdomain)}</button> <button name="allow" value="">Deny</button>`
    return c.html(page(`<h1>Connect app</h1><ul>${rows}</ul><form method="post">${buttons}</form>`))
  })

  app.post('/zendesk/oauth/authorizations/new', async c => {
    const form = new URLSearchParams(await c.req.text())
    const account = clientOf(c.req.query('client_id'))
    const back = new URL(c.req.query('redirect_uri') ?? 'about:blank')
    const state = c.req.query('state')
    if (state !== undefined) back.searchParams.set('state', state)
    if (!account || form.get('allow') !== 'yes') {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_description', 'The end-user or authorization server denied the request.')
      return c.redirect(back.href)
    }
    const code = randomBytes(16).toString('hex')
    world.zendesk.codes.set(code, {
      ...{ subdomain: account.subdomain, redirectUri: c.req.query('redirect_uri') ?? '' },
      ...{ challenge: c.req.query('code_challenge') ?? null, until: clock.now() + CODE_MS },
      scopes: (c.req.query('scope') ?? '').split(' ').filter(Boolean),
    })
    back.searchParams.set('code', code)
    return c.redirect(back.href)
  })

  app.post('/zendesk/oauth/tokens', async c => {
    const given = await c.req.json<Record<string, string | number | undefined>>()
    const account = clientOf(String(given.client_id))
    if (!account || given.client_secret !== account.clientSecret)
      return refuse(c, 'invalid_client', 'Client authentication failed due to unknown client')
    if (given.grant_type === 'authorization_code') {
      const code = world.zendesk.codes.get(String(given.code))
      world.zendesk.codes.delete(String(given.code))
      const isGood =
        code &&
        code.until > clock.now() &&
        code.subdomain === account.subdomain &&
        code.redirectUri === given.redirect_uri &&
        (code.challenge === null || code.challenge === challengeOf(String(given.code_verifier ?? '')))
      if (!isGood) return refuse(c, 'invalid_grant', 'The provided authorization grant is invalid, expired, revoked')
      return grant(c, account.subdomain, ADMIN, code.scopes, given)
    }
    if (given.grant_type === 'refresh_token') {
      const known = world.zendesk.refreshes.get(String(given.refresh_token))
      if (!known || known.until <= clock.now())
        return refuse(c, 'invalid_grant', 'The refresh token is invalid, expired or was used already')
      // The pair is gone, whether or not its answer arrives.
      world.zendesk.refreshes.delete(String(given.refresh_token))
      world.zendesk.access.delete(known.access)
      return grant(c, known.subdomain, known.userId, known.scopes, given)
    }
    return refuse(c, 'unsupported_grant_type', 'The authorization grant type is not supported')
  })

  function grant(
    c: Context,
    subdomain: string,
    userId: number,
    scopes: string[],
    asked: Record<string, string | number | undefined>,
  ) {
    const expiresIn = within(ACCESS, asked.expires_in)
    const refreshIn = within(REFRESH, asked.refresh_token_expires_in)
    const [access, refresh] = [randomBytes(20).toString('hex'), randomBytes(20).toString('hex')]
    const now = clock.now()
    world.zendesk.access.set(access, { subdomain, userId, scopes, until: now + expiresIn * 1_000 })
    world.zendesk.refreshes.set(refresh, { subdomain, userId, scopes, access, until: now + refreshIn * 1_000 })
    return c.json({
      ...{ access_token: access, refresh_token: refresh, token_type: 'bearer', scope: scopes.join(' ') },
      ...{ expires_in: expiresIn, refresh_token_expires_in: refreshIn },
    })
  }
}

function within({ least, usual, most }: typeof ACCESS, asked: string | number | undefined): number {
  return asked === undefined ? usual : Math.min(Math.max(Number(asked), least), most)
}

function refuse(c: Context, error: string, description: string) {
  return c.json({ error, error_description: description }, 400)
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

function page(body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Zendesk (sandbox)</title>${body}`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)
}
