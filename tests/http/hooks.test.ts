import { afterAll, beforeAll, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { sign, webhook } from '../support/whatsapp.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

const count = async (table: string) => {
  const [row] = await t.database.owner<{ n: number }[]>`select count(*)::int as n from ${t.database.owner(table)}`
  return row?.n ?? 0
}
const hello = (from: string) => webhook(DEMO.phoneNumberId, [{ from, at: t.now() }])

it('answers the handshake with the bare challenge, and 403 to a wrong token', async () => {
  const ask = (token: string) =>
    fetch(`${t.url}/hooks/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`)
  const right = await ask(SANDBOX.verifyToken)
  expect([right.status, await right.text()]).toEqual([200, '1158201444'])
  expect((await ask('guess')).status).toBe(403)
  expect((await fetch(`${t.url}/hooks/whatsapp`)).status).toBe(403)
})

it.each([
  ['no signature', undefined],
  ['a forged one', `sha256=${'0'.repeat(64)}`],
  ['one of another secret', sign('x', 'other')],
  ['a malformed one', 'sha256=zz'],
  ['one without prefix', 'a'.repeat(64)],
])('refuses %s with 401 and stores nothing', async (_name, signature) => {
  const before = await count('deliveries')
  const body = hello('34600000001')
  const headers = signature === undefined ? undefined : { 'x-hub-signature-256': signature }
  const answer = await fetch(`${t.url}/hooks/whatsapp`, { method: 'POST', body, ...(headers ? { headers } : {}) })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await count('deliveries')).toBe(before)
})

it('verifies the bytes as they came, escapes included', async () => {
  const body = hello('34600000002').replace('Hola', 'Ol\\u00e1 \\ud83d\\ude00 a\\/b')
  expect((await t.post(body)).status).toBe(200)
  await t.pass(0)
  const rows = await t.database.owner`select text from messages where text like 'Ol%'`
  expect(rows.map(row => row.text)).toEqual(['Olá 😀 a/b'])
})

it('answers 200 to malformed JSON with a right signature, and keeps it as a dead letter', async () => {
  for (const body of ['{"entry": [', 'hola', '', '[]', '{"entry":[{"changes":"x"}]}', '\ufeff{}', 'a\u0000b']) {
    expect((await t.post(body)).status, body).toBe(200)
  }
  await t.pass(0)
  const { body } = await t.api<{ items: { cause: string }[] }>('GET', '/dead-letters')
  expect(body.items.filter(letter => letter.cause.startsWith('Not JSON')).length).toBeGreaterThanOrEqual(4)
  expect(await count('deliveries')).toBeGreaterThanOrEqual(7)
})

it('makes one message of the same body five times at once', async () => {
  const [messages, tickets] = [await count('messages'), await count('tickets')]
  const body = hello('34600000005')
  const answers = await Promise.all(Array.from({ length: 5 }, () => t.post(body)))
  expect(answers.map(answer => answer.status)).toEqual([200, 200, 200, 200, 200])
  await t.pass(0)
  expect([await count('messages'), await count('tickets')]).toEqual([messages + 1, tickets + 1])
})

it('gives each Meta app its own address and secrets, two during a rotation', async () => {
  const app = { appKey: 'luna', appSecrets: ['old-secret', 'new-secret'], verifyToken: 'luna-token' }
  expect(await t.api('POST', '/meta-apps', app)).toMatchObject({ status: 201, body: { appKey: 'luna' } })
  const numbers = { phoneNumberId: '900700600', wabaId: '1', token: 'x', appKey: 'luna' }
  expect((await t.api('POST', '/channels', numbers)).status).toBe(201)
  const post = (path: string, body: string, secret: string) =>
    fetch(`${t.url}/hooks/whatsapp${path}`, {
      method: 'POST',
      headers: { 'x-hub-signature-256': sign(body, secret) },
      body,
    })
  const before = await count('messages')
  const bodies = ['34600000007', '34600000008'].map(from => webhook('900700600', [{ from }]))
  expect((await post('/luna', bodies[0] ?? '', 'old-secret')).status).toBe(200)
  expect((await post('/luna', bodies[1] ?? '', 'new-secret')).status).toBe(200)
  expect((await post('/luna', bodies[1] ?? '', SANDBOX.appSecret)).status).toBe(401)
  expect((await post('/nobody', bodies[1] ?? '', 'x')).status).toBe(401)
  // The default app may not speak for a number of another app.
  expect((await post('', webhook('900700600', [{ from: '34600000009' }]), SANDBOX.appSecret)).status).toBe(200)
  await t.pass(0)
  expect(await count('messages')).toBe(before + 2)
})

