/**
 * Access by consent, and by a service account's key: both end after an hour, and both are renewed here.
 * https://developers.google.com/identity/protocols/oauth2
 */
import type { z } from 'zod'
import { type OAuthAbility, type OAuthCall, RemoteCallError } from '../contract.ts'
import { addressOf } from './client.ts'
import type { GoogleCredentials, OAuthAccess } from './credentials.ts'
import { failureOf } from './failure.ts'
import { signAssertion } from './jwt.ts'
import { tokenAnswer, tokenError } from './schema.ts'
import { spreadsheetId } from './settings.ts'

/** Files that Buzón made or that a person picked for it, and no others; not sensitive, so Google asks for no review. */
export const SCOPE = 'https://www.googleapis.com/auth/drive.file'

const AUTHORIZE = 'https://accounts.google.com/o/oauth2/v2/auth'
export const TOKEN = 'https://oauth2.googleapis.com/token'

const UNREADABLE_MS = 5_000

export const googleOAuth: OAuthAbility<GoogleCredentials> = {
  authorizeUrl({ clientId, redirectUri }, { state, challenge, baseUrl, settings }) {
    const query = new URLSearchParams({
      ...{ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: SCOPE, state },
      // Without both Google gives a refresh token the first time only.
      ...{ access_type: 'offline', prompt: 'consent' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      ...pickOf(settings),
    })
    return `${addressOf({ baseUrl }, AUTHORIZE)}?${query}`
  },

  async exchange(call, { clientId, clientSecret, redirectUri }, { code, verifier }) {
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri }
    const given = await post(call, { ...form, client_id: clientId, client_secret: clientSecret })
    const { refresh_token: refreshToken } = given
    if (!refreshToken)
      throw refused('Google gave access without a way to renew it: withdraw it in the account, and consent again')
    return { kind: 'oauth', ...{ clientId, clientSecret, redirectUri, refreshToken }, ...accessOf(call, given) }
  },

  async refresh(call, credentials) {
    const form = credentials.kind === 'oauth' ? refreshForm(credentials) : await bearerForm(call, credentials)
    const given = await post(call, form)
    if (credentials.kind !== 'oauth') return { ...credentials, ...accessOf(call, given) }
    return { ...credentials, ...accessOf(call, given), refreshToken: given.refresh_token ?? credentials.refreshToken }
  },

  expiresAt: credentials => new Date(credentials.expiresAt),
  token: credentials => credentials.accessToken,
}

/**
 * A spreadsheet that Buzón did not make is none that it sees, until its owner picks it: Google shows it for that on the way of consent.
 * https://developers.google.com/workspace/drive/picker/guides/desktop-mobile-picker
 */
function pickOf(settings: Record<string, unknown> | undefined): Record<string, string> {
  const id = spreadsheetId.safeParse(settings?.spreadsheetId).data
  if (!id) return {}
  return { trigger_onepick: 'true', mimetypes: 'application/vnd.google-apps.spreadsheet', file_ids: id }
}

function refreshForm({ clientId, clientSecret, refreshToken }: OAuthAccess) {
  return { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
}

async function bearerForm(
  { now }: OAuthCall,
  { clientEmail, privateKey }: { clientEmail: string; privateKey: string },
) {
  const assertion = await signAssertion({ issuer: clientEmail, scope: SCOPE, audience: TOKEN, privateKey, now })
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
}

function accessOf({ now }: OAuthCall, { access_token: accessToken, expires_in }: z.infer<typeof tokenAnswer>) {
  return { accessToken, expiresAt: new Date(now.getTime() + expires_in * 1_000).toISOString() }
}

async function post(call: OAuthCall, form: Record<string, string>): Promise<z.infer<typeof tokenAnswer>> {
  const response = await call.fetch(addressOf(call, TOKEN), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  })
  const text = await response.text()
  if (!response.ok) throw refusalOf(response.status, text)
  try {
    return tokenAnswer.parse(JSON.parse(text))
  } catch (cause) {
    const message = 'Google’s answer about the token could not be read'
    throw new RemoteCallError({ kind: 'retry after', afterMs: UNREADABLE_MS, message }, { cause })
  }
}

/** What `invalid_grant` is of: a consent that was withdrawn or ended, a key that was deleted. Somebody must look. */
function refusalOf(status: number, text: string): RemoteCallError {
  if (status >= 500 || status === 429) return new RemoteCallError(failureOf(status, text, 'read'))
  const { error, error_description: said } = tokenError.safeParse(jsonOf(text)).data ?? {
    error: '',
    error_description: '',
  }
  return refused([error, said].filter(Boolean).join(': ') || `Google answered ${status}`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refused(message: string): RemoteCallError {
  return new RemoteCallError({ kind: 'unauthorized', message })
}
