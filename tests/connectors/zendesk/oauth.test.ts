/** Access by consent, whose refresh ends what was before. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OAuthApp, RemoteCallError } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import type { OAuthAccess } from '../../../src/connectors/zendesk/credentials.ts'
import { zendesk } from '../../../src/connectors/zendesk/index.ts'
import { createSandbox, type Listening, type Sandbox } from '../../../src/sandbox/index.ts'
import { ACCOUNT } from './harness.ts'

const app: OAuthApp = { clientId: 'buzon', clientSecret: 'a-secret', redirectUri: 'https://buzon.example/oauth' }
const oauth = zendesk.oauth as NonNullable<typeof zendesk.oauth>
const verifier = 'v'.repeat(43)
const settings = { subdomain: ACCOUNT }
let sandbox: Sandbox
let listening: Listening

beforeEach(async () => {
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  sandbox.zendesk.accounts({ subdomain: ACCOUNT, clientId: app.clientId, clientSecret: app.clientSecret })
})
afterEach(() => listening.close())

const transport = createTransport({ fetch, deadlineMs: 2_000, clock: () => performance.now() })
const call = () => ({ fetch: transport, baseUrl: `${listening.url}/zendesk`, now: sandbox.now(), settings })

async function consent(allow = 'yes'): Promise<URLSearchParams> {
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const url = oauth.authorizeUrl(app, { state: 'the state', challenge, baseUrl: `${listening.url}/zendesk`, settings })
  expect((await fetch(url)).status).toBe(200)
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ allow }), redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '').searchParams
}

async function granted(): Promise<OAuthAccess> {
  return (await oauth.exchange(call(), app, { code: (await consent()).get('code') ?? '', verifier })) as OAuthAccess
}

const failureOf = (act: Promise<unknown>) =>
  act.then(
    () => undefined,
    error => (error instanceof RemoteCallError ? error.failure : Promise.reject(error)),
  )

const me = async ({ accessToken }: OAuthAccess) =>
  (
    await fetch(`${listening.url}/zendesk/api/v2/users/me.json`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
  ).status

test('people are sent to their own account', () => {
  const url = oauth.authorizeUrl(app, { state: 's', challenge: 'c', baseUrl: zendesk.baseUrl, settings })
  expect(url).toMatch(/^https:\/\/arrayan\.zendesk\.com\/oauth\/authorizations\/new\?/)
  expect(new URL(url).searchParams.get('scope')).toBe('read write')
})

test.each([{}, { subdomain: 'evil.example/' }, { subdomain: 'a.b' }])('and nowhere else: %o', given => {
  const ask = () => oauth.authorizeUrl(app, { state: 's', challenge: 'c', baseUrl: zendesk.baseUrl, settings: given })
  expect(ask).toThrow(/subdomain/)
})

test('gives access for as long as there is, two days and ninety', async () => {
  const given = await granted()
  const days = (iso: string | undefined) => Math.round((Date.parse(iso ?? '') - sandbox.now().getTime()) / 86_400_000)
  expect([days(given.expiresAt), days(given.refreshExpiresAt)]).toEqual([2, 90])
  expect(given).toMatchObject({ subdomain: ACCOUNT, scopes: ['read', 'write'] })
  expect(await me(given)).toBe(200)
})

test('who says no, and a code that is used twice or by somebody else, get nothing', async () => {
  expect((await consent('')).get('error')).toBe('access_denied')
  const code = (await consent()).get('code') ?? ''
  const grant = { code, verifier }
  expect(await failureOf(oauth.exchange(call(), app, { code, verifier: 'w'.repeat(43) }))).toMatchObject({
    kind: 'unauthorized',
  })
  expect(await failureOf(oauth.exchange(call(), app, grant))).toMatchObject({ kind: 'unauthorized' })
})

test('a refresh replaces both tokens at once, keeps what signs webhooks, and is good once', async () => {
  const first = { ...(await granted()), signingSecret: 'kept' }
  const second = (await oauth.refresh(call(), first)) as OAuthAccess
  expect(second).toMatchObject({ signingSecret: 'kept', subdomain: ACCOUNT, scopes: ['read', 'write'] })
  expect(second.refreshToken).not.toBe(first.refreshToken)
  expect([await me(first), await me(second)]).toEqual([401, 200])
  expect(await failureOf(oauth.refresh(call(), first))).toMatchObject({ kind: 'unauthorized' })
  sandbox.time({ advanceMs: 3 * 86_400_000 })
  expect(await me(second)).toBe(401)
  expect(await me((await oauth.refresh(call(), second)) as OAuthAccess)).toBe(200)
})