it('replays a dead letter once its cause is mended', async () => {
  await t.post(webhook('555000111', [{ from: '34600000010', text: 'demasiado pronto' }]))
  await t.pass(0)
  const letters = await t.api<{ items: { id: string; cause: string }[] }>('GET', '/dead-letters?replayed=false')
  const letter = letters.body.items.find(each => each.cause.includes('555000111'))
  expect(letter?.cause).toContain('Create it, then replay')
  const early = await t.api<{ replays: number; replayedAt: null }>('POST', `/dead-letters/${letter?.id}/replay`)
  expect(early).toMatchObject({ status: 200, body: { replayedAt: null } })
  await t.api('POST', '/channels', { phoneNumberId: '555000111', wabaId: '2', token: 'x' })
  const replayed = await t.api<{ replayedAt: string }>('POST', `/dead-letters/${letter?.id}/replay`)
  expect(replayed.body.replayedAt).toEqual(expect.any(String))
  const rows = await t.database.owner`select 1 from messages where text = 'demasiado pronto'`
  expect(rows).toHaveLength(1)
  expect((await t.api('POST', `/dead-letters/${letter?.id}/replay`)).status).toBe(409)
})

it('refuses CRM webhooks that are forged, old or for a connection that is not there', async () => {
  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${t.url}/hooks/${path}`, { method: 'POST', headers, body: '[]' })
  const before = await count('deliveries')
  expect((await post(`hubspot/${t.connectionId}`)).status).toBe(401)
  const old = { 'x-hubspot-signature-v3': 'AAAA', 'x-hubspot-request-timestamp': '1' }
  expect((await post(`hubspot/${t.connectionId}`, old)).status).toBe(401)
  expect((await post('hubspot/019d0000-0000-7000-8000-000000000000')).status).toBe(404)
  expect((await post(`salesforce/${t.connectionId}`)).status).toBe(404)
  expect((await post('hubspot/not-an-id')).status).toBe(404)
  expect(await count('deliveries')).toBe(before)
})

it('refuses unsigned and wrongly signed calls to the functions', async () => {
  const call = (method: string, headers: Record<string, string> = {}, query = '') =>
    fetch(`${t.url}/api/inngest${query}`, { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) })
  const forged: Record<string, string>[] = [
    {},
    { 'x-inngest-signature': `t=${Math.floor(Date.now() / 1000)}&s=${'0'.repeat(64)}` },
  ]
  for (const headers of forged) {
    expect((await call('GET', headers)).status).toBe(401)
    expect((await call('PUT', headers)).status).toBe(401)
    expect((await call('POST', headers, '?fnId=buzon-sweep-sla&stepId=step')).status).toBe(401)
  }
})

it('takes bodies of almost 3 MiB and refuses larger ones, also without a length', async () => {
  const large = webhook(DEMO.phoneNumberId, [{ from: '34600000006', text: 'ñ'.repeat(1_400_000) }])
  expect((await t.post(large)).status).toBe(200)
  expect((await t.post(' '.repeat(3 * 1024 * 1024 + 1))).status).toBe(413)
  const stream = new ReadableStream({
    start(controller) {
      for (let n = 0; n < 4; n++) controller.enqueue(new Uint8Array(1024 * 1024))
      controller.close()
    },
  })
  const headers = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }
  const request = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit
  expect((await fetch(`${t.url}/hooks/whatsapp`, request)).status).toBe(413)
})
