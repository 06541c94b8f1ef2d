/**
 * How many webhooks a second are acknowledged durably and processed fully, beside two ceilings of the same machine in
 * the same run: A verifies and stores nothing, B stores each body with an insert of its own. Rounds take turns, so that
 * a machine that drifts does not decide; ratios tell more than numbers. `npm run bench:ingest`, about four minutes.
 */
import { type Db, openDb } from '../src/db/client.ts'
import { inWorkspace } from '../src/db/tenancy.ts'
import { newId } from '../src/inbox/context.ts'
import { testWorkspace } from '../tests/support/workspace.ts'
import { startBenchPostgres } from './database.ts'
import { type Child, startChild } from './ingest/calls.ts'
import type { LoadQuestion, LoadResult } from './ingest/load.ts'
import { postgresCpuMs } from './ingest/postgres-cpu.ts'
import type { Batch } from './ingest/requests.ts'
import type { ServerQuestion, Usage } from './ingest/server.ts'
import { openWire } from './ingest/wire.ts'

/** Messages of a round by its connections. The widest decides; the others show latency. */
const ROUNDS = [
  { connections: 1, count: 600, times: 2 },
  { connections: 16, count: 3_000, times: 2 },
  { connections: 64, count: 6_000, times: 15 },
]

/** Rounds of 6,000 before anything is measured: Node compiles what is hot for that long, in each of the servers. */
const WARM_UP = 4

/** Messages of a load that outlasts the patience of the queue: answering and processing share the machine. */
const LASTING = 20_000

/** People who write in turn. */
const PEOPLE = 300

/** As src/node.ts opens it. */
const POOL = 16

/** The pool with which single-row inserts were fastest here. */
const INSERT_POOL = 8

const postgres = await startBenchPostgres()
const children: Child[] = []
const owned: Db[] = []
try {
  await main()
} finally {
  for (const child of children) child.stop()
  for (const sql of owned) await sql.end({ timeout: 2 })
  await postgres.stop()
}

type Measured = LoadResult & { processedPerSecond: number; loadCpuMs: number; postgresCpuMs: number; restCpuMs: number }

