/**
 * The process is killed again and again while 2,000 messages come in; nothing is lost, nothing is doubled. Then two of them share
 * the work. On Node only: a Worker is no process, and what a request leaves undone is found by the same sweeps.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { createSandbox, type Listening, type Sandbox } from '../../src/sandbox/index.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { seedDemoFor } from '../support/seeded-demo.ts'

const MESSAGES = 2000
const PEOPLE = 120
const KILLS = 8

/** Of ten messages each, while two processes work. */
const WAVES = 60

let database: TestDatabase
let sandbox: Sandbox
let listening: Listening
let port: number
let child: ChildProcess | undefined
let second: ChildProcess | undefined

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
  second?.kill('SIGKILL')
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

it('two processes on one connection share its limit: HubSpot refuses none of their calls, and has each record once', {
  timeout: 120_000,
}, async () => {
  const { owner } = database
  const limit = { max: 15, intervalMs: 1_000, daily: 250_000 }
  sandbox.hubspot.configure(DEMO.portalId, { rateLimit: limit })
  await owner`update limiters set max = ${limit.max}, interval_ms = ${limit.intervalMs}, slots = '{}'`
  // Who made a call: each process has a name of its own at the database.
  await owner`alter table attempts add made_by text`
  await owner`
    create function name_maker() returns trigger language plpgsql as $$
    begin new.made_by := current_setting('application_name'); return new; end $$`
  await owner`create trigger name_maker before insert on attempts for each row execute function name_maker()`
  child?.kill('SIGKILL')
  child = await startProcess(port, 'one')
  const otherPort = await freePort()
  second = await startProcess(otherPort, 'two')
  sandbox.calls.clear()
  const told = () => sandbox.hubspot.objects(DEMO.portalId, 'communications').results.length
  const before = told()
  const looks: Promise<unknown>[] = []
  for (let wave = 0; wave < WAVES; wave++) {
    const messages = Array.from({ length: 10 }, (_, n) => {
      const who = (wave * 10 + n) % PEOPLE
      return { from: `52155${String(30_000_000 + who)}`, name: `Persona ${who}`, text: `ola ${wave} ${n}` }
    })
    hearAt(wave % 2 === 0 ? port : otherPort)
    // One of them carries what waits; both look at the fields meanwhile.
    if (wave % 6 === 0) looks.push(lookAtFields(port), lookAtFields(otherPort))
    sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages })
    await delay(40)
  }
  await Promise.all(looks)
  await sandbox.idle()
  await waitFor(async () => {
    const [left] = await owner`
      select (select count(*) from outbox)::int + (select count(*) from deliveries where processed_at is null)::int as n`
    return left?.n === 0 && told() - before >= WAVES * 10
  })
  const { calls } = sandbox.calls.report('hubspot')
  expect(calls.filter(call => call.status === 429)).toEqual([])
  const bodies = sandbox.hubspot
    .objects(DEMO.portalId, 'communications')
    .results.flatMap(record => /ola \d+ \d+/.exec(record.properties.hs_communication_body ?? '')?.[0] ?? [])
  expect([bodies.length, new Set(bodies).size]).toEqual([WAVES * 10, WAVES * 10])
  const makers = await owner<{ madeBy: string }[]>`select distinct made_by from attempts where made_by <> '' order by 1`
  expect(makers.map(({ madeBy }) => madeBy)).toEqual(['one', 'two'])
})

/** Through the process that is there: refused by HubSpot or by our own limiter, it says so and does nothing. */
async function lookAtFields(at: number) {
  const [connection] = await database.owner<{ id: string }[]>`select id from connections`
  const headers = { authorization: `Bearer ${SANDBOX.apiKey}` }
  await fetch(`http://127.0.0.1:${at}/api/v1/connections/${connection?.id}/fields/check`, { method: 'POST', headers })
}

/** Which process WhatsApp tells. */
function hearAt(at: number) {
  const phone = sandbox.state().whatsapp.phones.find(each => each.phoneNumberId === DEMO.phoneNumberId)
  const { whatsappToken: token, appSecret } = SANDBOX
  const webhookUrl = `http://127.0.0.1:${at}/hooks/whatsapp`
  sandbox.whatsapp.phones({ ...phone, token, appSecret, webhookUrl } as never)
}

async function startChild() {
  child = await startProcess(port)
}

async function startProcess(at: number, name?: string): Promise<ChildProcess> {
  const script = path.resolve('tests/support/hub-process.ts')
  const url = name ? `${database.url}?application_name=${name}` : database.url
  const env = { ...process.env, HUB_PORT: String(at), HUB_DATABASE: url, HUB_SANDBOX: listening.url }
  const started = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  started.stderr.on('data', chunk => {
    said += chunk
  })
  await new Promise<void>((resolve, reject) => {
    started.stdout.once('data', () => resolve())
    started.once('exit', code => reject(new Error(`the hub ended with ${code}: ${said}`)))
  })
  started.removeAllListeners('exit')
  return started
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
