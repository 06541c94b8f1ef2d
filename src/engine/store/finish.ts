import type { Sql } from './start-runs.ts'

/** What a queued step came to, as its run is given it: `{ data }`, `{ error }`, null or a whole event. */
export type Result = { itemId: string; output: unknown }

/*
 * Who changes a run's queue locks its item `step` first, then other items, then the run, so that nobody waits for one
 * another. Only an invoked run and its invoker may: the one chosen as victim goes again.
 */

/**
 * Queued steps are done, each once: whoever comes second, be it an event, a timeout or the end of an invoked run, finds
 * the item gone. A run goes on when its last one is out, or one of a race. `lease` is of the call that did it. True when
 * something goes on.
 */
export async function finishItems(
  db: Sql,
  results: Result[],
  now: Date,
  lease: string | null = null,
): Promise<boolean> {
  if (results.length === 0) return false
  const ids = results.map(result => result.itemId)
  const rows = await db`
    with main as (
      select run_id from engine.items
      where step_id = 'step' and run_id in (select run_id from engine.items where id = any(${ids}::bigint[]))
      order by id for update
    ), held as (
      delete from engine.items
      where id = any(${ids}::bigint[]) and step_id <> 'step' and (${lease}::uuid is null or lease = ${lease})
        and run_id in (select run_id from main)
      returning id, run_id, step_id, name, race
    ), saved as (
      insert into engine.steps (run_id, id, name, output, finished_at)
      select run_id, step_id, name,
        (${results.map(({ output }) => JSON.stringify(output ?? null))}::text[])
          [array_position(${ids}::bigint[], held.id)]::json, ${now}
      from held order by run_id, id on conflict do nothing
    ), done as (
      select run_id, count(*)::int as steps, bool_or(race) as race from held group by run_id
    ), run as (
      update engine.runs set pending = pending - done.steps from done where runs.id = done.run_id
      returning runs.id, runs.pending, done.race
    )
    update engine.items main set
      again = main.lease is not null,
      at = case when main.lease is null then ${now} else main.at end
    from run where main.run_id = run.id and main.step_id = 'step' and (run.pending = 0 or run.race)
    returning main.run_id`
  return rows.length > 0
}

/**
 * Keeps everybody from queueing more for these runs until the transaction ends; the next statement sees all that they
 * have queued. Answers those that are active.
 */
export async function lockQueues(tx: Sql, runIds: string[]): Promise<string[]> {
  const rows = await tx<{ runId: string }[]>`
    select run_id as "runId" from engine.items where run_id = any(${runIds}::uuid[]) and step_id = 'step'
    order by id for update`
  return rows.map(row => row.runId)
}

/** Cancels those of the runs that are active: nothing of them is saved any more. Inside a transaction; answers which. */
export async function cancelRuns(tx: Sql, runIds: string[], now: Date): Promise<string[]> {
  if (runIds.length === 0) return []
  const active = await lockQueues(tx, runIds)
  const cancelled = await tx<{ id: string; functionId: string; parentItem: string | null }[]>`
    with gone as (
      delete from engine.items where run_id = any(${active}::uuid[]) returning run_id
    )
    update engine.runs set state = 'cancelled', finished_at = ${now}, pending = 0
    where id in (select run_id from gone)
    returning id, function_id as "functionId", parent_item as "parentItem"`
  const invoked = cancelled.flatMap(({ parentItem, functionId }): Result[] => {
    const error = { name: 'Error', message: `The invoked function "${functionId}" was cancelled` }
    return parentItem === null ? [] : [{ itemId: parentItem, output: { error } }]
  })
  await finishItems(tx, invoked, now)
  return cancelled.map(run => run.id)
}

/** Goes again when Postgres chose it as the victim of a deadlock. */
export async function unblocked<Outcome>(statement: () => PromiseLike<Outcome>): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    try {
      return await statement()
    } catch (error) {
      const deadlock = error instanceof Error && 'code' in error && error.code === '40P01'
      if (!deadlock || tries === 5) throw error
    }
  }
}
