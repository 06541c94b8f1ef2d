/**
 * What the durable functions cost: steps and runs a second and the time from an event to its first step, beside a plain
 * SKIP LOCKED queue on the same server in the same run, with few and with many runs asleep. Rounds take turns, so that
 * a machine that drifts does not decide, and begin with another each time; ratios tell more than numbers.
 * `npm run bench:engine`, about eight minutes.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { openDb } from '../src/db/client.ts'
import { openStatementProxy } from '../tests/support/faults/statement-proxy.ts'
import { startBenchPostgres } from './database.ts'
import { multiply } from './engine/crowd.ts'
import { openPlainQueue } from './engine/plain-queue.ts'
import { openRig, type Rig, STEPS } from './engine/rig.ts'

/** Odd, so that the median is one of them. */
const ROUNDS = 5
/** Runs of one step, and of ten, in a round; jobs of the plain queue. */
const SHORT = 500
const LONG = 60
const JOBS = 1_000
/** Calls of a function without a queue: signed, checked, executed, answered. */
const CALLS = 1_000
/** As many as the engine has out at once. */
const CALLS_AT_ONCE = 8
/** Events in a call of `send`. */
const AT_ONCE = 100
/** Events sent one by one, each when all is quiet. */
const SINGLES = 400

/** Runs asleep or waiting while the others run. */
const CROWDS = [
  { name: '10 asleep', kind: 'sleep', count: 10 },
  { name: '1,000 asleep', kind: 'sleep', count: 1_000 },
  { name: '100,000 asleep', kind: 'sleep', count: 100_000 },
  { name: '100,000 waiting', kind: 'wait', count: 100_000 },
] as const

const postgres = await startBenchPostgres()
const opened: { stop(): Promise<void> }[] = []
try {
  await main()
} finally {
  for (const each of opened) await each.stop()
  await postgres.stop()
}

/** `latency`: of each round by itself. */
type Measured = { short: number[]; long: number[]; latency: number[][] }

async function main() {
  const plain = keep(await openPlainQueue(await postgres.create('plain')))
  const rigs: { name: string; rig: Rig; measured: Measured }[] = []
  for (const { name, kind, count } of CROWDS) {
    say(`preparing ${name}`)
    rigs.push({ name, rig: await crowded(kind, count), measured: { short: [], long: [], latency: [] } })
  }
  const jobs: Omit<Measured, 'long'> = { short: [], latency: [] }
  const calls: number[] = []

  for (let round = -1; round < ROUNDS; round++) {
    // The round before the first one warms everything up.
    const counts = round >= 0
    const perSecond = await drain(plain, JOBS, n => ({ n }))
    const latency = await oneByOne(plain, n => ({ n }))
    if (counts) jobs.short.push(perSecond)
    if (counts) jobs.latency.push(latency)
    const called = await callAlone(rigs[0]?.rig)
    if (counts) calls.push(called)
    const first = (round + 1) % rigs.length
    for (const { rig, measured } of [...rigs.slice(first), ...rigs.slice(0, first)]) {
      const short = await drain(rig, SHORT, n => ({ name: 'bench/short', data: { n } }))
      const long = (await drain(rig, LONG, n => ({ name: 'bench/long', data: { n } }))) * STEPS
      const latency = await oneByOne(rig, n => ({ name: 'bench/short', data: { n } }))
      if (!counts) continue
      measured.short.push(short)
      measured.long.push(long)
      measured.latency.push(latency)
    }
  }
  const waiting = rigs.at(-1)?.rig
  const woken = waiting ? await oneByOne(waiting, n => ({ name: 'bench/news', data: { n: n + 1_000 } })) : []

  say('')
  say(`${process.version}, Postgres 18, fsync and synchronous_commit on; medians of ${ROUNDS} rounds that took turns`)
  say('')
  say('                      runs/s   × plain   steps/s   × plain   event to first step: p50 ms   p99 ms')
  line('plain queue', [median(jobs.short), 1, Number.NaN, Number.NaN, median(jobs.latency.flat()), p99(jobs.latency)])
  for (const { name, measured } of rigs) {
    const { short, long, latency } = measured
    const beside = (values: number[]) => median(values.map((value, n) => value / (jobs.short[n] ?? Number.NaN)))
    line(name, [median(short), beside(short), median(long), beside(long), median(latency.flat()), p99(latency)])
  }
  say('  A job of the plain queue is one transaction; a run is of one step, and steps are counted in runs of ten.')
  say('')
  const [few, ...many] = rigs
  const ofSdk = (field: 'short' | 'long', callsEach: number) =>
    median((few?.measured[field] ?? []).map((value, n) => (value * callsEach) / (calls[n] ?? Number.NaN))).toFixed(2)
  say(
    `the SDK alone    ${median(calls).toFixed(0)} calls/s with nothing kept; of its pace, runs reach ${ofSdk('short', 2)} (two calls each), steps ${ofSdk('long', (STEPS + 1) / STEPS)}`,
  )
  for (const { name, measured } of many) {
    const change = (field: 'short' | 'long') => {
      const ratios = measured[field].map((value, n) => value / (few?.measured[field][n] ?? Number.NaN))
      return percent(median(ratios) - 1)
    }
    const ofFew = few?.measured.latency ?? []
    const later = percent(median(measured.latency.flat()) / median(ofFew.flat()) - 1)
    const latest = percent(p99(measured.latency) / p99(ofFew) - 1)
    say(
      `${name.padEnd(16)} beside 10: runs/s ${change('short')}, steps/s ${change('long')}, p50 ${later}, p99 ${latest} (rounds of 10: ${rangeOf(ofFew)} ms; of these: ${rangeOf(measured.latency)} ms)`,
    )
  }
  say(
    `an event for one of the 100,000 that wait, to its resuming: p50 ${median(woken).toFixed(1)} ms, p99 ${percentile(woken, 99).toFixed(1)} ms`,
  )
  await countStatements()
}

