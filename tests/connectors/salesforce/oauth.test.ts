/** Access by consent with rotating refresh tokens, by the app's own secret, and by its certificate. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OAuthApp, RemoteCallError } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { type SalesforceCredentials, salesforceCredentials } from '../../../src/connectors/salesforce/credentials.ts'
import { salesforce } from '../../../src/connectors/salesforce/index.ts'
import { salesforceSettings } from '../../../src/connectors/salesforce/settings.ts'
import { createSandbox, type Listening, type Sandbox } from '../../../src/sandbox/index.ts'
import { CONNECTION } from '../records.ts'
import { ORG, openOrg } from './harness.ts'

const BACK = 'https://buzon.example/oauth'
const app: OAuthApp = { clientId: 'the-app', clientSecret: 'a-secret', redirectUri: BACK }
const oauth = salesforce.oauth as NonNullable<typeof salesforce.oauth>
const verifier = 'v'.repeat(43)
let sandbox: Sandbox
let listening: Listening

beforeEach(async () => {
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  openOrg(sandbox)
})
afterEach(() => listening.close())

const transport = createTransport({ fetch, deadlineMs: 2_000, clock: () => performance.now() })
const baseUrl = () => `${listening.url}/salesforce`
const call = () => ({ fetch: transport, baseUrl: baseUrl(), now: sandbox.now() })

async function consent(orgId: string = ORG): Promise<URLSearchParams> {
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const url = oauth.authorizeUrl(app, { state: 'the state', challenge, baseUrl: baseUrl() })
  expect((await fetch(url)).status).toBe(200)
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ orgId }), redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '').searchParams
}

async function granted(): Promise<SalesforceCredentials> {
  return oauth.exchange(call(), app, { code: (await consent()).get('code') ?? '', verifier })
}

const context = (credentials: SalesforceCredentials) => ({
  ...{ fetch: transport, baseUrl: baseUrl(), credentials, connectionId: CONNECTION },
  ...{ settings: salesforceSettings.parse({}), now: sandbox.now() },
})

const works = async (credentials: SalesforceCredentials) => {
  const checks = await salesforce.check(context(credentials))
  return checks[0]?.name === 'Access' && checks[0].ok
}

const failureOf = (act: Promise<unknown>) =>
  act.then(
    () => undefined,
    error => (error instanceof RemoteCallError ? error.failure : Promise.reject(error)),
  )

describe('where people sign in', () => {
  const request = { state: 's', challenge: 'c', baseUrl: salesforce.baseUrl }
  const hostOf = (settings: Record<string, unknown>) => new URL(oauth.authorizeUrl(app, { ...request, settings })).host

  test('is the common address, a sandbox’s or their own, and no other', () => {
    expect(hostOf({})).toBe('login.salesforce.com')
    expect(hostOf({ loginUrl: 'https://test.salesforce.com/' })).toBe('test.salesforce.com')
    expect(hostOf({ loginUrl: 'https://acme--dev.sandbox.my.salesforce.com' })).toBe(
      'acme--dev.sandbox.my.salesforce.com',
    )
    for (const loginUrl of [
      'https://salesforce.com.evil.example',
      'http://test.salesforce.com',
      'javascript:alert(1)',
    ]) {
      expect(hostOf({ loginUrl })).toBe('login.salesforce.com')
    }
  })
})

describe('consent', () => {
  test('gives a token that works, and says when it ends', async () => {
    expect((await consent()).get('state')).toBe('the state')
    const credentials = await granted()
    expect(salesforceCredentials.parse(JSON.parse(JSON.stringify(credentials)))).toEqual(credentials)
    expect(credentials).toMatchObject({ kind: 'oauth', clientId: 'the-app', instanceUrl: baseUrl() })
    expect(oauth.expiresAt(credentials)?.getTime()).toBeCloseTo(sandbox.now().getTime() + 7_200_000, -4)
    expect(await works(credentials)).toBe(true)
  })

  test('that was denied, or was asked for with another verifier, gives none', async () => {
    expect((await consent('')).get('error')).toBe('access_denied')
    const code = (await consent()).get('code') ?? ''
    expect(await failureOf(oauth.exchange(call(), app, { code, verifier: 'w'.repeat(43) }))).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('invalid code verifier'),
    })
  })
})

describe('a refresh', () => {
  test('keeps the token for refreshing, or takes the new one, and then the old one is dead', async () => {
    const first = await granted()
    const second = await oauth.refresh(call(), first)
    expect(second).toMatchObject({ refreshToken: (first as { refreshToken: string }).refreshToken })
    expect(oauth.token(second)).not.toBe(oauth.token(first))
    sandbox.salesforce.configure(ORG, { rotatesRefreshTokens: true })
    const third = await oauth.refresh(call(), second)
    expect(third).not.toMatchObject({ refreshToken: (second as { refreshToken: string }).refreshToken })
    expect(await failureOf(oauth.refresh(call(), second))).toMatchObject({ kind: 'unauthorized' })
    expect(await failureOf(oauth.refresh(call(), third))).toBeUndefined()
  })

  test('that meets an error waits', async () => {
    const credentials = await granted()
    sandbox.faults.add({ vendor: 'salesforce', path: '/oauth2/token', kind: 'status', status: 503 })
    expect(await failureOf(oauth.refresh(call(), credentials))).toMatchObject({ kind: 'retry after' })
  })

  test('is not asked for at an address that is none of Salesforce’s', async () => {
    const credentials = { clientId: 'the-app', clientSecret: 'a-secret', loginUrl: 'https://evil.example' }
    expect(await failureOf(oauth.refresh(call(), credentials))).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('evil.example'),
    })
  })
})

describe('without a person', () => {
  test('an app gets access by its secret, again and again', async () => {
    const typed = salesforceCredentials.parse({
      clientId: 'the-app',
      clientSecret: 'a-secret',
      loginUrl: `${baseUrl()}/`,
    })
    expect(oauth.expiresAt(typed)).toEqual(new Date(0))
    expect(await works(typed)).toBe(false)
    const first = await oauth.refresh(call(), typed)
    expect(await works(first)).toBe(true)
    sandbox.time({ advanceMs: 7_300_000 })
    expect(await works(first)).toBe(false)
    expect(await works(await oauth.refresh(call(), first))).toBe(true)
  })

  test('and by its certificate, as the user who was approved', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    sandbox.salesforce.configure(ORG, { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const given = { kind: 'jwt', clientId: 'the-app', privateKey: pem, loginUrl: baseUrl() }
    const typed = salesforceCredentials.parse({ ...given, username: 'integration@example.com' })
    expect(await works(await oauth.refresh(call(), typed))).toBe(true)
    const other = salesforceCredentials.parse({ ...given, username: 'nobody@example.com' })
    expect(await failureOf(oauth.refresh(call(), other))).toMatchObject({ kind: 'unauthorized' })
    const broken = { ...typed, privateKey: '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----' }
    expect(await failureOf(oauth.refresh(call(), broken as SalesforceCredentials))).toMatchObject({
      message: expect.stringContaining('PKCS #8'),
    })
  })

  test('what is missing is said of the one form', () => {
    const issues = (given: object) =>
      salesforceCredentials.safeParse(given).error?.issues.map(({ path }) => path.join('.'))
    expect(issues({ clientId: 'x', loginUrl: 'https://a.my.salesforce.com' })).toEqual(['clientSecret'])
    expect(issues({ kind: 'jwt', clientId: 'x', username: 'u', privateKey: 'p' })).toEqual(['privateKey', 'loginUrl'])
  })
})
