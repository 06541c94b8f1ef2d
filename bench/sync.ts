/**
 * What carrying messages to HubSpot costs, over real HTTP against the simulated one, with its limit of 100 calls in 10 s:
 * calls for 1,000 messages of 300 contacts at once (the least there can be is 16), and at five a second; the lag of each;
 * what an outage of an hour has left, and how long that takes; CPU a message; the memory of a backfill, at each tenth of it.
 * `npm run bench:sync [contacts of the backfill] [seconds of the steady flow]`
 */
import { setTimeout as delay } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { backfillScope } from '../src/core/backfill.ts'
import { inWorkspace } from '../src/db/tenancy.ts'
import { seedDemo } from '../src/node/demo.ts'
import { createHub, type Hub } from '../src/node/hub.ts'
import { openDatabase } from '../src/node/open-database.ts'
import { startBackfill } from '../src/sync/backfill.ts'
import { pause, resume } from '../src/sync/connect.ts'
import { syncContext } from '../src/sync/context.ts'
import { testConfig } from '../tests/support/hub-config.ts'
import { startBenchPostgres } from './database.ts'
import { startChild } from './ingest/calls.ts'
import type { Calls, Person, VendorQuestion } from './sync/vendors.ts'

const [contacts = '100000', steadySeconds = '60'] = process.argv.slice(2)
const FLOOR = 16
const LIMIT = { max: 100, intervalMs: 10_000, daily: 250_000 }
const SYSTEM = { kind: 'system' } as const

