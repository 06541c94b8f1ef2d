/**
 * The process is killed again and again while 2,000 messages come in; nothing is lost, nothing is doubled. On Node only: a
 * Worker is no process, and what a request leaves undone is found by the same sweeps.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { createSandbox, type Listening, type Sandbox } from '../../src/sandbox/index.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { seedDemoFor } from '../support/seeded-demo.ts'

const MESSAGES = 2000
const PEOPLE = 120
const KILLS = 8

let database: TestDatabase
let sandbox: Sandbox
let listening: Listening
let port: number
let child: ChildProcess | undefined

beforeAll(async () => {
  database = await testDatabase()
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  port = await freePort()
  await seedDemoFor(`http://127.0.0.1:${port}`, database, sandbox, listening.url)
  sandbox.hubspot.configure(DEMO.portalId, { rateLimit: false })
})

afterAll(async () => {
  child?.kill('SIGKILL')
  await listening.close()
  await database.close()
})

it('keeps every acknowledged message once: in one ticket, and in HubSpot', { timeout: 240_000 }, async () => {
  await startChild()
  const messages = Array.from({ length: MESSAGES }, (_, n) => ({
    from: `52155${String(30_000_000 + (n % PEOPLE))}`,
    name: `Persona ${n % PEOPLE}`,
    text: `mensaje ${n}`,
  }))
  for (const message of messages) sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [message] })
  // Moments are drawn by a fixed seed: some while bodies come in, some while they are told to HubSpot.
  const random = sequence(20261121)
  for (let kill = 0; kill < KILLS; kill++) {
    await delay(60 + random() * 900)
    child?.kill('SIGKILL')
    await startChild()
  }
  await sandbox.idle()
  await waitFor(async () => {
    const [left] = await database.owner`
      select (select count(*) from outbox)::int + (select count(*) from deliveries where processed_at is null)::int as n`
    return left?.n === 0
  })

  const [inbox] = await database.owner`
    select (select count(*)::int from messages) as messages, (select count(*)::int from contacts) as contacts,
      (select count(*)::int from tickets) as tickets, (select count(*)::int from dead_letters) as letters`
  expect(inbox).toEqual({ messages: MESSAGES, contacts: PEOPLE, tickets: PEOPLE, letters: 0 })
  const remote = (type: string) => sandbox.hubspot.objects(DEMO.portalId, type).results
  expect(remote('contacts')).toHaveLength(PEOPLE)
  expect(remote('tickets')).toHaveLength(PEOPLE)
  const told = remote('communications').map(
    record => /mensaje \d+/.exec(record.properties.hs_communication_body ?? '')?.[0],
  )
  expect(told).toHaveLength(MESSAGES)
  expect(new Set(told).size).toBe(MESSAGES)
})

async function startChild() {
  const script = path.resolve('tests/support/hub-process.ts')
  const env = { ...process.env, HUB_PORT: String(port), HUB_DATABASE: database.url, HUB_SANDBOX: listening.url }
  child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  await new Promise<void>((resolve, reject) => {
    child?.stdout?.once('data', () => resolve())
    child?.once('exit', code => reject(new Error(`the hub ended with ${code}: ${said}`)))
  })
  child.removeAllListeners('exit')
}

async function waitFor(condition: () => Promise<boolean>) {
  const end = Date.now() + 120_000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not come to rest')
    await delay(100)
  }
}

/** Numbers between 0 and 1, the same for the same seed. */
function sequence(seed: number) {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
