/**
 * The process is killed between the answer that brought new access and its first use. Refresh tokens are good once: what came with
 * the answer must have been kept before.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { createHub } from '../../src/node/hub.ts'
import { createSandbox, type Listening, type Sandbox } from '../../src/sandbox/index.ts'
import { connect } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { flushOutbox } from '../../src/sync/flush-outbox.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { testConfig } from '../support/hub-config.ts'
import { seedDemoFor } from '../support/seeded-demo.ts'
import { waitFor } from '../support/wait-for.ts'

const ORG = '00D000000000001EAA'
let database: TestDatabase
let sandbox: Sandbox
let listening: Listening
let port: number
let workspaceId: string
let connectionId: string
let child: ChildProcess | undefined

beforeAll(async () => {
  database = await testDatabase()
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  port = await freePort()
  await seedDemoFor(`http://127.0.0.1:${port}`, database, sandbox, listening.url)
  sandbox.salesforce.orgs({
    ...{ orgId: ORG, clientId: 'the-app', clientSecret: 'a-secret', rotatesRefreshTokens: true },
    refreshToken: 'the-first',
  })
})

afterAll(async () => {
  child?.kill('SIGKILL')
  await listening?.close()
  await database?.close()
})

const waiting = () => database.owner`select 1 from outbox where connection_id = ${connectionId}`

const refreshes = () =>
  sandbox.calls
    .report('salesforce')
    .calls.filter(({ path, status }) => path.endsWith('/oauth2/token') && status === 200)

it('what rotated is kept before it is used, whatever dies in between', { timeout: 60_000 }, async () => {
  await connectSalesforce()
  // Its access is over, as the first call is told; the one after the refresh is never answered.
  sandbox.time({ advanceMs: 3 * 3_600_000 })
  sandbox.calls.clear()
  sandbox.faults.add({ vendor: 'salesforce', path: '/services/data/', kind: 'hang', skip: 1, times: 1_000 })
  await start()
  sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from: '5215530000001', text: 'hola' }] })
  await waitFor('the new access to be used', async () => sandbox.faults.list().some(({ times }) => times < 1_000))
  expect(refreshes()).toHaveLength(1)
  await waitFor('the message to wait', async () => (await waiting()).length === 3)
  child?.kill('SIGKILL')

  sandbox.faults.clear()
  // Whoever died held the connection for 20 s, which nobody waits for here.
  await database.owner`update flush_leases set until = now()`
  const hub = await openHub()
  const flushed = await flushOutbox(syncContext(hub.services, workspaceId), connectionId)
  await hub.stop()
  expect(flushed).not.toMatchObject({ kind: 'stopped' })
  expect(sandbox.salesforce.records(ORG, 'WhatsApp_Message__c')).toHaveLength(1)
  expect(sandbox.salesforce.records(ORG, 'Contact')).toHaveLength(1)
  // Nobody had to ask for access again: what the dead process got is what was used.
  expect(refreshes()).toHaveLength(1)
})

/** With access that consent gave long ago. */
async function connectSalesforce() {
  const hub = await openHub()
  const [workspace] = await database.owner<{ id: string }[]>`select id from workspaces`
  workspaceId = workspace?.id ?? ''
  const credentials = {
    ...{ kind: 'oauth', clientId: 'the-app', clientSecret: 'a-secret', redirectUri: 'https://buzon.example/oauth' },
    ...{ accessToken: 'of-long-ago', refreshToken: 'the-first', instanceUrl: `${listening.url}/salesforce` },
    expiresAt: '2026-01-01T00:00:00.000Z',
  }
  const ctx = syncContext(hub.services, workspaceId)
  connectionId = (await connect(ctx, { connector: 'salesforce', credentials })).id
  await hub.stop()
}

/** Services over the same database, which do nothing by themselves. */
async function openHub() {
  const config = testConfig(`http://127.0.0.1:${port}`, listening.url)
  const onError = (error: unknown) => {
    throw error
  }
  const hub = createHub({ config, db: database.db, onError, background: false })
  await hub.start()
  return hub
}

async function start() {
  const script = path.resolve('tests/support/hub-process.ts')
  const settings = { HUB_PORT: String(port), HUB_DATABASE: database.url, HUB_SANDBOX: listening.url }
  child = spawn(process.execPath, [script], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    child?.stdout?.once('data', () => resolve())
    child?.once('exit', code => reject(new Error(`The hub ended with ${code}`)))
  })
  child.removeAllListeners('exit')
}
