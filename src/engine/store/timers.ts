import type { Json } from '../json.ts'
import { asParameter, type Sql } from './start-runs.ts'

export type DueTimer = {
  functionId: string
  kind: 'debounce' | 'batch' | 'cron'
  key: string
  events: Json[]
  dueAt: Date
}

const AT_ONCE = 100

/** Locks the due timers of these functions, earliest first; call inside the transaction that starts their runs. */
export async function lockDueTimers(db: Sql, functions: string[], now: Date): Promise<DueTimer[]> {
  return db<DueTimer[]>`
    select function_id as "functionId", kind, key, array_to_json(events) as events, due_at as "dueAt"
    from engine.timers where due_at <= ${now} and function_id = any(${functions})
    order by due_at limit ${AT_ONCE} for update skip locked`
}

export async function deleteTimer(db: Sql, timer: DueTimer): Promise<void> {
  await db`
    delete from engine.timers
    where function_id = ${timer.functionId} and kind = ${timer.kind} and key = ${timer.key}`
}

export async function moveTimer(db: Sql, timer: DueTimer, dueAt: Date): Promise<void> {
  await db`
    update engine.timers set due_at = ${dueAt}
    where function_id = ${timer.functionId} and kind = ${timer.kind} and key = ${timer.key}`
}

export type CronTick = { functionId: string; pattern: string; dueAt: Date }

/** Makes the cron timers of these functions exactly `ticks`. A timer that exists keeps its own, maybe missed, tick. */
export async function saveCrons(db: Sql, functions: string[], ticks: CronTick[]): Promise<void> {
  await db`
    with wanted as (
      select "functionId", pattern, "dueAt" from json_to_recordset(${asParameter(db, ticks)}) as tick
        ("functionId" text, pattern text, "dueAt" timestamptz)
    ), gone as (
      delete from engine.timers timer where kind = 'cron' and function_id = any(${functions}) and not exists (
        select 1 from wanted where wanted."functionId" = timer.function_id and wanted.pattern = timer.key)
    )
    insert into engine.timers (function_id, kind, key, due_at)
    select "functionId", 'cron', pattern, "dueAt" from wanted on conflict do nothing`
}
