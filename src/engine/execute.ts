import type postgres from 'postgres'
import { retryTime, wakeTime } from './duration.ts'
import type { EngineFunction } from './function.ts'
import { callFunction, type Endpoint, type Op, type RunError, toError } from './protocol.ts'
import { failedEvent, type Report, schedule } from './schedule.ts'
import type { Claimed } from './store/claim.ts'
import { type NewItem, saveEnd, savePlan, saveRetry, saveSibling, saveStep, unblocked } from './store/save.ts'
import { startRuns } from './store/start-runs.ts'

export type Executor = {
  db: postgres.Sql
  endpoint: Endpoint
  functions: Map<string, EngineFunction>
  engineId: string
  now(): Date
  random(): number
  report: Report
  /** The end of a lease taken now. */
  leaseUntil(): Date
  /** False when others wait for the place that this run takes. */
  mayContinue(): boolean
}

/** Executes a claimed item until its run must wait, ends or makes room. True when it left work that is due now. */
export async function execute(executor: Executor, item: Claimed): Promise<boolean> {
  const { db, now } = executor
  if (item.kind === 'sleep') return saveSibling(db, item, { id: item.stepId, name: item.name, output: null }, now())
  for (let current: Claimed | undefined = item; current; ) {
    const next: Claimed | boolean = await callOnce(executor, current)
    if (typeof next === 'boolean') return next
    current = next
  }
  return false
}

/** One call and its outcome. The item again, with one step more, when the run goes straight on. */
async function callOnce(executor: Executor, item: Claimed): Promise<Claimed | boolean> {
  const fn = executor.functions.get(item.functionId)
  if (fn === undefined) throw new Error(`Function "${item.functionId}" was claimed but is not served`)
  const answer = await callFunction(executor.endpoint, {
    ...item,
    maxAttempts: fn.attempts,
    planOnly: item.pending > 0,
  })
  const final = answer.kind !== 'done' && (answer.final || item.attempt + 1 >= fn.attempts)
  if (answer.kind === 'done') return end(executor, item, { state: 'completed', output: answer.output })
  if (answer.kind === 'error') {
    if (final) return end(executor, item, { state: 'failed', error: answer.error })
    return retry(executor, item, answer.error, answer.retryAfter)
  }
  const { ops } = answer
  const refused = ops.find(op => !SUPPORTED.has(op.op))
  if (refused) return fail(executor, item, `uses ${refused.op}, which the embedded engine does not support`)
  const [ran] = ops
  if (ran === undefined || ops.length > 1 || !RESULTS.has(ran.op)) return plan(executor, item, ops)
  if (ran.op === 'StepError' && !final) {
    return retry(executor, item, toError(ran.error, 'the step failed'), answer.retryAfter)
  }
  return keep(executor, item, ran)
}

const RESULTS = new Set(['StepRun', 'StepError', 'StepFailed'])
const SUPPORTED = new Set([...RESULTS, 'StepPlanned', 'Sleep'])

/** Keeps the result of the step that the call ran. */
async function keep(executor: Executor, item: Claimed, op: Op): Promise<Claimed | boolean> {
  const { db, now } = executor
  const output = op.op === 'StepRun' ? { data: op.data } : { error: toError(op.error, 'the step failed') }
  const step = { id: op.id, name: op.name, output }
  if (item.stepId !== 'step') return saveSibling(db, item, step, now())

  const until = item.pending === 0 && executor.mayContinue() ? executor.leaseUntil() : undefined
  const saved = await saveStep(db, item, step, now(), until)
  if (saved === undefined || until === undefined) return saved !== undefined
  return { ...item, attempt: 0, steps: { ...item.steps, [op.id]: output }, stack: [...item.stack, op.id] }
}

async function plan(executor: Executor, item: Claimed, ops: Op[]): Promise<boolean> {
  const now = executor.now()
  const items: NewItem[] = []
  for (const { id, op, name, race } of ops) {
    const at = op === 'Sleep' ? wakeTime(name, now) : now
    if (at === undefined) return fail(executor, item, `sleeps for "${name}", which is neither a duration nor a date`)
    if (RESULTS.has(op)) return fail(executor, item, `answered ${op} together with other steps`)
    items.push({ stepId: id, kind: op === 'Sleep' ? 'sleep' : 'call', name, race, at })
  }
  const saved = await savePlan(executor.db, item, items, now, executor.engineId)
  if (saved && saved.pending === 0 && !saved.again) return fail(executor, item, 'waits, but for no step')
  return saved !== undefined
}

async function retry(executor: Executor, item: Claimed, error: RunError, retryAfter?: string): Promise<boolean> {
  const at = retryTime(item.attempt, retryAfter, executor.now(), executor.random)
  await saveRetry(executor.db, item, error, at)
  return true
}

function fail(executor: Executor, item: Claimed, why: string): Promise<boolean> {
  const error = { name: 'EngineError', message: `Function "${item.functionId}" ${why}` }
  return end(executor, item, { state: 'failed', error })
}

/** Ends the run and, in the same transaction, starts the handlers of its failure. */
async function end(executor: Executor, item: Claimed, ending: Parameters<typeof saveEnd>[2]): Promise<boolean> {
  const { db, functions, report, engineId } = executor
  const now = executor.now()
  const isHandler = item.events[0]?.name === 'inngest/function.failed'
  if (ending.state === 'completed' || isHandler) {
    await unblocked(() => saveEnd(db, item, ending, now))
    return false
  }
  const { runs, timers } = schedule([...functions.values()], [failedEvent(item, ending.error, now)], now, report)
  await unblocked(() =>
    db.begin(async tx => {
      if (await saveEnd(tx, item, ending, now)) await startRuns(tx, runs, timers, now, engineId)
    }),
  )
  return runs.length + timers.length > 0
}
