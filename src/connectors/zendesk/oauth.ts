/**
 * Access by consent. A refresh replaces both tokens and ends the old ones at once, so what it gave is kept before it is used.
 * https://support.zendesk.com/hc/en-us/articles/10212201463962
 */
import { z } from 'zod'
import { type OAuthAbility, type OAuthApp, type OAuthCall, RemoteCallError } from '../contract.ts'
import { isOAuth, type OAuthAccess, type ZendeskCredentials } from './credentials.ts'
import { failureOf } from './failure.ts'
import { tokenAnswer } from './schema.ts'

const SCOPES = ['read', 'write']
/** The longest there are, seconds: two days, and ninety. */
const LIFETIMES = { expires_in: 172_800, refresh_token_expires_in: 7_776_000 }
/** Where Zendesk does not say; the shortest there is. */
const LEAST_SECONDS = 300
const UNREADABLE_MS = 5_000

export const zendeskOAuth: OAuthAbility<ZendeskCredentials> = {
  authorizeUrl({ clientId, redirectUri }, { state, challenge, baseUrl, settings }) {
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: SCOPES.join(' '), state },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    })
    return `${originOf(baseUrl, subdomainOf(settings))}/oauth/authorizations/new?${query}`
  },

  exchange(call, app, { code, verifier }) {
    const grant = { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, code_verifier: verifier }
    return obtain(call, app, { ...grant, scope: SCOPES.join(' ') }, subdomainOf(call.settings), undefined)
  },

  refresh(call, credentials) {
    if (!isOAuth(credentials)) throw new Error('An API token is not refreshed')
    const grant = { grant_type: 'refresh_token', refresh_token: credentials.refreshToken }
    return obtain(call, credentials, grant, credentials.subdomain, credentials)
  },

  expiresAt: credentials => (isOAuth(credentials) ? new Date(credentials.expiresAt) : null),
  token: credentials => (isOAuth(credentials) ? credentials.accessToken : credentials.apiToken),
}

async function obtain(
  call: OAuthCall,
  { clientId, clientSecret, redirectUri }: OAuthApp,
  grant: Record<string, string>,
  subdomain: string,
  before: OAuthAccess | undefined,
): Promise<OAuthAccess> {
  const url = `${originOf(call.baseUrl, subdomain)}/oauth/tokens`
  const response = await call.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ client_id: clientId, client_secret: clientSecret, ...grant, ...LIFETIMES }),
  })
  const text = await response.text()
  if (!response.ok) throw refusalOf(response, text)
  const given = readToken(text)
  const refreshToken = given.refresh_token ?? before?.refreshToken
  if (!refreshToken) throw refused('Zendesk gave no refresh token: the client must be of the kind that has them')
  const scopes = given.scope.split(/\s+/).filter(Boolean)
  const missing = SCOPES.filter(scope => !before && !scopes.includes(scope))
  if (missing.length > 0) throw refused(`The app was not granted ${missing.join(', ')}`)
  const until = (seconds: number) => new Date(call.now.getTime() + seconds * 1_000).toISOString()
  return {
    ...{ kind: 'oauth', subdomain, clientId, clientSecret, redirectUri, refreshToken, accessToken: given.access_token },
    expiresAt: until(given.expires_in ?? LEAST_SECONDS),
    ...(given.refresh_token_expires_in ? { refreshExpiresAt: until(given.refresh_token_expires_in) } : {}),
    scopes: scopes.length > 0 ? scopes : (before?.scopes ?? []),
    ...(before?.signingSecret ? { signingSecret: before.signingSecret } : {}),
  }
}

function readToken(text: string): z.infer<typeof tokenAnswer> {
  try {
    return tokenAnswer.parse(JSON.parse(text))
  } catch (cause) {
    const message = 'Zendesk’s answer about the token could not be read'
    throw new RemoteCallError({ kind: 'retry after', afterMs: UNREADABLE_MS, message }, { cause })
  }
}

/** A code, a refresh token or a client that Zendesk does not take will not be taken later either: somebody must consent anew. */
function refusalOf(response: Response, text: string): RemoteCallError {
  const failure = failureOf(response, text, 'read')
  if (response.status >= 500 || response.status === 429) return new RemoteCallError(failure)
  return new RemoteCallError({ kind: 'unauthorized', status: response.status, message: failure.message })
}

function originOf(baseUrl: string, subdomain: string): string {
  return baseUrl.replace('{subdomain}', subdomain)
}

const withSubdomain = z.object({ subdomain: z.string().regex(/^[a-z0-9][a-z0-9-]*$/) })

/** Throws RemoteCallError: without it nobody knows where to go. */
function subdomainOf(settings: Record<string, unknown> | undefined): string {
  const parsed = withSubdomain.safeParse(settings)
  if (!parsed.success) throw refused('The subdomain of the Zendesk account is not known')
  return parsed.data.subdomain
}

function refused(message: string): RemoteCallError {
  return new RemoteCallError({ kind: 'unauthorized', message })
}
