import type postgres from 'postgres'
import type { NewListener } from '../listen.ts'
import type { RunError } from '../protocol.ts'
import type { Claimed } from './claim.ts'
import { finishItems, lockQueues, unblocked } from './finish.ts'
import { asParameter, CHANNEL, type Sql } from './start-runs.ts'

/**
 * What became of a call, saved in one statement each. All of them first touch the item by its id and lease: when the
 * lease was lost to another process, or the run has ended, nothing is written, and the answer is `undefined` or false.
 */

export type StepResult = { id: string; name: string; output: unknown }
export type NewItem = {
  stepId: string
  kind: Claimed['kind']
  name: string
  race: boolean
  at: Date
  /** What it comes to at that time, unless it is a call. */
  output?: unknown
  /** What it waits for until then. */
  listener?: NewListener
}

/** The run's next call found and ran a step. `until` keeps the lease for the call after; without it, it is queued. */
export async function saveStep(db: postgres.Sql, item: Claimed, step: StepResult, now: Date, until?: Date) {
  const rows = await unblocked(
    () => db<{ again: boolean }[]>`
      with held as (
        update engine.items set attempt = 0, lease = ${until ? item.lease : null}, at = ${until ?? now}
        where id = ${item.id} and lease = ${item.lease} returning run_id, again
      ), saved as (
        insert into engine.steps (run_id, id, name, output, finished_at)
        select run_id, ${step.id}, ${step.name}, coalesce(${asParameter(db, step.output)}::json, 'null'), ${now} from held
        on conflict do nothing
      )
      select again from held`,
  )
  return rows[0]
}

/**
 * The run's next call reported work to do: queue what is new of it and park the call until it is done. When there is
 * nothing new and nothing pending the lease is kept, because the run would wait for ever. Answers the new items by step.
 */
export async function savePlan(db: Sql, item: Claimed, planned: NewItem[], now: Date, sender: string) {
  const [saved] = await db<{ pending: number; again: boolean; queued: Record<string, string> }[]>`
    with held as (
      select id, run_id, function_id, keys, again from engine.items
      where id = ${item.id} and lease = ${item.lease} for update
    ), plan as (
      select * from json_to_recordset(${asParameter(db, planned)}) as plan
        ("stepId" text, kind text, name text, race boolean, at timestamptz, output json, listener json)
    ), queued as (
      insert into engine.items (run_id, function_id, step_id, kind, name, keys, at, race, output)
      select held.run_id, held.function_id, plan."stepId", plan.kind, plan.name,
        case plan.kind when 'call' then held.keys else '{}' end, plan.at, plan.race, plan.output
      from held, plan
      where not exists (select 1 from engine.steps where run_id = held.run_id and id = plan."stepId")
      on conflict (run_id, step_id) do nothing
      returning id, step_id
    ), listening as (
      insert into engine.listeners (item_id, event, path, value, expression, expires_at)
      select queued.id, event, path, value, expression, "expiresAt"
      from queued join plan on plan."stepId" = queued.step_id, json_to_record(plan.listener) as listener
        (event text, path text, value text, expression text, "expiresAt" timestamptz)
      where plan.listener is not null
    ), run as (
      update engine.runs set pending = pending + (select count(*) from queued) from held where runs.id = held.run_id
      returning runs.pending
    ), parked as (
      update engine.items main set
        attempt = 0,
        again = false,
        lease = case when run.pending = 0 and not main.again then main.lease end,
        at = case when main.again then ${now} when run.pending = 0 then main.at end
      from held, run where main.id = held.id
    )
    select run.pending, held.again,
      (select coalesce(json_object_agg(step_id, id::text), '{}') from queued) as queued,
      case when (select count(*) from queued) > 1 then pg_notify(${CHANNEL}, ${sender}) end
    from held, run`
  return saved
}

/** The call failed and is tried again at `at`. */
export async function saveRetry(db: postgres.Sql, item: Claimed, error: RunError, at: Date): Promise<void> {
  await unblocked(
    () => db`
      with held as (
        update engine.items set attempt = attempt + 1, lease = null, at = ${at}, error = ${asParameter(db, error)}::json
        where id = ${item.id} and lease = ${item.lease} returning run_id
      )
      update engine.runs set error = ${asParameter(db, error)}::json from held where runs.id = held.run_id`,
  )
}

export type Ending = { state: 'completed'; output: unknown } | { state: 'failed'; error: RunError }

/** Ends the run and takes everything it had queued off the queue. False when it was not ours to end. */
export async function saveEnd(db: Sql, item: Claimed, ending: Ending, now: Date): Promise<boolean> {
  const output = ending.state === 'completed' ? asParameter(db, ending.output ?? null) : null
  const error = ending.state === 'failed' ? asParameter(db, ending.error) : null
  const rows = await db`
    with held as (
      select run_id from engine.items where id = ${item.id} and lease = ${item.lease} for update
    ), gone as (
      delete from engine.items where run_id in (select run_id from held) returning run_id
    )
    update engine.runs set state = ${ending.state}, output = ${output}::json, error = ${error}::json,
      finished_at = ${now}, pending = 0
    where id in (select run_id from gone)
    returning id`
  return rows.length > 0
}

/** The same inside a transaction, for a run that others may be queueing for or that was invoked: its invoker goes on. */
export async function saveSharedEnd(tx: Sql, item: Claimed, ending: Ending, now: Date): Promise<boolean> {
  await lockQueues(tx, [item.runId])
  if (!(await saveEnd(tx, item, ending, now))) return false
  if (item.parentItem === null) return true
  const output = ending.state === 'completed' ? { data: ending.output ?? null } : { error: ending.error }
  await finishItems(tx, [{ itemId: item.parentItem, output }], now)
  return true
}