const postgres = await startBenchPostgres()
const child = startChild('../sync/vendors.ts')
const vendors = { ask: <T>(question: VendorQuestion) => child.ask<T>(question), stop: child.stop }
let hub: Hub | undefined
const server = serve({ fetch: request => hub?.app.fetch(request) ?? new Response(null, { status: 503 }), port: 0 })
try {
  await new Promise<void>(resolve => server.on('listening', resolve))
  const address = server.address()
  const appUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const vendorUrl = await vendors.ask<string>({ kind: 'listen' })
  const url = await postgres.createMigrated('sync')
  const [db, owner] = [openDatabase(url, { max: 10 }), openDatabase(url, { asOwner: true, max: 2 })]
  const onError = (error: unknown) => void process.stderr.write(`${(error as Error).stack}\n`)
  hub = createHub({ config: testConfig(appUrl, vendorUrl), db, onError })
  await hub.start()
  await vendors.ask({ kind: 'open', appUrl })
  await seedDemo(hub, { hubspot: { configure: () => {} } } as never)
  const [row] = await owner<{ id: string; workspaceId: string }[]>`select id, workspace_id from connections`
  if (!row) throw new Error('The demo has no connection')
  const { id: connectionId, workspaceId } = row
  await vendors.ask({
    kind: 'configure',
    portal: { webhookUrl: `${appUrl}/hooks/hubspot/${connectionId}`, rateLimit: LIMIT },
  })
  const ctx = () => syncContext((hub as Hub).services, workspaceId)
  const calls = () => vendors.ask<Calls>({ kind: 'calls' })
  const left = async () => (await owner`select 1 from outbox limit 1`).length > 0
  const drained = async () => {
    while (await left()) await delay(100)
  }
  const stored = async (count: number) => {
    while (((await owner`select count(*)::integer as count from messages`)[0]?.count ?? 0) < count) await delay(100)
  }
  const say = (messages: Person[]) => vendors.ask({ kind: 'say', messages })
  const person = (n: number, text: string) => ({ from: `5255${10_000_000 + n}`, name: `Clienta ${n}`, text })
  const cpu = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
  let told = 0

  // All at once: kept back until it is here, so that the batches are as full as they can be.
  await pause(ctx(), connectionId, SYSTEM)
  for (let n = 0; n < 1_000; n += 50)
    await say(Array.from({ length: 50 }, (_, i) => person((n + i) % 300, `hola ${n + i}`)))
  told += 1_000
  await stored(told)
  let [before, spent, began] = [await calls(), cpu(), performance.now()]
  await resume(ctx(), connectionId, SYSTEM)
  await drained()
  let after = await calls()
  const burst = after.writes - before.writes
  print('burst: 1,000 messages of 300 contacts', [
    `${burst} writing calls, ${(burst / FLOOR).toFixed(2)} × the floor of ${FLOOR}; ${after.total - before.total} with readings`,
    `${((performance.now() - began) / 1_000).toFixed(1)} s, CPU ${((cpu() - spent) / 1_000).toFixed(2)} ms a message`,
  ])

  // Five a second, of people who write again and again.
  ;[before, spent] = [await calls(), cpu()]
  const seconds = Number(steadySeconds)
  const since = new Date()
  for (let n = 0; n < seconds; n++) {
    began = performance.now()
    await say(Array.from({ length: 5 }, (_, i) => person((n * 5 + i) % 300, `y ${n} ${i}`)))
    await delay(Math.max(0, 1_000 - (performance.now() - began)))
  }
  told += seconds * 5
  await stored(told)
  await drained()
  after = await calls()
  const per1000 = ((after.writes - before.writes) / (seconds * 5)) * 1_000
  const lags = await owner<{ ms: number }[]>`
    select extract(epoch from l.updated_at - m.recorded_at) * 1000 as ms from messages m
    join links l on l.record_id = m.id where m.recorded_at >= ${since} order by 1`
  const at = (share: number) => Math.round(Number(lags[Math.floor((lags.length - 1) * share)]?.ms ?? 0))
  print(`steady: 5 messages a second for ${seconds} s, under HubSpot's limit`, [
    `${per1000.toFixed(0)} writing calls for 1,000 messages; ${after.refused - before.refused} refused by HubSpot`,
    `lag p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; CPU ${((cpu() - spent) / (seconds * 5)).toFixed(1)} ms a message, the flow of all else included`,
  ])

  // An hour of five a second that could not be told.
  const hour = 18_000
  await pause(ctx(), connectionId, SYSTEM)
  for (let n = 0; n < hour; n += 200)
    await say(Array.from({ length: 200 }, (_, i) => person((n + i) % 300, `z ${n + i}`)))
  told += hour
  await stored(told)
  ;[before, spent, began] = [await calls(), cpu(), performance.now()]
  await resume(ctx(), connectionId, SYSTEM)
  await drained()
  after = await calls()
  print(`catch-up after an hour: ${hour.toLocaleString('en')} messages`, [
    `${((performance.now() - began) / 1_000).toFixed(0)} s, ${after.writes - before.writes} writing calls, ${after.refused - before.refused} refused`,
    `CPU ${((cpu() - spent) / hour).toFixed(2)} ms a message`,
  ])

  // Contacts of before, a slice at a time. The limit is lifted: it alone would decide how long it takes.
  await vendors.ask({ kind: 'configure', portal: { rateLimit: false } })
  await owner`update limiters set max = 1000000, daily_max = null`
  const many = Number(contacts)
  await inWorkspace(db, workspaceId, async tx => {
    await tx`
      insert into contacts (id, workspace_id, name, phone, wa_key, category, tags, created_at, updated_at, version)
      select gen_random_uuid(), ${workspaceId}, 'Histórica ' || n, '+5233' || (10000000 + n), '5233' || (10000000 + n),
        'standard', '{}', now(), now(), 1 from generate_series(1, ${many}) n`
  })
  globalThis.gc?.()
  const heap: number[] = []
  const tenths: string[] = []
  ;[spent, began] = [cpu(), performance.now()]
  const scope = backfillScope.parse({ kinds: ['contact'] })
  const { id } = await startBackfill(ctx(), connectionId, { direction: 'out', scope }, SYSTEM)
  for (;;) {
    const [state] = await owner<{ state: string }[]>`select state from backfills where id = ${id}`
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    heap.push(heapUsed / 2 ** 20)
    const [gone] = await owner<{ seen: number }[]>`
      select count(*)::integer as seen from links where kind = 'contact' and remote_id is not null`
    if ((gone?.seen ?? 0) >= ((tenths.length + 1) * many) / 10) {
      tenths.push(`${gone?.seen}: ${Math.round(rss / 2 ** 20)} MB, heap ${Math.round(heapUsed / 2 ** 20)} MB`)
    }
    if (state?.state !== 'running' && !(await left())) break
    await delay(500)
  }
  const tenth = Math.max(1, Math.floor(heap.length / 10))
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const took = (performance.now() - began) / 1_000
  print(`backfill of ${many.toLocaleString('en')} contacts`, [
    `${took.toFixed(0)} s, ${(many / took).toFixed(0)} a second; CPU ${((cpu() - spent) / many).toFixed(2)} ms a contact`,
    `heap ${mean(heap.slice(0, tenth)).toFixed(0)} MB in the first tenth, ${mean(heap.slice(-tenth)).toFixed(0)} MB in the last, ${Math.max(...heap).toFixed(0)} MB at most`,
    `RSS by contacts told: ${tenths.join('; ')}`,
    `${await vendors.ask<number>({ kind: 'count', type: 'contacts' })} contacts there`,
  ])
  await Promise.all([hub.stop(), delay(0)])
  await Promise.all([db.end({ timeout: 2 }), owner.end({ timeout: 2 })])
} finally {
  server.close()
  vendors.stop()
  await postgres.stop()
}
process.exit()

function print(title: string, lines: string[]) {
  process.stdout.write(`\n${title}\n${lines.map(line => `  ${line}`).join('\n')}\n`)
}
