/** The sidebar in Zendesk: who is let in by a signed form, what they see, and answers that go out. */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { APP_NAME } from '../../src/connectors/zendesk/card.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { ACCOUNT, access } from '../connectors/zendesk/harness.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openDemoPeople } from '../support/sign-in.ts'
import { say } from '../sync/support.ts'

const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const others = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const CARMEN = 9_000_011
const INSTALLATION = 7_001
let t: TestHub
let connectionId: string

beforeAll(async () => {
  t = await startHub()
  await openDemoPeople(t)
  const ctx = syncContext(t.hub.services, t.workspaceId)
  await pause(ctx, t.connectionId, { kind: 'system' })
  const { clientId, clientSecret, accessToken: token } = access
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  t.sandbox.zendesk.accounts({
    ...{ subdomain: ACCOUNT, clientId, clientSecret, token, rateLimit: false },
    apps: [{ id: INSTALLATION, appId: 70, name: APP_NAME, publicKey }],
  })
  const row = await connect(ctx, { connector: 'zendesk', credentials: access, settings: { subdomain: ACCOUNT } })
  connectionId = row.id
  await say(t, 'Hola')
  await t.pass(5)
})
afterAll(() => t.close())

const AUDIENCE = `https://${ACCOUNT}.zendesk.com/api/v2/apps/installations/${INSTALLATION}.json`
type Given = { claims?: object; header?: object; key?: typeof keys.privateKey; id?: string }

function tokenOf({ claims = {}, header = {}, key = keys.privateKey }: Given = {}): string {
  const at = Math.floor(t.now().getTime() / 1_000)
  const said = {
    iat: at,
    exp: at + 60,
    aud: AUDIENCE,
    sub: `https://${ACCOUNT}.zendesk.com/api/v2/users/${CARMEN}.json`,
  }
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const text = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.${encode({ ...said, ...claims })}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

function open(token: string, id = connectionId) {
  return fetch(`${t.url}/embed/zendesk/app/${id}?origin=x&app_guid=y`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
  })
}

async function sessionOf(given: Given = {}): Promise<string> {
  const page = await open(tokenOf(given))
  expect(page.status).toBe(200)
  return /name="session" content="([^"]+)"/.exec(await page.text())?.[1] ?? ''
}

async function ask(session: string, path: string, body?: unknown) {
  const answer = await fetch(`${t.url}/embed/zendesk${path}`, {
    headers: { authorization: `Bearer ${session}` },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any route.
  return { status: answer.status, body: (await answer.json()) as any }
}

const ticketId = () => String(t.sandbox.zendesk.view(ACCOUNT).tickets.results.at(-1)?.id)
const conversation = (session: string) => ask(session, `/conversation?objectType=ticket&objectId=${ticketId()}`)

it('lets an agent in, who sees the conversation and answers as themselves', async () => {
  const page = await open(tokenOf())
  expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors https://${ACCOUNT}.zendesk.com`)
  const session = await sessionOf()
  const shown = await conversation(session)
  expect(shown).toMatchObject({
    status: 200,
    body: { canReply: true, person: { name: 'Carmen Ruiz' }, window: { kind: 'open' }, messages: [{ text: 'Hola' }] },
  })
  const content = { type: 'text', text: 'Desde la barra' }
  const sent = await ask(session, '/reply', {
    ...{ ticketId: shown.body.ticket.id, idempotencyKey: randomUUID(), content },
  })
  expect(sent.status).toBe(202)
  await t.pass(2)
  expect(t.sandbox.state().whatsapp.chats[0]?.messages.at(-1)).toMatchObject({ text: 'Desde la barra' })
  expect((await conversation(session)).body.messages.at(-1)).toMatchObject({ author: 'Carmen Ruiz' })
})

it('an agent who is nobody here reads only', async () => {
  const session = await sessionOf({ claims: { sub: 'https://x.zendesk.com/api/v2/users/1.json' } })
  const shown = await conversation(session)
  expect(shown.body).toMatchObject({ canReply: false, person: null })
  const body = { ticketId: shown.body.ticket.id, idempotencyKey: randomUUID(), content: { type: 'text', text: 'x' } }
  expect((await ask(session, '/reply', body)).status).toBe(403)
})

it.each<[string, Given]>([
  ['another key', { key: others.privateKey }],
  ['another installation', { claims: { aud: AUDIENCE.replace('7001', '7002') } }],
  ['another account', { claims: { aud: AUDIENCE.replace(ACCOUNT, 'evil') } }],
  ['an end long ago', { claims: { exp: 1 } }],
  ['a beginning to come', { claims: { iat: 4_000_000_000, exp: 4_000_000_060 } }],
  ['no signature', { header: { alg: 'none' } }],
  ['a symmetric signature', { header: { alg: 'HS256' } }],
])('nobody with %s', async (_, given) => {
  expect((await open(tokenOf(given))).status).toBe(401)
})

it('nobody with a broken token, without one, or to a connection that is none', async () => {
  const token = tokenOf()
  for (const broken of ['', 'a.b.c', `${token}x`, token.replace(/\.[^.]+\./, '.e30.'), 'ÿ.ÿ.ÿ']) {
    expect((await open(broken)).status).toBe(401)
  }
  expect((await open(token, randomUUID())).status).toBe(404)
  expect((await open(token, t.connectionId)).status).toBe(404)
})

it('a session is of its connection, and ends', async () => {
  const session = await sessionOf()
  expect((await ask(`${session}x`, '/conversation?objectType=ticket&objectId=1')).status).toBe(401)
  expect(
    (await fetch(`${t.url}/embed/hubspot/conversation`, { headers: { authorization: `Bearer ${session}` } })).status,
  ).toBe(401)
  await t.pass(13 * 3_600)
  expect((await conversation(session)).status).toBe(401)
})
