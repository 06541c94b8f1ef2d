/** Webhooks to the customer's own systems, over real HTTP. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { settledFeed } from '../support/settled-feed.ts'
import { webhook } from '../support/whatsapp.ts'

let t: TestHub
let status = 200
const got: { headers: IncomingHttpHeaders; body: string }[] = []
const server = createServer((request, answer) => {
  let body = ''
  request.on('data', chunk => {
    body += chunk
  })
  request.on('end', () => {
    got.push({ headers: request.headers, body })
    answer.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('gracias')
  })
})
let url = ''

beforeAll(async () => {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  t = await startHub()
})
afterAll(async () => {
  await t.close()
  server.close()
})
beforeEach(() => {
  got.length = 0
  status = 200
})

type Endpoint = { id: string; secret: string; state: string }
const events = ['ticket.created', 'message.received', 'ticket.resolved']
const add = async (body: object = { url, events }) => (await t.api<Endpoint>('POST', '/webhook-endpoints', body)).body
const path = (endpoint: Endpoint, rest = '') => `/webhook-endpoints/${endpoint.id}${rest}`
const pass = async (seconds: number) => {
  await settledFeed(t.database.owner)
  await t.pass(seconds)
}
const remove = (endpoint: Endpoint) => t.api('DELETE', path(endpoint))

it('tells of what happens once, signed as Standard Webhooks says, and shows the secret once', async () => {
  const endpoint = await add()
  await t.post(webhook(DEMO.phoneNumberId, [{ from: '5215550001234', name: 'Ana', text: 'hola', at: t.now() }]))
  await pass(60)
  await pass(60)
  const types = got.map(({ body }) => JSON.parse(body).type).sort()
  expect(types).toEqual(['message.received', 'ticket.created'])
  for (const { headers, body } of got) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const key = Buffer.from(endpoint.secret.slice('whsec_'.length), 'base64')
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  }
  expect(JSON.stringify((await t.api('GET', '/webhook-endpoints')).body)).not.toContain(endpoint.secret)
  expect((await t.api('GET', path(endpoint, '/deliveries'))).body).toMatchObject({
    items: [
      { state: 'delivered', attempts: 1 },
      { state: 'delivered', attempts: 1 },
    ],
  })
  await remove(endpoint)
})

it('tries again what was not taken, in longer and longer intervals, and follows no redirect', async () => {
  const endpoint = await add()
  status = 500
  await t.api('POST', path(endpoint, '/test'))
  await pass(1)
  expect(got).toHaveLength(1)
  status = 302
  await pass(60)
  expect(got).toHaveLength(2)
  status = 200
  await pass(240)
  expect(got).toHaveLength(2)
  await pass(120)
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(got.map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.test', 'webhook.test', 'webhook.test'])
  await pass(3600)
  expect(got).toHaveLength(3)
  await remove(endpoint)
})

it('leaves an endpoint alone that took nothing for days, and replays what failed when it is back', async () => {
  await t.database.owner`update agents set role = 'admin'`
  const endpoint = await add()
  status = 500
  await t.api('POST', path(endpoint, '/test'))
  await pass(1)
  await pass(119 * 3600)
  const state = async () => (await t.api<{ items: Endpoint[] }>('GET', '/webhook-endpoints')).body.items[0]?.state
  expect(await state()).toBe('active')
  await pass(2 * 3600)
  expect(await state()).toBe('failing')
  const told = await t.database.owner`select data from notifications where kind = 'webhook given up'`
  expect(told[0]?.data).toMatchObject({ name: expect.stringMatching(/^127\.0\.0\.1:/) })
  for (let n = 0; n < 8; n++) await pass(11 * 3600)
  status = 200
  await t.api('PATCH', path(endpoint), { active: true })
  got.length = 0
  const since = new Date(t.now().getTime() - 30 * 86_400_000).toISOString()
  const { body } = await t.api<{ replayed: number }>('POST', path(endpoint, '/replay'), { since })
  await pass(60)
  expect(body.replayed).toBeGreaterThan(0)
  expect(got.length).toBeGreaterThanOrEqual(body.replayed)
  await remove(endpoint)
})

it('refuses what is no address and no event', async () => {
  for (const bad of [
    { url: 'ftp://x.example', events },
    { url: 'nonsense', events },
    { url, events: ['x'] },
    { url, events: [] },
  ]) {
    expect((await t.api('POST', '/webhook-endpoints', bad)).status).toBe(422)
  }
})