async function main() {
  const databaseUrl = await postgres.createMigrated('buzon')
  const owner = openOwner(databaseUrl)
  const { workspaceId, phoneNumberId } = await workspace(owner)
  const load = child('load.ts')
  const hub = await openServer('hub', databaseUrl, POOL, process.env.BENCH_NODE_FLAGS?.split(' '))
  const signature = await openServer('signature', databaseUrl, 0)
  const insert = await openServer('insert', await bodiesDatabase(), INSERT_POOL)
  const rssBefore = (await hub.usage()).rssMb
  let sent = 0
  let batches = 0

  const round = async (target: Server, connections: number, count: number, people: Partial<Batch> = {}) => {
    const batch = { phoneNumberId, count, name: `R${batches++}N`, people: PEOPLE, firstPerson: 0, ...people }
    await load.ask({ kind: 'prepare', batch } satisfies LoadQuestion)
    const [usage, postgresBefore] = [await target.usage(), postgresCpuMs(postgres.home)]
    const from = performance.now()
    const result = await load.ask<LoadResult>({ kind: 'run', port: target.port, connections } satisfies LoadQuestion)
    await target.idle()
    const seconds = (performance.now() - from) / 1000
    if (target === hub) sent += result.acknowledged
    const postgresAfter = postgresCpuMs(postgres.home)
    const cpuMs = ((await target.usage()).cpuMs - usage.cpuMs) / count
    // Search and reports catch up a second behind: not under the next round.
    await target.rest()
    return {
      ...result,
      processedPerSecond: count / seconds,
      loadCpuMs: result.cpuMs / count,
      ...{ cpuMs, postgresCpuMs: ((postgresAfter ?? Number.NaN) - (postgresBefore ?? Number.NaN)) / count },
      restCpuMs: ((postgresCpuMs(postgres.home) ?? Number.NaN) - (postgresAfter ?? Number.NaN)) / count,
    }
  }

  for (let time = 0; time < WARM_UP; time++) {
    for (const target of [signature, insert, hub]) await round(target, 64, 6_000)
  }
  const results: Record<string, Measured[]> = {}
  for (const { connections, count, times } of ROUNDS) {
    for (let time = 0; time < times; time++) {
      for (const [name, target] of Object.entries({ A: signature, B: insert, ours: hub })) {
        const key = `${name} ${connections}`
        results[key] = [...(results[key] ?? []), await round(target, connections, count)]
      }
    }
  }
  const strangers = await round(hub, 64, 3_000, { people: 3_000, firstPerson: PEOPLE })
  const lasting = await round(hub, 64, LASTING)
  const rssAfter = await hub.usage()
  await hub.idle()

  say('')
  say(`${process.version}, Postgres 18, fsync and synchronous_commit on; medians of rounds that took turns`)
  say('')
  table(results)
  const [a, b, ours] = ['A 64', 'B 64', 'ours 64'].map(key => results[key] ?? [])
  const ratio = (to: Measured[] = []) => {
    const ratios = (ours ?? []).map((row, n) => row.perSecond / (to[n]?.perSecond ?? 0))
    const best = fastest(ours) / fastest(to)
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(value => value.toFixed(2))
    return `${median(ratios).toFixed(2)} (${least} to ${most}; best by best ${best.toFixed(2)})`
  }
  say('')
  say(`acknowledged at 64 connections   ${ratio(a)} × A   ${ratio(b)} × B`)
  say(
    `fully processed, ${PEOPLE} people      ${of(ours, 'processedPerSecond').toFixed(0)}/s from the first byte to the last settled`,
  )
  say(
    `fully processed, all strangers   ${strangers.processedPerSecond.toFixed(0)}/s (a person, a ticket, its clocks for each message)`,
  )
  say(
    `a lasting load of ${LASTING}        ${lasting.perSecond.toFixed(0)} acknowledged/s, ${lasting.processedPerSecond.toFixed(0)} processed/s, p99 ${lasting.p99Ms.toFixed(0)} ms`,
  )
  say(
    `CPU per message                  ${of(ours, 'cpuMs').toFixed(2)} ms server, ${of(ours, 'postgresCpuMs').toFixed(2)} ms Postgres (and ${of(ours, 'restCpuMs').toFixed(2)} ms for search and reports behind it), ${of(ours, 'loadCpuMs').toFixed(2)} ms load generator`,
  )
  say(`memory of the server             ${rssBefore.toFixed(0)} MB before, ${rssAfter.rssMb.toFixed(0)} MB after (RSS)`)
  await countTrips(databaseUrl)
  await checkCounts(owner, workspaceId, sent)

  /** At concurrency 1, on one connection whose statements are prepared; the wake-up of the outbox is not counted. */
  async function countTrips(url: string) {
    const wire = await openWire(url)
    const single = await openServer('hub', wire.url, 1, [], false)
    const once = async (firstPerson: number) => {
      const batch = { phoneNumberId, count: 1, name: `T${batches++}N`, people: 1, firstPerson }
      await load.ask({ kind: 'prepare', batch } satisfies LoadQuestion)
      wire.count()
      const result = await load.ask<LoadResult>({
        kind: 'run',
        port: single.port,
        connections: 1,
      } satisfies LoadQuestion)
      await single.idle()
      sent += result.acknowledged
      return wire.count()
    }
    const first = 50_000
    for (const person of [first, first, first + 1, first + 1, first + 2, first + 2]) await once(person)
    const [stranger, known] = [await once(first + 3), await once(first + 3)]
    say(
      `for one message, all told        new person: ${stranger.turns} round trips, ${stranger.statements} statements; known: ${known.turns} round trips, ${known.statements} statements`,
    )
    wire.close()
  }
}

type Server = { port: number; idle(): Promise<unknown>; rest(): Promise<unknown>; usage(): Promise<Usage> }

async function openServer(
  kind: 'signature' | 'insert' | 'hub',
  databaseUrl: string,
  connections: number,
  flags: string[] = [],
  engine = true,
): Promise<Server> {
  const process = child('server.ts', flags)
  const ask = <T>(question: ServerQuestion) => process.ask<T>(question)
  const port = await ask<number>({ kind: 'start', server: kind, databaseUrl, connections, engine })
  return {
    port,
    idle: () => ask({ kind: 'idle' }),
    rest: () => ask({ kind: 'rest' }),
    usage: () => ask<Usage>({ kind: 'usage' }),
  }
}

