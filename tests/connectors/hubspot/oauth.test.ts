/** Access by consent, what it is refreshed to, and the journal that comes with it. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OAuthApp, RemoteCallError } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import type { HubSpotCredentials } from '../../../src/connectors/hubspot/credentials.ts'
import { hubspot } from '../../../src/connectors/hubspot/index.ts'
import { hubspotSettings } from '../../../src/connectors/hubspot/settings.ts'
import { createSandbox, type Listening, type Sandbox } from '../../../src/sandbox/index.ts'
import { CONNECTION } from '../records.ts'

const PORTAL = 42_001
const BACK = 'https://buzon.example/oauth'
const app: OAuthApp = { clientId: 'client-5150', clientSecret: 'a-secret', redirectUri: BACK }
const oauth = hubspot.oauth as NonNullable<typeof hubspot.oauth>
const verifier = 'v'.repeat(43)
let sandbox: Sandbox
let listening: Listening

beforeEach(async () => {
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  sandbox.hubspot.portals({ portalId: PORTAL, token: 'pat-test', clientSecret: 'a-secret', appId: 5150 })
})
afterEach(() => listening.close())

const transport = createTransport({ fetch, deadlineMs: 2_000, clock: () => performance.now() })
const baseUrl = () => `${listening.url}/hubspot`
const call = () => ({ fetch: transport, baseUrl: baseUrl(), now: sandbox.now() })

async function consent(portalId: number | '' = PORTAL): Promise<URLSearchParams> {
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const url = oauth.authorizeUrl(app, { state: 'the state', challenge, baseUrl: baseUrl() })
  expect((await fetch(url)).status).toBe(200)
  const body = new URLSearchParams({ portalId: String(portalId) })
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '').searchParams
}

async function granted(): Promise<HubSpotCredentials> {
  const code = (await consent()).get('code') ?? ''
  return oauth.exchange(call(), app, { code, verifier })
}

const context = async (credentials: HubSpotCredentials) => {
  const fresh = {
    ...{ fetch: transport, baseUrl: baseUrl(), credentials, connectionId: CONNECTION },
    ...{ settings: hubspotSettings.parse({}), now: sandbox.now() },
  }
  return { ...fresh, settings: await hubspot.setUp(fresh, { webhookUrl: 'https://x.example', numbers: [] }) }
}

const failureOf = (act: Promise<unknown>) =>
  act.then(
    () => undefined,
    error => (error instanceof RemoteCallError ? error.failure : Promise.reject(error)),
  )

test('people are sent to HubSpot itself, and in a simulation to its page', () => {
  const url = oauth.authorizeUrl(app, { state: 's', challenge: 'c', baseUrl: hubspot.baseUrl })
  expect(url).toMatch(/^https:\/\/app\.hubspot\.com\/oauth\/authorize\?client_id=client-5150&/)
})

describe('consent', () => {
  test('gives a token that works, knows its app and its end', async () => {
    expect((await consent()).get('state')).toBe('the state')
    const credentials = await granted()
    expect(hubspot.credentials.parse(JSON.parse(JSON.stringify(credentials)))).toEqual(credentials)
    expect(credentials).toMatchObject({ kind: 'oauth', appId: '5150', clientId: 'client-5150' })
    expect(oauth.expiresAt(credentials)?.getTime()).toBeCloseTo(sandbox.now().getTime() + 1_800_000, -4)
    const ctx = await context(credentials)
    expect((await hubspot.check(ctx)).filter(({ ok }) => !ok)).toEqual([])
  })

  test('that was denied, or was asked for with another verifier, gives none', async () => {
    expect((await consent('')).get('error')).toBe('access_denied')
    const code = (await consent()).get('code') ?? ''
    const grant = { code, verifier: 'w'.repeat(43) }
    expect(await failureOf(oauth.exchange(call(), app, grant))).toMatchObject({ kind: 'unauthorized' })
  })

  test('without a scope that is needed says which', async () => {
    sandbox.hubspot.configure(PORTAL, { scopes: ['crm.objects.contacts.read', 'crm.objects.contacts.write'] })
    const failure = await failureOf(granted())
    expect(failure).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('tickets') })
  })
})

describe('a refresh', () => {
  test('keeps the token for refreshing, or takes the new one', async () => {
    const first = await granted()
    const second = await oauth.refresh(call(), first)
    expect(second).toMatchObject({ refreshToken: (first as { refreshToken: string }).refreshToken, appId: '5150' })
    expect(oauth.token(second)).not.toBe(oauth.token(first))
    sandbox.hubspot.configure(PORTAL, { rotatesRefreshTokens: true })
    const third = await oauth.refresh(call(), second)
    expect(third).not.toMatchObject({ refreshToken: (second as { refreshToken: string }).refreshToken })
    expect(await failureOf(oauth.refresh(call(), second))).toMatchObject({ kind: 'unauthorized' })
    expect(await failureOf(oauth.refresh(call(), third))).toBeUndefined()
  })

  test('of an app that was uninstalled is refused; one that meets an error waits', async () => {
    const credentials = await granted()
    sandbox.faults.add({ vendor: 'hubspot', path: '/oauth/', kind: 'status', status: 502 })
    expect(await failureOf(oauth.refresh(call(), credentials))).toMatchObject({ kind: 'retry after' })
    const gone = { ...credentials, refreshToken: 'unknown' } as HubSpotCredentials
    expect(await failureOf(oauth.refresh(call(), gone))).toMatchObject({ kind: 'unauthorized' })
  })

  test('an expired token is refused by everything else', async () => {
    const ctx = await context(await granted())
    sandbox.time({ advanceMs: 1_800_000 })
    expect(await failureOf(hubspot.contact.read(ctx, ['1']))).toMatchObject({ kind: 'unauthorized', status: 401 })
  })
})

describe('the journal', () => {
  const read = hubspot.changes?.read as NonNullable<typeof hubspot.changes>['read']
  const person = (properties: Record<string, string>) => sandbox.hubspot.create(PORTAL, 'contacts', { properties }).id

  /** Pages until there is no more. */
  async function follow(ctx: Awaited<ReturnType<typeof context>>, cursor: string) {
    const changes = []
    let lost = false
    for (let page = 0; page < 20; page++) {
      const next = await read(ctx, cursor)
      changes.push(...next.changes)
      lost ||= next.lost
      cursor = next.cursor
      if (!next.more) return { changes, cursor, lost }
    }
    throw new Error('It never ends')
  }

  test('is followed from now on, in pages, and tells each change once', async () => {
    const ctx = await context(await granted())
    person({ firstname: 'Before' })
    const begun = await read(ctx, null)
    expect(begun).toMatchObject({ changes: [], lost: false })
    expect(begun.cursor).toMatch(/^journal:/)
    const ids = Array.from({ length: 50 }, (_, at) => person({ firstname: `Ana ${at}` }))
    sandbox.hubspot.edit(PORTAL, 'contacts', ids[0] ?? '', { properties: { firstname: 'Berta' } })
    const survivor = sandbox.hubspot.merge(PORTAL, { primaryObjectId: ids[1] ?? '', objectIdToMerge: ids[2] ?? '' }).id
    sandbox.hubspot.archive(PORTAL, 'contacts', ids[3] ?? '')
    const { changes, cursor } = await follow(ctx, begun.cursor)
    expect(new Set(changes.flatMap(each => (each.kind === 'touched' ? [each.remoteId] : [])))).toEqual(new Set(ids))
    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: 'merged',
        remoteId: survivor,
        mergedIds: expect.arrayContaining([ids[1], ids[2]]),
      }),
    )
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'deleted', remoteId: ids[3] }))
    expect((await follow(ctx, cursor)).changes).toEqual([])
  })

  test('that forgot where we were says so, and goes on from now', async () => {
    const ctx = await context(await granted())
    person({ firstname: 'Ana' })
    const { cursor } = await read(ctx, null)
    sandbox.time({ advanceMs: 4 * 24 * 3_600_000 })
    const later = { ...ctx, now: sandbox.now() }
    person({ firstname: 'Late' })
    const lost = await read(later, cursor)
    expect(lost).toMatchObject({ changes: [], lost: true })
    const id = person({ firstname: 'Later' })
    expect((await follow(later, lost.cursor)).changes).toMatchObject([{ kind: 'touched', remoteId: id }])
  })

  test('that is empty at first is searched for, and taken up once it has begun', async () => {
    const ctx = await context(await granted())
    const { cursor } = await read(ctx, null)
    expect(cursor).toMatch(/^search:/)
    sandbox.time({ advanceMs: 1_000 })
    const id = person({ firstname: 'Ana' })
    const first = await follow({ ...ctx, now: sandbox.now() }, cursor)
    expect(first.changes).toMatchObject([{ kind: 'touched', remoteId: id }])
    expect(first.cursor).toMatch(/^journal:/)
  })
})
