/**
 * Access of all three kinds. Salesforce does not say when a token ends: sessions live two hours unless the organization says
 * otherwise, and one that ended sooner is refused and got anew once. Refresh tokens may be good for one use: what came with an
 * answer is kept before it is used (`sync/refresh-access.ts`).
 */
import type { z } from 'zod'
import type { Failure } from '../../core/failure.ts'
import { type OAuthAbility, type OAuthCall, RemoteCallError } from '../contract.ts'
import { isOfSalesforce } from './client.ts'
import { type Consent, NO_TOKEN, type SalesforceCredentials } from './credentials.ts'
import { signAssertion } from './jwt.ts'
import { tokenAnswer, tokenError } from './schema.ts'

const SCOPES = ['api', 'refresh_token']
const SESSION_MS = 2 * 3_600_000

export const salesforceOAuth: OAuthAbility<SalesforceCredentials> = {
  authorizeUrl({ clientId, redirectUri }, { state, challenge, baseUrl, settings }) {
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: SCOPES.join(' '), state },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    })
    return `${loginHost(baseUrl, settings)}/services/oauth2/authorize?${query}`
  },

  async exchange(call, { clientId, clientSecret, redirectUri }, { code, verifier }) {
    const client = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri }
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, ...client }
    const given = await obtain(call, loginHost(call.baseUrl, call.settings), form)
    if (!given.refresh_token) throw refused('Salesforce gave no refresh token: the app needs the scope refresh_token')
    const kept = { ...accessOf(call, given), clientId, clientSecret, redirectUri }
    return { kind: 'oauth', ...kept, refreshToken: given.refresh_token }
  },

  async refresh(call, credentials) {
    switch (credentials.kind) {
      case 'oauth': {
        const { clientId, clientSecret, refreshToken } = credentials
        const client = { client_id: clientId, client_secret: clientSecret }
        const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client }
        const given = await obtain(call, loginOf(call, credentials), form)
        return { ...credentials, ...accessOf(call, given), refreshToken: given.refresh_token ?? refreshToken }
      }
      case 'jwt': {
        const assertion = await signAssertion(credentials, call.now)
        const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
        return { ...credentials, ...accessOf(call, await obtain(call, credentials.loginUrl, form)) }
      }
      default: {
        const { clientId, clientSecret, loginUrl } = credentials
        const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
        return { ...credentials, ...accessOf(call, await obtain(call, loginUrl, form)) }
      }
    }
  },

  /** What was never got has ended long ago. */
  expiresAt: ({ accessToken, expiresAt }) => new Date(accessToken && expiresAt ? expiresAt : 0),
  token: ({ accessToken }) => accessToken ?? NO_TOKEN,
}

/** Where people sign in: the host that was named to connect with (a sandbox, a My Domain), else the common one. */
function loginHost(baseUrl: string, settings: Record<string, unknown> = {}): string {
  const named = String(settings.loginUrl ?? '').replace(/\/+$/, '')
  return named && isOfSalesforce(named, baseUrl) ? named : baseUrl
}

/** An organization's own host refreshes as well as the common one, and works where the common one is switched off. */
function loginOf({ baseUrl }: OAuthCall, { instanceUrl }: Consent): string {
  return isOfSalesforce(instanceUrl, baseUrl) ? instanceUrl : baseUrl
}

function accessOf({ now }: OAuthCall, given: z.infer<typeof tokenAnswer>) {
  const expiresAt = new Date(now.getTime() + SESSION_MS).toISOString()
  return { accessToken: given.access_token, instanceUrl: given.instance_url, expiresAt }
}

async function obtain(
  { fetch, baseUrl }: OAuthCall,
  login: string,
  form: Record<string, string>,
): Promise<z.infer<typeof tokenAnswer>> {
  // Secrets are told to Salesforce alone.
  if (!isOfSalesforce(login, baseUrl)) throw refused(`${login} is not an address of Salesforce`)
  const response = await fetch(`${login.replace(/\/+$/, '')}/services/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  })
  const text = await response.text()
  if (!response.ok) throw new RemoteCallError(refusalOf(response.status, text))
  try {
    return tokenAnswer.parse(JSON.parse(text))
  } catch (cause) {
    const message = 'Salesforce’s answer about the token could not be read'
    throw new RemoteCallError({ kind: 'retry after', afterMs: WAIT_MS, message }, { cause })
  }
}

const WAIT_MS = 5_000

/** A code, a refresh token or an app that is not taken will not be taken later either: somebody must consent anew. */
function refusalOf(status: number, text: string): Failure {
  const { error, error_description: words } = readRefusal(text)
  const message = [error, words].filter(Boolean).join(': ') || `Salesforce answered ${status}`
  const isBusy = status >= 500 || status === 429 || error === 'server_error' || error === 'temporarily_unavailable'
  if (isBusy) return { kind: 'retry after', afterMs: WAIT_MS, status, message }
  return { kind: 'unauthorized', status, message }
}

function readRefusal(text: string): z.infer<typeof tokenError> {
  try {
    return tokenError.parse(JSON.parse(text))
  } catch {
    return { error: '', error_description: '' }
  }
}

function refused(message: string): RemoteCallError {
  return new RemoteCallError({ kind: 'unauthorized', message })
}
