/** Google's consent and tokens: https://developers.google.com/identity/protocols/oauth2/web-server */
import { createHash, createVerify, randomBytes } from 'node:crypto'
import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import type { Account } from './state.ts'

/** Seconds. */
const EXPIRES_IN = 3_600
const CODE_LIFE_MS = 10 * 60_000

export function mountGoogleOAuth(app: Hono<SandboxEnv>, { world, clock }: Runtime) {
  const accounts = () => [...world.google.accounts.values()]

  app.get('/google/o/oauth2/v2/auth', c => {
    const mine = accounts().filter(({ clientId, publicKey }) => clientId === c.req.query('client_id') && !publicKey)
    if (mine.length === 0) return c.html(page('<p>Error 401: invalid_client</p>'), 401)
    const buttons = mine.map(({ email }) => `<button name="email" value="${escaped(email)}">${escaped(email)}</button>`)
    const form = `<form method="post">${pickerOf(c)}${buttons.join(' ')} <button name="email" value="">Cancel</button></form>`
    return c.html(page(`<h1>Sign in with Google</h1><p>${escaped(c.req.query('scope') ?? '')}</p>${form}`))
  })

  app.post('/google/o/oauth2/v2/auth', async c => {
    const { email = '', file = '' } = await formOf(c)
    const back = new URL(c.req.query('redirect_uri') ?? 'about:blank')
    back.searchParams.set('state', c.req.query('state') ?? '')
    const account = accounts().find(each => each.email === email && each.clientId === c.req.query('client_id'))
    if (!account) {
      back.searchParams.set('error', 'access_denied')
      return c.redirect(back.href)
    }
    const code = `4/${randomBytes(16).toString('hex')}`
    world.google.codes.set(code, {
      ...{ email, redirectUri: c.req.query('redirect_uri') ?? '', challenge: c.req.query('code_challenge') ?? null },
      until: clock.now() + CODE_LIFE_MS,
    })
    const picked = c.req.query('trigger_onepick') === 'true' ? world.google.files.get(file) : undefined
    if (picked?.owner === email || picked?.shared.has(email)) {
      picked.picked.add(email)
      back.searchParams.set('picked_file_ids', file)
    }
    back.searchParams.set('code', code)
    return c.redirect(back.href)
  })

  /** Files to pick from, those alone that were named: https://developers.google.com/workspace/drive/picker/guides/desktop-mobile-picker */
  function pickerOf(c: Context): string {
    if (c.req.query('trigger_onepick') !== 'true') return ''
    const named = (c.req.query('file_ids') ?? '').split(',').filter(Boolean)
    const files = [...world.google.files.values()].map(({ spreadsheet }) => spreadsheet)
    const shown = files.filter(({ spreadsheetId }) => named.length === 0 || named.includes(spreadsheetId))
    const options = shown.map(each => `<option value="${escaped(each.spreadsheetId)}">${escaped(each.title)}</option>`)
    return `<p><label>Select a file <select name="file">${options.join('')}</select></label></p>`
  }

  app.post('/google/token', async c => {
    const form = await formOf(c)
    if (form.grant_type === 'urn:ietf:params:oauth:grant-type:jwt-bearer') return bearer(c, form.assertion ?? '')
    const client = accounts().find(each => each.clientId === form.client_id && !each.publicKey)
    if (!client || client.clientSecret !== form.client_secret) return denied(c, 'invalid_client', 'Unauthorized', 401)
    if (form.grant_type === 'authorization_code') {
      const code = world.google.codes.get(form.code ?? '')
      world.google.codes.delete(form.code ?? '')
      const verifier = createHash('sha256')
        .update(form.code_verifier ?? '')
        .digest('base64url')
      const fits = code && code.until > clock.now() && code.redirectUri === form.redirect_uri
      if (!fits || (code.challenge !== null && code.challenge !== verifier))
        return denied(c, 'invalid_grant', 'Bad Request')
      const refreshToken = `1//${randomBytes(24).toString('base64url')}`
      world.google.refreshes.set(refreshToken, code.email)
      return c.json({ ...grant(code.email), refresh_token: refreshToken })
    }
    const email = world.google.refreshes.get(form.refresh_token ?? '')
    if (!email) return denied(c, 'invalid_grant', 'Token has been expired or revoked.')
    return c.json(grant(email))
  })

  function bearer(c: Context, assertion: string) {
    const [head = '', body = '', signature = ''] = assertion.split('.')
    const claims = claimsOf(body)
    const account = accounts().find(({ email, publicKey }) => publicKey && email === claims.iss)
    const signed = createVerify('RSA-SHA256').update(`${head}.${body}`)
    if (!account?.publicKey || !signed.verify(account.publicKey, signature, 'base64url'))
      return denied(c, 'invalid_grant', 'Invalid JWT Signature.')
    const now = clock.now() / 1_000
    if (
      Number(claims.iat) > now + 300 ||
      Number(claims.exp) < now - 300 ||
      Number(claims.exp) - Number(claims.iat) > 3_600
    )
      return denied(
        c,
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
      )
    return c.json(grant(account.email))
  }

  function grant(email: Account['email']) {
    const token = `ya29.${randomBytes(24).toString('base64url')}`
    const seesPicked = !world.google.accounts.get(email)?.publicKey
    world.google.access.set(token, { email, until: clock.now() + EXPIRES_IN * 1_000, seesPicked })
    return { access_token: token, expires_in: EXPIRES_IN, scope: SCOPE, token_type: 'Bearer' }
  }
}

const SCOPE = 'https://www.googleapis.com/auth/drive.file'

function denied(c: Context, error: string, description: string, status: 400 | 401 = 400) {
  return c.json({ error, error_description: description }, status)
}

function claimsOf(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}

async function formOf(c: Context): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await c.req.text()))
}

const page = (body: string) => `<!doctype html><meta charset="utf-8"><title>Google (sandbox)</title>${body}`
const escaped = (text: string) => text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)
