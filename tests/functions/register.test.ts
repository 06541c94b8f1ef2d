/** Registering at an Inngest server: the real SDK handler of the service, against a stub of the server. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createInngest } from '../../src/functions/client.ts'
import { createFunctions, SERVE_PATH } from '../../src/functions/index.ts'
import { register } from '../../src/functions/register.ts'
import { createHub } from '../../src/node/hub.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { signature } from '../support/function-calls.ts'
import { testConfig } from '../support/hub-config.ts'
import { type InngestServer, startInngestServer } from '../support/inngest-server.ts'

const KEY = '5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e'
const BEFORE = 'babab1e5babab1e5babab1e5babab1e5'
const OTHER = '0ddba11d0ddba11d0ddba11d0ddba11d'

/** All there are. */
const COUNT = createFunctions(createInngest({ signingKey: KEY, eventKey: 'events' }), () => {
  throw new Error('Nothing is run here')
}).length

let database: TestDatabase
let inngest: InngestServer
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  database = await testDatabase()
})
beforeEach(async () => {
  inngest = await startInngestServer({ signingKey: KEY, eventKey: 'events' })
  closing.push(inngest.close)
  return async () => {
    for (const close of closing.splice(0)) await close()
  }
})
afterAll(() => database.close())

/** The service on a port of its own, with the functions run by a server. */
async function startService(
  inngestConfig: { signingKey?: string; signingKeyFallback?: string; baseUrl?: string } = {},
) {
  let hub: ReturnType<typeof createHub> | undefined
  const server = serve({ fetch: request => hub?.app.fetch(request) ?? new Response(), port: 0, hostname: '127.0.0.1' })
  await new Promise<void>(resolve => server.once('listening', resolve))
  closing.push(() => new Promise(done => server.close(done)))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = {
    ...testConfig(url, 'http://127.0.0.1:9'),
    inngest: { baseUrl: inngest.url, signingKey: KEY, eventKey: 'events', ...inngestConfig },
  }
  hub = createHub({ config, db: database.db, onError: () => {}, background: false })
  return { url, address: url + SERVE_PATH, hub }
}

it('registers every function at the address of the service, and says which', async () => {
  const { address } = await startService()
  const result = await register(address, KEY)
  expect(result).toMatchObject({ kind: 'registered', url: address, modified: true })
  expect(result.kind === 'registered' && result.functions).toContainEqual({
    id: 'buzon-send-message',
    triggers: ['inbox/message.queued'],
  })
  const [body] = inngest.registered
  expect(body?.url).toBe(address)
  expect(body?.functions).toHaveLength(COUNT)
  for (const fn of body?.functions ?? []) expect(fn.steps.step.runtime.url).toMatch(address)
  expect(await register(address, KEY)).toMatchObject({ kind: 'registered', modified: false })
})

it('never registers elsewhere, whatever host a signed call names', async () => {
  const { hub, address } = await startService()
  const body = '{"url":"https://forged.example/api/inngest"}'
  const ask = (headers: Record<string, string> = {}) =>
    hub.app.fetch(
      new Request(`https://forged.example${SERVE_PATH}`, {
        method: 'PUT',
        body,
        headers: {
          ...{ 'content-type': 'application/json', 'x-inngest-signature': signature(body, KEY) },
          ...{ host: 'forged.example', 'x-forwarded-host': 'forged.example', 'x-forwarded-proto': 'https' },
          ...{ forwarded: 'host=forged.example;proto=https', ...headers },
        },
      }),
    )
  expect((await ask()).status).toBe(200)
  expect(inngest.registered.map(({ url }) => url)).toEqual([address])
  expect(JSON.stringify(inngest.registered)).not.toContain('forged')
  const inBand = await ask({ 'x-inngest-sync-kind': 'in_band' })
  expect(inBand.status).toBe(200)
  expect(await inBand.text()).not.toContain('forged')
})

it('registers nothing without a signature', async () => {
  const { address } = await startService()
  const headers = { 'x-forwarded-host': 'forged.example' }
  expect((await fetch(address, { method: 'PUT', headers })).status).toBe(401)
  expect(await register(address, OTHER)).toEqual({ kind: 'refused' })
  expect(inngest.registered).toEqual([])
})

it('accepts the key before, in both directions, while keys are being changed', async () => {
  const { address } = await startService({ signingKey: BEFORE, signingKeyFallback: KEY })
  expect(await register(address, BEFORE)).toMatchObject({ kind: 'registered' })
  expect(await register(address, KEY)).toMatchObject({ kind: 'registered' })
  expect(await register(address, OTHER)).toEqual({ kind: 'refused' })
})

it('says when the service cannot be reached, or is another', async () => {
  const other = createServer((_request, response) => response.writeHead(404).end('<h1>nothing here</h1>'))
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}${SERVE_PATH}`
  expect(await register(address, KEY)).toEqual({ kind: 'no handler', status: 404, text: '<h1>nothing here</h1>' })
  await new Promise(done => other.close(done))
  expect(await register(address, KEY)).toEqual({ kind: 'unreachable', why: expect.stringContaining('ECONNREFUSED') })
})

it.each([
  ['a page', 502, '<h1>Bad Gateway</h1>', /502/],
  ['another key', 401, 'Unauthorized', /401/],
  ['an error, in a 200 as in a 400', 400, '{"error": "At least one function is invalid"}', /function is invalid/],
])('says when the server answers %s', async (_what, status, text, why) => {
  const { address } = await startService()
  inngest.answer(status, text)
  expect(await register(address, KEY)).toEqual({ kind: 'not accepted', why: expect.stringMatching(why) })
})

it('says when the service does not reach the server', async () => {
  const { address } = await startService({ baseUrl: 'http://127.0.0.1:1' })
  expect(await register(address, KEY)).toMatchObject({ kind: 'not accepted', why: expect.stringContaining('fetch') })
})

it('npm run inngest:sync tells it in sentences, and fails where it failed', async () => {
  const { url } = await startService()
  const good = await sync([], { APP_URL: url, INNGEST_SIGNING_KEY: KEY })
  expect(good).toMatchObject({ code: 0, errors: '' })
  expect(good.output).toContain(`Registered ${COUNT} functions at ${url}/api/inngest`)
  expect(good.output).toMatch(/buzon-flush-outbox +sync\/outbox\.dirty/)
  const wrong = await sync([url], { APP_URL: 'http://127.0.0.1:1', INNGEST_SIGNING_KEY: OTHER })
  expect(wrong).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('answered 401') })
  expect(wrong.errors).not.toContain(OTHER)
  const nothing = await sync([], {})
  expect(nothing).toMatchObject({ code: 1, errors: expect.stringContaining('INNGEST_SIGNING_KEY is missing') })
  expect(nothing.errors).toContain('APP_URL is missing')
})

function sync(args: string[], env: Record<string, string>) {
  const script = path.resolve('scripts/inngest-sync.ts')
  const { PATH = '' } = process.env
  return new Promise<{ code: number; output: string; errors: string }>(resolve => {
    const empty = { APP_URL: '', INNGEST_SIGNING_KEY: '' }
    execFile(process.execPath, [script, ...args], { env: { PATH, ...empty, ...env } }, (error, output, errors) =>
      resolve({ code: error ? Number(error.code) : 0, output, errors }),
    )
  })
}
