/**
 * `npm run test:faults [seeds]`: the fault kit at length, a thousand lives unless told otherwise, in two processes. In
 * one go with the suite (`npm test`) it would take too long.
 */
import { spawn } from 'node:child_process'

const PROCESSES = 2

/** Histories of customers that both sides work on, with each of three CRMs, for each life: ten thousand for a thousand. */
const HISTORIES = 10
const seeds = Number(process.argv[2] ?? 1_000)
if (!Number.isInteger(seeds) || seeds < PROCESSES) {
  process.stderr.write('The number of seeds must be a whole number, two at the least\n')
  process.exit(1)
}
const each = Math.ceil(seeds / PROCESSES)
process.stdout.write(`${seeds} lives with faults; each takes some seven seconds of processor\n`)
const codes = await Promise.all(
  Array.from({ length: PROCESSES }, (_, n) => run(n * each, Math.min(each, seeds - n * each))),
)
process.exitCode = codes.every(code => code === 0) ? 0 : 1

function run(first: number, count: number): Promise<number | null> {
  const env = {
    ...process.env,
    ...{ FAULT_FIRST: String(first), FAULT_SEEDS: String(count), FAULT_RESTARTS: String(Math.ceil(count / 10)) },
    ...{ SYNC_HISTORIES: String(count * HISTORIES), SYNC_SEED: String(first + 1) },
  }
  const args = ['run', '--project', 'node', 'tests/faults', '--reporter=dot']
  const child = spawn('vitest', args, { env, stdio: 'inherit' })
  return new Promise(resolve => child.once('exit', resolve))
}
