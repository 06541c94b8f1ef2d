/** Who may enter /operator, and how. What is in there: operator-runs.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Config, SANDBOX } from '../../src/config.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { createHub } from '../../src/node/hub.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { testConfig } from '../support/hub-config.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const operator = basic('operator', SANDBOX.operatorToken)
const run = newId()
const routes = [
  ['GET', '/operator'],
  ['GET', '/operator/runs'],
  ['GET', `/operator/runs/${run}`],
  ['POST', `/operator/runs/${run}/retry`],
  ['POST', `/operator/runs/${run}/cancel`],
  ['GET', '/operator/api/runs'],
  ['GET', `/operator/api/runs/${run}`],
  ['POST', `/operator/api/runs/${run}/retry`],
  ['POST', `/operator/api/runs/${run}/cancel`],
  ['GET', '/operator/api/openapi.json'],
  ['GET', '/operator/elsewhere'],
] as const
const acts = routes.filter(([method]) => method === 'POST')

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(`${t.url}${path}`, { method, headers, redirect: 'manual' })

describe.each(routes)('%s %s', (method, path) => {
  it('asks for the token', async () => {
    const answer = await ask(method, path, { 'accept-language': 'pt-BR' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Buzon operator", charset="UTF-8"')
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toMatchObject({ status: 401, code: 'operator_only', detail: /Esta área/ })
  })

  it('takes the token, and lets nobody keep the answer', async () => {
    const answer = await ask(method, path, { authorization: operator })
    expect([200, 302, 404]).toContain(answer.status)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
})

it.each([
  ['a wrong token', basic('operator', `${SANDBOX.operatorToken.slice(0, -1)}x`)],
  ['the beginning of the token', basic('operator', SANDBOX.operatorToken.slice(0, -1))],
  ['an empty token', basic('operator', '')],
  ['another user', basic('admin', SANDBOX.operatorToken)],
  ['the token as a bearer', `Bearer ${SANDBOX.operatorToken}`],
  ['the API key of a workspace', `Bearer ${SANDBOX.apiKey}`],
  ['the API key of a workspace as a password', basic('operator', SANDBOX.apiKey)],
  ['something that is no base64', 'Basic %%%'],
])('refuses %s', async (_what, authorization) => {
  for (const [method, path] of [
    ['GET', '/operator/runs'] as const,
    ['POST', `/operator/api/runs/${run}/cancel`] as const,
  ]) {
    expect((await ask(method, path, { authorization })).status).toBe(401)
  }
})

describe.each(acts)('%s %s', (method, path) => {
  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['the same host on another port', { origin: 'http://127.0.0.1:1' }],
    ['an origin that is not told', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring site', { 'sec-fetch-site': 'same-site' }],
    ['nowhere', { 'sec-fetch-site': 'none' }],
    ['another site under our origin', { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1' }],
  ])('refuses what comes from %s, as JSON and as a form', async (_what, headers) => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      const answer = await ask(method, path, { authorization: operator, 'content-type': type, ...headers })
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ status: 403, code: 'cross_site' })
    }
  })

  it('takes what comes from its own pages, and from no browser', async () => {
    const own: Record<string, string>[] = [{ origin: t.url }, { 'sec-fetch-site': 'same-origin' }, {}]
    for (const headers of own) {
      const answer = await ask(method, path, { authorization: operator, ...headers })
      expect(await answer.text()).not.toContain('cross_site')
    }
  })
})

it('tells a workspace nothing of it', async () => {
  const document = await (await fetch(`${t.url}/openapi.json`)).text()
  expect(document).toContain('/api/v1/tickets')
  expect(document).not.toContain('operator')
})

it('describes its own routes', async () => {
  type Document = { paths: Record<string, Record<string, { security: unknown }>>; servers: unknown }
  const answer = await ask('GET', '/operator/api/openapi.json', { authorization: operator })
  const { paths, servers } = (await answer.json()) as Document
  expect(servers).toEqual([{ url: '/operator/api' }])
  expect(Object.keys(paths).sort()).toEqual(['/runs', '/runs/{id}', '/runs/{id}/cancel', '/runs/{id}/retry'])
  const operations = Object.values(paths).flatMap(methods => Object.values(methods))
  for (const { security } of operations) expect(security).toEqual([{ operator: [] }])
})

describe('with another configuration', () => {
  const hubWith = (more: Partial<Config>, told: unknown[] = []) =>
    createHub({
      config: { ...testConfig('https://inbox.example.com', 'http://127.0.0.1:1'), ...more },
      ...{ db: t.database.db, now: t.now, onError: error => void told.push(error), background: false },
    })

  it('does not exist without a token', async () => {
    const { app } = hubWith({ operatorToken: undefined })
    const unknown = await (await app.request('/nowhere')).json()
    for (const [method, path] of routes) {
      const headers = { authorization: basic('operator', 'undefined') }
      const answer = await app.request(path, { method, headers })
      expect(answer.status, path).toBe(404)
      expect(answer.headers.get('www-authenticate')).toBeNull()
      expect(await answer.json()).toEqual(unknown)
    }
  })

  it('says that runs are at Inngest where they are', async () => {
    const inngest = { ...SANDBOX.inngest, baseUrl: 'http://127.0.0.1:1' }
    const { app } = hubWith({ inngest })
    const headers = { authorization: operator, 'accept-language': 'es' }
    for (const [method, path] of routes.filter(([, path]) => path.includes('/api/runs'))) {
      const answer = await app.request(path, { method, headers })
      expect(answer.status, path).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'runs_elsewhere' })
    }
    for (const [method, path] of routes.filter(([, path]) => path.startsWith('/operator/runs'))) {
      const answer = await app.request(path, { method, headers })
      expect(answer.status, path).toBe(200)
      expect(await answer.text()).toContain('Las ejecuciones están en Inngest')
    }
  })

  it('knows its own address behind a proxy, by the one that is configured', async () => {
    const { app } = hubWith({})
    const from = async (origin: string) => {
      const headers = { authorization: operator, origin }
      return (await app.request(`/operator/api/runs/${run}/cancel`, { method: 'POST', headers })).status
    }
    expect(await from('https://inbox.example.com')).toBe(404)
    expect(await from('http://inbox.example.com')).toBe(403)
  })

  it('reports who was refused, and neither a first visit nor the password that was tried', async () => {
    const told: unknown[] = []
    const { app } = hubWith({}, told)
    await app.request('/operator/runs')
    expect(told).toEqual([])
    await app.request('/operator/runs', { headers: { authorization: basic('operator', 'sesame') } })
    expect(told).toEqual(['Somebody was refused at /operator: wrong user or token'])
  })
})
