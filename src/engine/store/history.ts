import { isRunId } from './run.ts'
import type { Sql } from './start-runs.ts'

export type RunState = 'running' | 'completed' | 'failed' | 'cancelled'
/** `before` is the id of a run: those created before it, for the next page. */
export type RunFilter = { functionId?: string; state?: RunState; before?: string; limit?: number }
export type Failure = { name: string; message: string }
export type RunSummary = {
  id: string
  functionId: string
  state: RunState
  /** Failed attempts of what it is doing now. */
  attempt: number
  error: Failure | null
  output: unknown
  /** Names of the steps that are done, in order. */
  steps: string[]
  /** A process is at it. */
  isExecuting: boolean
  createdAt: Date
  finishedAt: Date | null
  /** When it goes on by itself; null when finished. */
  nextAt: Date | null
}

const DEFAULT_LIMIT = 200

/** Runs, newest first. */
export async function listRuns(db: Sql, filter: RunFilter = {}): Promise<RunSummary[]> {
  const { functionId, state, before, limit = DEFAULT_LIMIT } = filter
  if (before !== undefined && !isRunId(before)) return []
  return db<RunSummary[]>`
    select run.id, run.function_id as "functionId", run.state, run.error, run.output, run.created_at as "createdAt",
      run.finished_at as "finishedAt", coalesce(queue.attempt, 0) as attempt, queue.at as "nextAt",
      coalesce(queue."isExecuting", false) as "isExecuting",
      array(select name from engine.steps where run_id = run.id order by position) as steps
    from engine.runs run
    left join lateral (
      select max(attempt) as attempt, min(at) as at, bool_or(lease is not null) as "isExecuting"
      from engine.items where run_id = run.id
    ) as queue on true
    where true
      ${functionId === undefined ? db`` : db`and run.function_id = ${functionId}`}
      ${state === undefined ? db`` : db`and run.state = ${state}`}
      ${before === undefined ? db`` : db`and (run.created_at, run.id) < (${pageEnd(db, before)})`}
    order by run.created_at desc, run.id desc limit ${limit}`
}

/** The functions that there are runs of, whether they are still served or not, in order. */
export async function listFunctions(db: Sql): Promise<string[]> {
  // From one to the next by the index, however many runs each has.
  const rows = await db<{ id: string }[]>`
    with recursive known as (
      select (select min(function_id) from engine.runs) as id
      union all
      select (select min(function_id) from engine.runs where function_id > known.id) from known where id is not null
    )
    select id from known where id is not null`
  return rows.map(row => row.id)
}

function pageEnd(db: Sql, id: string) {
  return db`select created_at, id from engine.runs where id = ${id}`
}

const PRUNED_AT_ONCE = 1_000

/** Deletes a bounded number of old runs and marks. True when there may be more. */
export async function prune(db: Sql, finishedBefore: Date, now: Date): Promise<boolean> {
  const deleted = await Promise.all([
    db`
      delete from engine.runs where id in (
        select id from engine.runs where finished_at < ${finishedBefore} order by finished_at limit ${PRUNED_AT_ONCE})
      and finished_at < ${finishedBefore}`,
    db`
      delete from engine.once where key in (
        select key from engine.once where until <= ${now} order by until limit ${PRUNED_AT_ONCE})
      and until <= ${now}`,
    db`
      delete from engine.throttles where key in (
        select key from engine.throttles where next_at <= ${now} order by next_at limit ${PRUNED_AT_ONCE})
      and next_at <= ${now}`,
  ])
  return deleted.some(({ count }) => count === PRUNED_AT_ONCE)
}
