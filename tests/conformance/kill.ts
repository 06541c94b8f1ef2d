/** Runs a case in a process that is killed by SIGKILL at chosen statements and started again, until the case is done. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openDb } from '../../src/db/client.ts'
import type { TestDatabase } from '../support/database.ts'
import { type Moment, openStatementProxy } from '../support/faults/statement-proxy.ts'
import type { Case } from './case.ts'
import { STARTED_AT } from './embedded.ts'
import { clockDriver, type Host, runEmbedded } from './embedded-driver.ts'
import type { Answer, Question } from './service-process.ts'
import { createLog, tableLog } from './table-log.ts'

/** The `nth` statement since the process was started last, its own start included. */
export type Kill = { nth: number; moment: Moment }
export type Outcome = {
  lines: string[]
  /** Where it was killed. */
  killed: string[]
  /** Executions of a step whose result had been saved when its process was killed. There are to be none. */
  repeated: string[]
}

/** Longer than a lease, and much shorter than a unit: what a killed process held is taken over. */
const LEASE_MS = 21_000

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Ask = DistributiveOmit<Question, 'now'>

/** Statements of a case that nothing disturbs. */
export async function countStatements(database: TestDatabase, testCase: Case): Promise<number> {
  const proxy = await openStatementProxy(database.url)
  const db = openDb(proxy.url, { max: 3 })
  await runEmbedded(db, testCase)
  await db.end()
  await proxy.close()
  return proxy.count()
}

/** `database` must be of this run alone. */
export async function runWithKills(database: TestDatabase, testCase: Case, kills: Kill[]): Promise<Outcome> {
  await createLog(database.owner)
  const proxy = await openStatementProxy(database.url)
  const log = tableLog(database.owner)
  const appId = 'case'
  const killed: string[] = []
  const left = [...kills]
  const saved: { after: number; steps: Set<string> }[] = []
  let time = Date.parse(testCase.from ?? STARTED_AT)
  let child = startChild()

  async function start(): Promise<void> {
    const next = left.shift()
    if (next) {
      const { moment, nth } = next
      void proxy
        .strike(nth, moment, () => child.kill())
        .then(({ sql }) => killed.push(`${moment} ${sql.trim().replace(/\s+/g, ' ').slice(0, 90)}`))
    }
    const { url: databaseUrl } = proxy
    if (!(await ask({ kind: 'start', name: testCase.name, appId, databaseUrl, logUrl: database.url }))) await recover()
  }

  /** False when the process was killed meanwhile. */
  const ask = (question: Ask) => child.ask({ ...question, now: time } as Question)

  async function recover() {
    saved.push(await savedSteps(database))
    time += LEASE_MS
    child = startChild()
    await start()
  }

  async function insist(question: Ask) {
    while (!(await ask(question))) await recover()
  }

  const host: Host = {
    ...{ log, appId },
    send: events => insist({ kind: 'send', events }),
    settle: () => insist({ kind: 'settle' }),
    move(ms) {
      time += ms
    },
    async restart() {
      child.kill()
      proxy.disarm()
      child = startChild()
      await start()
    },
  }
  try {
    await start()
    await testCase.drive(clockDriver(host))
    proxy.disarm()
    const lines = await distinctLines(database)
    return { lines, killed, repeated: await repeatedSteps(database, saved) }
  } finally {
    child.kill()
    await proxy.close()
  }
}

type Child = { ask(question: Question): Promise<boolean>; kill(): void }

/** Each start reads the same files: compiled once, it takes half the time. */
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)),
}

function startChild(): Child {
  const child: ChildProcess = fork(fileURLToPath(new URL('service-process.ts', import.meta.url)), { env })
  const ended = new Promise<false>(resolve => child.once('exit', () => resolve(false)))
  return {
    async ask(question) {
      const answered = new Promise<Answer>(resolve => child.once('message', answer => resolve(answer as Answer)))
      // Written to a process that is being killed, it fails; that it ended is what counts.
      child.send(question, () => {})
      const answer = await Promise.race([answered, ended])
      child.removeAllListeners('message')
      if (child.killed) return false
      if (!answer) throw new Error(`The service ended by itself with ${child.exitCode}`)
      if (answer.error !== undefined) throw new Error(answer.error)
      return true
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Which steps need never be executed again, and the end of the log at that time. */
async function savedSteps({ owner }: TestDatabase) {
  const [end] = await owner<{ id: number }[]>`select coalesce(max(id), 0)::int as id from log`
  const steps = await owner<{ runId: string; name: string }[]>`select run_id, name from engine.steps`
  return { after: end?.id ?? 0, steps: new Set(steps.map(step => `${step.runId} ${step.name}`)) }
}

async function repeatedSteps({ owner }: TestDatabase, saved: { after: number; steps: Set<string> }[]) {
  const rows = await owner<{ id: number; runId: string; step: string }[]>`select id::int, run_id, step from log`
  return rows
    .filter(({ id, runId, step }) => saved.some(({ after, steps }) => id > after && steps.has(`${runId} ${step}`)))
    .map(({ step }) => step)
}

/** What a run logged twice, by executing a step again whose result had not been saved, counts once. */
async function distinctLines({ owner }: TestDatabase): Promise<string[]> {
  const rows = await owner<{ line: string }[]>`
    select line from (select distinct on (run_id, line) id, line from log order by run_id, line, id) as first order by id`
  return rows.map(row => row.line)
}
