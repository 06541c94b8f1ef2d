/**
 * Access by consent. HubSpot's access tokens live half an hour; a refresh token stays good, but one that comes with an
 * answer replaces it. https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth
 */
import type { z } from 'zod'
import type { Failure } from '../../core/failure.ts'
import { type OAuthAbility, type OAuthApp, type OAuthCall, RemoteCallError } from '../contract.ts'
import { type HubSpotCredentials, isOAuth, type OAuthAccess } from './credentials.ts'
import { failureOf, readError } from './failure.ts'
import { introspectAnswer, tokenAnswer } from './schema.ts'
import { OAUTH_VERSION } from './settings.ts'

const API = 'https://api.hubapi.com'
const APP = 'https://app.hubspot.com'

/** Without these nothing works. */
export const REQUIRED_SCOPES = [
  ...['oauth', 'tickets', 'crm.objects.contacts.read', 'crm.objects.contacts.write'],
  ...['crm.schemas.contacts.read', 'crm.schemas.contacts.write', 'crm.objects.owners.read'],
]
/** Replies from HubSpot's inbox, in accounts that have one. */
const OPTIONAL_SCOPES = [
  'conversations.custom_channels.read',
  'conversations.custom_channels.write',
  'conversations.read',
  'files',
]

export const hubspotOAuth: OAuthAbility<HubSpotCredentials> = {
  authorizeUrl({ clientId, redirectUri }, { state, challenge, baseUrl }) {
    const query = new URLSearchParams({
      ...{ client_id: clientId, redirect_uri: redirectUri, scope: REQUIRED_SCOPES.join(' ') },
      ...{ optional_scope: OPTIONAL_SCOPES.join(' '), state },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    })
    // People and programs go to different hosts of HubSpot; a simulation has one.
    return `${baseUrl === API ? APP : baseUrl}/oauth/authorize?${query}`
  },

  exchange(call, app, { code, verifier }) {
    const grant = { grant_type: 'authorization_code', redirect_uri: app.redirectUri, code, code_verifier: verifier }
    return obtain(call, app, grant, null)
  },

  refresh(call, credentials) {
    if (!isOAuth(credentials)) throw new Error('A static token is not refreshed')
    const { refreshToken } = credentials
    return obtain(call, credentials, { grant_type: 'refresh_token', refresh_token: refreshToken }, credentials)
  },

  expiresAt: credentials => (isOAuth(credentials) ? new Date(credentials.expiresAt) : null),
  token: credentials => credentials.accessToken,
}

/** A token for the app itself, which the journal asks for. Throws RemoteCallError. */
export async function appToken(call: OAuthCall, { clientId, clientSecret }: OAuthAccess, scope: string) {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope }
  return (await post(call, 'token', form, tokenAnswer)).access_token
}

async function obtain(
  call: OAuthCall,
  { clientId, clientSecret, redirectUri }: OAuthApp,
  grant: Record<string, string>,
  before: OAuthAccess | null,
): Promise<OAuthAccess> {
  const client = { client_id: clientId, client_secret: clientSecret }
  const given = await post(call, 'token', { ...client, ...grant }, tokenAnswer)
  const refreshToken = given.refresh_token ?? before?.refreshToken
  if (!refreshToken) throw refused('HubSpot gave no refresh token')
  const kept = {
    ...{ kind: 'oauth' as const, clientId, clientSecret, redirectUri, refreshToken },
    accessToken: given.access_token,
    expiresAt: new Date(call.now.getTime() + given.expires_in * 1_000).toISOString(),
  }
  // Who it is for was found out at first, and a refreshed token must not be lost for the sake of asking again.
  if (before) return { ...kept, appId: before.appId, scopes: before.scopes }
  const form = { ...client, token: given.access_token, token_type_hint: 'access_token' }
  const { active, app_id: appId, scopes } = await post(call, 'token/introspect', form, introspectAnswer)
  if (!active || !appId) throw refused('HubSpot does not know the token that it gave')
  const missing = REQUIRED_SCOPES.filter(scope => scope !== 'oauth' && !scopes.includes(scope))
  if (missing.length > 0) throw refused(`The app was not granted ${missing.join(', ')}`)
  return { ...kept, appId, scopes }
}

async function post<Schema extends z.ZodType>(
  { fetch, baseUrl, now }: OAuthCall,
  path: string,
  form: Record<string, string>,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const response = await fetch(`${baseUrl}/oauth/${OAUTH_VERSION}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  })
  const text = await response.text()
  if (!response.ok) throw new RemoteCallError(refusalOf(response, text, now))
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    const message = 'HubSpot’s answer about the token could not be read'
    throw new RemoteCallError({ kind: 'retry after', afterMs: UNREADABLE_MS, message }, { cause })
  }
}

const UNREADABLE_MS = 5_000

/** A code, a refresh token or an app that HubSpot does not take will not be taken later either: somebody must consent anew. */
function refusalOf(response: Response, text: string, now: Date): Failure {
  const failure = failureOf(response, text, 'read', now)
  if (response.status >= 500 || response.status === 429) return failure
  const message = readError(text).message ?? failure.message
  return { kind: 'unauthorized', status: response.status, message }
}

function refused(message: string): RemoteCallError {
  return new RemoteCallError({ kind: 'unauthorized', message })
}