function child(file: string, flags: string[] = []): Child {
  const started = startChild(file, flags)
  children.push(started)
  return started
}

function openOwner(url: string): Db {
  const sql = openDb(url, { asOwner: true, max: 2 })
  owned.push(sql)
  return sql
}

/** Where B keeps its bodies: what the ledger needs, and no more. */
async function bodiesDatabase(): Promise<string> {
  const url = await postgres.create('bodies')
  const sql = openOwner(url)
  await sql`
    create table bodies (id uuid primary key, body_hash bytea not null unique, body text not null,
      received_at timestamptz not null)`
  return url
}

/** The connection is paused: outbox rows are written, and no flush carries them anywhere. */
async function workspace(owner: Db) {
  const made = await testWorkspace(owner)
  await inWorkspace(
    owner,
    made.workspaceId,
    tx => tx`
      insert into connections (id, workspace_id, connector, name, credentials, settings, state, near_misses, created_at)
      values (${newId()}, ${made.workspaceId}, 'hubspot', 'HubSpot', 'sealed', '{}', 'paused', 0, now())`,
  )
  return made
}

/** What was acknowledged is there, once, in one ticket a person, and nothing is left over. */
async function checkCounts(owner: Db, workspaceId: string, sent: number) {
  const [row] = await owner<Record<string, number>[]>`
    select (select count(*) from messages where workspace_id = ${workspaceId} and ticket_id is not null)::integer as messages,
      (select count(distinct wamid) from messages)::integer as wamids,
      (select count(*) from contacts)::integer as people,
      (select count(*) from tickets)::integer as tickets,
      (select count(distinct contact_id) from tickets)::integer as "peopleWithTicket",
      (select count(*) from deliveries where processed_at is null)::integer as unprocessed,
      (select count(*) from dead_letters)::integer as "deadLetters",
      (select count(*) from outbox where kind = 'message')::integer as told`
  if (!row) throw new Error('No counts')
  const { messages, wamids, people, tickets, peopleWithTicket, unprocessed, deadLetters, told } = row
  const right =
    [messages, wamids, told].every(count => count === sent) &&
    [tickets, peopleWithTicket].every(count => count === people) &&
    unprocessed === 0 &&
    deadLetters === 0
  say('')
  say(
    `${right ? 'counts match' : 'COUNTS DO NOT MATCH'}: ${sent} acknowledged, ${messages} messages in tickets, ${told} told to the connection; ${people} people, ${tickets} tickets; ${unprocessed} unprocessed, ${deadLetters} dead letters`,
  )
  if (!right) process.exitCode = 1
}

function table(measured: Record<string, Measured[]>) {
  say('             acknowledged/s   p50 ms   p99 ms   processed/s')
  for (const [name, rows] of Object.entries(measured)) {
    const [who = '', connections = ''] = name.split(' ')
    const processed = who === 'ours' ? of(rows, 'processedPerSecond').toFixed(0) : ''
    const cells = [
      `${who.padEnd(4)} c=${connections.padEnd(4)}`,
      of(rows, 'perSecond').toFixed(0).padStart(17),
      of(rows, 'p50Ms').toFixed(2).padStart(8),
      of(rows, 'p99Ms').toFixed(2).padStart(8),
      processed.padStart(13),
    ]
    say(`  ${cells.join(' ')}`)
  }
  say('  A: signature checked, nothing stored. B: A and one durable insert for each. ours: the hub.')
}

function of(rows: Measured[] = [], field: keyof Measured): number {
  return median(rows.map(row => row[field]))
}

/** Who shares the machine slows a turn and never speeds it up: the fastest are the least disturbed. */
function fastest(rows: Measured[] = []): number {
  return Math.max(...rows.map(row => row.perSecond))
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 0 ? (low + high) / 2 : high
}

function say(line: string) {
  process.stdout.write(`${line}\n`)
}
