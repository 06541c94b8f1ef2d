import type { Sql } from './start-runs.ts'

export type RunState = 'running' | 'completed' | 'failed'
export type RunFilter = { functionId?: string; state?: RunState; limit?: number }
export type RunSummary = {
  id: string
  functionId: string
  state: RunState
  /** Failed attempts of what it is doing now. */
  attempt: number
  error: { name: string; message: string } | null
  output: unknown
  /** Names of the steps that are done, in order. */
  steps: string[]
  createdAt: Date
  finishedAt: Date | null
  /** When it goes on by itself; null when finished. */
  nextAt: Date | null
}

const DEFAULT_LIMIT = 200

/** Runs, oldest first. */
export async function listRuns(db: Sql, filter: RunFilter = {}): Promise<RunSummary[]> {
  const { functionId = null, state = null, limit = DEFAULT_LIMIT } = filter
  return db<RunSummary[]>`
    select run.id, run.function_id as "functionId", run.state, run.error, run.output, run.created_at as "createdAt",
      run.finished_at as "finishedAt", coalesce(queue.attempt, 0) as attempt, queue.at as "nextAt",
      array(select name from engine.steps where run_id = run.id order by position) as steps
    from engine.runs run
    left join lateral (
      select max(attempt) as attempt, min(at) as at from engine.items where run_id = run.id
    ) as queue on true
    where (${functionId}::text is null or run.function_id = ${functionId})
      and (${state}::text is null or run.state = ${state})
    order by run.created_at, run.id limit ${limit}`
}

const PRUNED_AT_ONCE = 1_000

/** Deletes a bounded number of old runs and marks. True when there may be more. */
export async function prune(db: Sql, finishedBefore: Date, now: Date): Promise<boolean> {
  const runs = await db`
    delete from engine.runs where id in (
      select id from engine.runs where finished_at < ${finishedBefore} order by finished_at limit ${PRUNED_AT_ONCE})`
  const marks = await db`
    delete from engine.once where key in (
      select key from engine.once where until <= ${now} order by until limit ${PRUNED_AT_ONCE})`
  return runs.count === PRUNED_AT_ONCE || marks.count === PRUNED_AT_ONCE
}
