import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OAuthCall, RemoteCallError } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { type GoogleCredentials, googleCredentials } from '../../../src/connectors/google-sheets/credentials.ts'
import { googleSheets } from '../../../src/connectors/google-sheets/index.ts'
import { googleOAuth as oauth } from '../../../src/connectors/google-sheets/oauth.ts'
import { googleSheetsSettings } from '../../../src/connectors/google-sheets/settings.ts'
import { PLACE } from '../contract.ts'
import { EMAIL } from './harness.ts'
import { startSheet } from './support.ts'

const app = { clientId: 'client-1', clientSecret: 'client-secret', redirectUri: 'https://buzon.example/oauth/callback' }
/** RFC 7636, appendix B. */
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

let sheet: Awaited<ReturnType<typeof startSheet>>
let call: OAuthCall
beforeEach(async () => {
  sheet = await startSheet()
  const transport = createTransport({ fetch, clock: () => 0 })
  call = { fetch: transport, baseUrl: `${sheet.url}/google`, now: sheet.sandbox.now() }
})
afterEach(() => sheet.close())

async function consent(email = EMAIL): Promise<URL> {
  const url = oauth.authorizeUrl(app, { state: 's', challenge, baseUrl: call.baseUrl })
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ email }), redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '')
}
const failureOf = (act: Promise<unknown>) =>
  act.then(
    () => undefined,
    error => (error instanceof RemoteCallError ? error.failure : error),
  )
const withToken = (credentials: GoogleCredentials) => ({ ...sheet.ctx, credentials })

describe('by consent', () => {
  const exchange = async () =>
    oauth.exchange(call, app, { code: (await consent()).searchParams.get('code') ?? '', verifier })

  test('access is asked for files of our own alone, works, ends after an hour, and is renewed by what lasts', async () => {
    const url = new URL(oauth.authorizeUrl(app, { state: 's', challenge, baseUrl: 'https://www.googleapis.com' }))
    expect(url.host).toBe('accounts.google.com')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ access_type: 'offline', prompt: 'consent', state: 's', code_challenge_method: 'S256' },
      scope: 'https://www.googleapis.com/auth/drive.file',
    })
    const credentials = await exchange()
    expect(googleCredentials.parse(JSON.parse(JSON.stringify(credentials)))).toEqual(credentials)
    expect((await googleSheets.check(withToken(credentials))).filter(({ ok }) => !ok)).toEqual([])
    sheet.sandbox.time({ advanceMs: 3_601_000 })
    expect((await googleSheets.check(withToken(credentials))).some(({ ok }) => !ok)).toBe(true)
    const now = sheet.sandbox.now()
    const renewed = await oauth.refresh({ ...call, now }, credentials)
    expect(renewed).toMatchObject({ refreshToken: (credentials as { refreshToken: string }).refreshToken })
    expect(oauth.expiresAt(renewed)?.getTime()).toBe(now.getTime() + 3_600_000)
    expect((await googleSheets.check(withToken(renewed))).filter(({ ok }) => !ok)).toEqual([])
  })

  test('a spreadsheet that was there is shown to be picked, and is not there before it was', async () => {
    const { spreadsheetId } = sheet.sandbox.google.files({ title: 'Clientes', owner: EMAIL })
    const settings = { spreadsheetId: `https://docs.google.com/spreadsheets/d/${spreadsheetId}/edit#gid=0` }
    const url = oauth.authorizeUrl(app, { state: 's', challenge, baseUrl: call.baseUrl, settings })
    expect(new URL(url).searchParams.get('file_ids')).toBe(spreadsheetId)
    expect(await (await fetch(url)).text()).toContain('Clientes')
    const connected = async (form: Record<string, string>) => {
      const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
      const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
      const credentials = await oauth.exchange(call, app, { code, verifier })
      const ctx = { ...withToken(credentials), settings: googleSheetsSettings.parse(settings) }
      return googleSheets.setUp(ctx, PLACE)
    }
    expect(await failureOf(connected({ email: EMAIL }))).toMatchObject({
      message: expect.stringContaining('not picked'),
    })
    expect(await connected({ email: EMAIL, file: spreadsheetId })).toMatchObject({ spreadsheetId })
  })

  test.each([
    [
      'a code that was used',
      async () => {
        const code = (await consent()).searchParams.get('code') ?? ''
        await oauth.exchange(call, app, { code, verifier })
        return oauth.exchange(call, app, { code, verifier })
      },
    ],
    [
      'another verifier',
      async () =>
        oauth.exchange(call, app, { code: (await consent()).searchParams.get('code') ?? '', verifier: 'other' }),
    ],
    ['another secret', async () => oauth.exchange(call, { ...app, clientSecret: 'x' }, { code: 'c', verifier })],
    [
      'access that was withdrawn',
      async () => {
        const credentials = await exchange()
        sheet.sandbox.google.revoke(EMAIL)
        return oauth.refresh(call, credentials)
      },
    ],
  ])('%s is refused for good', async (_, act) => {
    expect(await failureOf(act())).toMatchObject({ kind: 'unauthorized' })
  })

  test('a server that is away is asked again', async () => {
    const credentials = await exchange()
    sheet.sandbox.faults.add({ vendor: 'google', path: '/token$', kind: 'status', status: 503 })
    expect(await failureOf(oauth.refresh(call, credentials))).toMatchObject({ kind: 'retry after' })
  })
})

describe('as a service account', () => {
  const ROBOT = 'robot@project.iam.gserviceaccount.com'
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const key = JSON.stringify({ type: 'service_account', client_email: ROBOT, private_key: pem, project_id: 'p' })

  test('the key is pasted whole; its first token is asked for before the first call', async () => {
    sheet.sandbox.google.accounts({
      email: ROBOT,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    })
    const pasted = googleCredentials.parse({ key })
    expect(oauth.expiresAt(pasted)?.getTime()).toBe(0)
    const credentials = await oauth.refresh(call, pasted)
    const ctx = { ...sheet.ctx, credentials }
    expect(await googleSheets.check(ctx)).toMatchObject([{ ok: false, fix: expect.stringContaining(ROBOT) }])
    sheet.sandbox.google.share(sheet.people.id(), { email: ROBOT, role: 'writer' })
    expect((await googleSheets.check(ctx)).filter(({ ok }) => !ok)).toEqual([])
  })

  test('it can make no spreadsheet of its own, and says what to do instead', async () => {
    const ctx = {
      ...sheet.ctx,
      credentials: googleCredentials.parse({ key }),
      settings: googleSheetsSettings.parse({}),
    }
    expect(await failureOf(googleSheets.setUp(ctx, PLACE))).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining(ROBOT),
    })
  })

  test('another’s key, and one that is none, are refused for good', async () => {
    sheet.sandbox.google.accounts({
      email: ROBOT,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    })
    const other = generateKeyPairSync('rsa', { modulusLength: 2_048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    for (const privateKey of [other, 'no key']) {
      const credentials = {
        kind: 'service account' as const,
        clientEmail: ROBOT,
        privateKey,
        accessToken: '',
        expiresAt: '1970-01-01T00:00:00.000Z',
      }
      expect(await failureOf(oauth.refresh(call, credentials))).toMatchObject({ kind: 'unauthorized' })
    }
  })

  test.each([{}, { key: '' }, { key: '{}' }, { key: 'x' }, { key: '{"type":"authorized_user"}' }])(
    '%j is no key',
    given => {
      expect(googleCredentials.safeParse(given).error?.issues.map(({ path }) => path)).toContainEqual(['key'])
    },
  )
})
