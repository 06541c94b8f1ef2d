/** What people do to runs. Any process may, with or without an engine of its own: those that work are notified. */
import type postgres from 'postgres'
import { asJson } from '../json.ts'
import { cancelRuns, unblocked } from './finish.ts'
import type { Failure, RunState } from './history.ts'
import { isRunId } from './run.ts'
import { CHANNEL, type Sql } from './start-runs.ts'

export type CancelOutcome = 'cancelled' | 'not running' | 'no such run'
/** `due` is a retry that waited, `reopened` a run that had failed. */
export type RetryOutcome = 'due' | 'reopened' | 'nothing to retry' | 'not failed' | 'no such run'

/** Cancels a run that is active. Of a call that is out nothing is saved. */
export async function cancelRun(db: postgres.Sql, id: string, now: Date): Promise<CancelOutcome> {
  if (!isRunId(id)) return 'no such run'
  return unblocked(() =>
    db.begin(async tx => {
      const cancelled = await cancelRuns(tx, [id], now)
      if (cancelled.length === 0) return (await stateOf(tx, id)) ? 'not running' : 'no such run'
      await notify(tx)
      return 'cancelled'
    }),
  )
}

/**
 * Makes the retries due that a run waits for; opens a failed one anew: what it did stays done, and the step that it
 * failed by is tried again, with all its attempts.
 */
export async function retryRun(db: postgres.Sql, id: string, now: Date): Promise<RetryOutcome> {
  if (!isRunId(id)) return 'no such run'
  return unblocked(() =>
    db.begin(async tx => {
      const hastened = await tx`
        update engine.items set at = ${now}
        where run_id = ${id} and kind = 'call' and lease is null and attempt > 0 and at > ${now} returning id`
      const outcome = hastened.length > 0 ? 'due' : await reopen(tx, id, now)
      if (outcome === 'due' || outcome === 'reopened') await notify(tx)
      return outcome
    }),
  )
}

async function reopen(tx: Sql, id: string, now: Date): Promise<RetryOutcome> {
  const [run] = await tx<{ state: RunState; error: Failure | null }[]>`
    select state, error from engine.runs where id = ${id} for update`
  if (run === undefined) return 'no such run'
  if (run.state === 'running') return 'nothing to retry'
  if (run.state !== 'failed') return 'not failed'

  const steps = await tx<{ id: string; output: unknown }[]>`
    select id, output from engine.steps where run_id = ${id} order by position`
  await tx`delete from engine.steps where run_id = ${id} and id = any(${fatalSteps(steps, run.error)})`
  await tx`
    with run as (
      update engine.runs set state = 'running', error = null, finished_at = null where id = ${id}
      returning id, function_id, keys, cancel_on
    ), queued as (
      insert into engine.items (run_id, function_id, step_id, kind, name, keys, at)
      select id, function_id, 'step', 'call', '', keys, ${now} from run
      returning id
    )
    insert into engine.listeners (item_id, event, path, value, expression, expires_at)
    select queued.id, event, path, value, expression, "expiresAt" from queued, run, json_to_recordset(cancel_on)
      as listener (event text, path text, value text, expression text, "expiresAt" timestamptz)`
  return 'reopened'
}

/** The failed steps whose error the run ended with, or else the last step, if it failed: the run put it in other words. */
function fatalSteps(steps: { id: string; output: unknown }[], ending: Failure | null): string[] {
  const failed = steps.flatMap(({ id, output }) => {
    const error = asJson(output).error
    return error === undefined ? [] : [{ id, error: asJson(error) }]
  })
  const same = failed.filter(({ error }) => error.name === ending?.name && error.message === ending?.message)
  if (same.length > 0) return same.map(step => step.id)
  return failed.map(step => step.id).filter(id => id === steps.at(-1)?.id)
}

async function stateOf(tx: Sql, id: string): Promise<RunState | undefined> {
  const [run] = await tx<{ state: RunState }[]>`select state from engine.runs where id = ${id}`
  return run?.state
}

/** In the name of no engine, so that every one of them wakes. */
async function notify(tx: Sql): Promise<void> {
  await tx`select pg_notify(${CHANNEL}, '')`
}