/** The median of the rounds' own: one round in which the machine stood still decides nothing. */
function p99(rounds: number[][]): number {
  return median(rounds.map(latency => percentile(latency, 99)))
}

function rangeOf(rounds: number[][]): string {
  const each = rounds.map(latency => percentile(latency, 99))
  return `${Math.min(...each).toFixed(0)} to ${Math.max(...each).toFixed(0)}`
}

/** Sends `count` and waits until all are done; how many a second. */
async function drain<Input extends object>(
  target: { send(inputs: Input[]): Promise<void>; ended(count: number): Promise<void> },
  count: number,
  input: (n: number) => Input,
): Promise<number> {
  const inputs = Array.from({ length: count }, (_, n) => input(n))
  const from = performance.now()
  const ended = target.ended(count)
  for (let start = 0; start < count; start += AT_ONCE) await target.send(inputs.slice(start, start + AT_ONCE))
  await ended
  return count / ((performance.now() - from) / 1_000)
}

/** How many calls a second the functions take when nothing of them is kept. */
async function callAlone(rig: Rig | undefined): Promise<number> {
  let left = CALLS
  const from = performance.now()
  const caller = async () => {
    while (left-- > 0) await rig?.call()
  }
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, caller))
  return CALLS / ((performance.now() - from) / 1_000)
}

/** From each call of `send` to the moment when what it sets going begins; ms. */
async function oneByOne<Input extends object>(
  target: { send(inputs: Input[]): Promise<void>; begun(): Promise<number> },
  input: (n: number) => Input,
): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < SINGLES; n++) {
    // Until what the one before left to do is done.
    await delay(15 + Math.random() * 10)
    const begun = target.begun()
    const from = performance.now()
    await target.send([input(n)])
    times.push((await begun) - from)
  }
  return times
}

async function crowded(kind: 'sleep' | 'wait', count: number): Promise<Rig> {
  const url = await postgres.createMigrated(`${kind}${count}`)
  const owner = openDb(url, { asOwner: true, max: 1 })
  const rig = keep(await openRig(url))
  await rig.send([{ name: `bench/${kind}`, data: { n: 1 } }])
  const isParked = async () => {
    const [row] = await owner<{ parked: boolean }[]>`
      select exists (select from engine.items where kind = ${kind} and at > now() + interval '1 minute') as parked`
    return row?.parked
  }
  while (!(await isParked())) await delay(50)
  await multiply(owner, kind === 'sleep' ? 'bench-sleeper' : 'bench-waiter', count)
  await owner.end()
  return rig
}

/** Where nothing runs in the background, everything is counted that a run takes, and nothing else. */
async function countStatements() {
  const url = await postgres.createMigrated('counted')
  const proxy = await openStatementProxy(url)
  const rig = await openRig(proxy.url, { background: false })
  const once = async (name: string) => {
    const before = proxy.count()
    await rig.send([{ name, data: { n: 1 } }])
    await rig.settle()
    return proxy.count() - before
  }
  const names = ['bench/short', 'bench/long', 'bench/fan']
  for (let warm = 0; warm < 20; warm++) for (const name of names) await once(name)
  const looking = await once('bench/nobody')
  const [short = 0, long = 0, fan = 0] = [await once('bench/short'), await once('bench/long'), await once('bench/fan')]
  say(
    `statements of a run, all told: ${short - looking + 1} with one step, ${long - looking + 1} with ${STEPS}, ${fan - looking + 1} with three side by side; ${looking - 1} for a look at an idle queue`,
  )
  await rig.stop()
  await proxy.close()
}

function keep<Opened extends { stop(): Promise<void> }>(each: Opened): Opened {
  opened.push(each)
  return each
}

function line(name: string, values: number[]) {
  const widths = [9, 10, 10, 10, 30, 9]
  const digits = [0, 2, 0, 2, 1, 1]
  const cells = values.map((value, n) => (Number.isNaN(value) ? '' : value.toFixed(digits[n])).padStart(widths[n] ?? 0))
  say(`  ${name.padEnd(17)}${cells.join('')}`)
}

function percent(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(0)} %`
}

function median(values: number[]): number {
  return percentile(values, 50)
}

/** The nearest rank. */
function percentile(values: number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(Math.ceil((rank / 100) * sorted.length) - 1, 0)] ?? Number.NaN
}

function say(text: string) {
  process.stdout.write(`${text}\n`)
}
