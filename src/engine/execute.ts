import type postgres from 'postgres'
import { retryTime } from './duration.ts'
import type { EngineFunction } from './function.ts'
import { type Planned, planItem } from './plan.ts'
import { callFunction, type Endpoint, type Op, type RunError, toError } from './protocol.ts'
import { failedEvent, type Report, schedule } from './schedule.ts'
import type { Claimed } from './store/claim.ts'
import { finishItems, lockQueues, unblocked } from './store/finish.ts'
import { type Ending, saveEnd, savePlan, saveRetry, saveSharedEnd, saveStep } from './store/save.ts'
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
  if (item.kind !== 'call') return finish(executor, item, item.output)
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
const SUPPORTED = new Set([...RESULTS, 'StepPlanned', 'Sleep', 'WaitForEvent', 'InvokeFunction'])

/** Keeps the result of the step that the call ran. */
async function keep(executor: Executor, item: Claimed, op: Op): Promise<Claimed | boolean> {
  const { db, now } = executor
  const output = op.op === 'StepRun' ? { data: op.data } : { error: toError(op.error, 'the step failed') }
  if (item.stepId !== 'step') return finish(executor, item, output)

  const step = { id: op.id, name: op.displayName, output }
  const until = item.pending === 0 && executor.mayContinue() ? executor.leaseUntil() : undefined
  const saved = await saveStep(db, item, step, now(), until)
  if (saved === undefined || until === undefined) return saved !== undefined
  return { ...item, attempt: 0, steps: { ...item.steps, [op.id]: output }, stack: [...item.stack, op.id] }
}

/** A queued step is done; its run may go on. */
function finish({ db, now }: Executor, { id, lease }: Claimed, output: unknown): Promise<boolean> {
  return unblocked(() => finishItems(db, [{ itemId: id, output }], now(), lease))
}

/** Queues what the call found. The runs that it invokes start in the same transaction as their items, so each once. */
async function plan(executor: Executor, item: Claimed, ops: Op[]): Promise<boolean> {
  const { db, engineId } = executor
  const now = executor.now()
  const planned: Planned[] = []
  for (const op of ops) {
    const result = RESULTS.has(op.op)
      ? `answered ${op.op} together with other steps`
      : planItem(executor, item, op, now)
    if (typeof result === 'string') return fail(executor, item, result)
    planned.push(result)
  }
  const items = planned.map(each => each.item)
  const invokes = planned.some(each => each.run)
  const saved = await unblocked(() => {
    if (!invokes && item.pending === 0) return savePlan(db, item, items, now, engineId)
    return db.begin(async tx => {
      // A sibling that finishes meanwhile is to be seen as finished, or it would be queued anew.
      if (item.pending > 0) await lockQueues(tx, [item.runId])
      const queued = await savePlan(tx, item, items, now, engineId)
      const runs = planned.flatMap(({ item: { stepId }, run }) => {
        const parentItem = queued?.queued[stepId]
        return run && parentItem ? [{ ...run, parentItem }] : []
      })
      await startRuns(tx, { runs, timers: [] }, now, engineId)
      return queued
    })
  })
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

/** Ends the run and, in the same transaction, starts the handlers of its failure and lets its invoker go on. */
async function end(executor: Executor, item: Claimed, ending: Ending): Promise<boolean> {
  const { db, functions, report, engineId } = executor
  const now = executor.now()
  const isHandler = item.events[0]?.name === 'inngest/function.failed'
  const failures = ending.state === 'failed' && !isHandler ? [failedEvent(item, ending.error, now)] : []
  const started = schedule([...functions.values()], failures, now, report)
  const isAlone = item.parentItem === null && item.stepId === 'step'
  if (isAlone && failures.length === 0) {
    await unblocked(() => saveEnd(db, item, ending, now))
    return false
  }
  await unblocked(() =>
    db.begin(async tx => {
      if (await saveSharedEnd(tx, item, ending, now)) await startRuns(tx, started, now, engineId)
    }),
  )
  return item.parentItem !== null || started.runs.length + started.timers.length > 0
}
