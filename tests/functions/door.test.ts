/** `/api/inngest` on Node: nobody without the key is answered, in both ways to run the functions. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { storeDeliveries } from '../../src/db/deliveries.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { createHub, type Hub } from '../../src/node/hub.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Ask, askEveryWay, callAsServer, forgeries, signature } from '../support/function-calls.ts'
import { testConfig } from '../support/hub-config.ts'

/** Random bytes are all this while a hub is made, so that the engine's key is known. */
const BYTE = 0xab
const ENGINE_KEY = BYTE.toString(16).repeat(32)
const SERVER_KEY = 'signkey-prod-5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e'

let database: TestDatabase
let hubs: Record<'embedded' | 'server', Hub>
const waiting = newId()

beforeAll(async () => {
  database = await testDatabase()
  const config = testConfig('http://127.0.0.1:9', 'http://127.0.0.1:9')
  const inngest = { baseUrl: 'http://127.0.0.1:9', signingKey: SERVER_KEY, eventKey: 'events' }
  const onError = () => {}
  const random = vi.spyOn(crypto, 'getRandomValues').mockImplementation(array => {
    new Uint8Array((array as Uint8Array).buffer).fill(BYTE)
    return array
  })
  hubs = {
    embedded: createHub({ config, db: database.db, onError, background: false }),
    server: createHub({ config: { ...config, inngest }, db: database.db, onError, background: false }),
  }
  random.mockRestore()
  await hubs.embedded.start()
  const delivery = { id: waiting, source: 'whatsapp:default', body: '{"entry": []}', workspaceId: null }
  await storeDeliveries(database.db, [delivery], new Date(Date.now() - 300_000))
})

afterAll(async () => {
  await hubs.embedded.stop()
  await database.close()
})

const ask =
  (hub: Hub): Ask =>
  async (path, init) =>
    hub.app.fetch(new Request(`http://127.0.0.1:9${path}`, init))

async function isProcessed() {
  const [row] = await database.owner`select processed_at from deliveries where id = ${waiting}`
  return row?.processedAt !== null
}

describe.each([
  ['embedded', ENGINE_KEY],
  ['server', SERVER_KEY],
] as const)('with the functions run by the %s', (way, key) => {
  it.each(forgeries(key))('refuses a signature that is $name, and runs nothing', async forgery => {
    for (const { asked, status, text } of await askEveryWay(ask(hubs[way]), forgery)) {
      expect(status, asked).toBe(401)
      expect(text, asked).not.toMatch(/recover|signkey|Error|stack/i)
    }
    expect(await isProcessed()).toBe(false)
  })
})

it('refuses also the embedded engine’s own signature, when it comes from outside', async () => {
  expect((await callAsServer(ask(hubs.embedded), ENGINE_KEY)).status).toBe(401)
  const genuine = { name: 'genuine', header: (text: string) => signature(text, ENGINE_KEY) }
  for (const { status } of await askEveryWay(ask(hubs.embedded), genuine)) expect(status).toBe(401)
  expect(await isProcessed()).toBe(false)
})

it('runs a function for the server that has the key', async () => {
  expect((await callAsServer(ask(hubs.server), ENGINE_KEY)).status).toBe(401)
  expect((await callAsServer(ask(hubs.server), SERVER_KEY)).status).toBe(206)
  expect(await isProcessed()).toBe(true)
})
