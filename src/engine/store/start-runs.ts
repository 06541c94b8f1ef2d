import type postgres from 'postgres'
import type { Json } from '../json.ts'
import type { NewListener } from '../listen.ts'

/** A postgres.js pool or a transaction of it. */
export type Sql = postgres.Sql | postgres.TransactionSql

/** A run to start. */
export type NewRun = {
  functionId: string
  events: Json[]
  /** Of its concurrency. */
  keys: string[]
  throttle?: string
  cancelOn: NewListener[]
  /** What may happen only once until `until`; absent, the run always starts. */
  once?: string
  until?: Date
  /** The item that invoked it. */
  parentItem?: string
}
/** An event to be gathered into a later run. A debounce keeps the last one, a batch all of them. */
export type NewTimer = {
  functionId: string
  kind: 'debounce' | 'batch'
  key: string
  event: Json
  dueAt: Date
  deadline?: Date
  /** A batch that holds as many is due at once. */
  size?: number
  /** What may be gathered only once until `until`; absent, the event always is. */
  once?: string
  until?: Date
}
export type Started = { runs: NewRun[]; timers: NewTimer[] }

/** An event's name and a path that listeners compare. */
export type Heard = { event: string; path: string }

/** The channel that tells the other processes that something is due. Its payload is the sender's id. */
export const CHANNEL = 'buzon_engine'

/**
 * Stores everything that a set of events sets going, in one statement: marks, runs, their first queue items, debounces
 * and batches. Payloads travel as text, since taking apart JSON makes Postgres refuse U+0000. Rows are written in the
 * order of their keys, so that two senders do not deadlock.
 *
 * When anybody listens to one of `names`, nothing is stored, and the answer says what they compare.
 */
export async function startRuns(db: Sql, { runs, timers }: Started, now: Date, sender: string, names: string[] = []) {
  if (runs.length + timers.length + names.length === 0) return []
  const given = uniqueBy(runs, run => run.once)
  const arrived = uniqueBy(timers, timer => timer.once)
  const [answer] = await db<{ heard: Heard[] }[]>`
    with recursive heard as (
      select name as event, (select min(path) from engine.listeners where event = name) as path
      from unnest(${names}::text[]) as name
      union all
      select event, (select min(path) from engine.listeners other where other.event = heard.event and path > heard.path)
      from heard where path is not null
    ), unheard as (
      select not exists (select from heard where path is not null) as holds
    ), given as (
      select given.* from unheard, unnest(
        ${given.map(() => crypto.randomUUID())}::uuid[], ${given.map(run => run.functionId)}::text[],
        ${given.map(run => JSON.stringify(run.events))}::text[], ${given.map(run => JSON.stringify(run.keys))}::text[],
        ${given.map(run => run.throttle ?? null)}::text[],
        ${given.map(run => (run.cancelOn.length > 0 ? JSON.stringify(run.cancelOn) : null))}::text[],
        ${given.map(run => run.once ?? null)}::text[], ${given.map(run => iso(run.until))}::timestamptz[],
        ${given.map(run => run.parentItem ?? null)}::bigint[]
      ) with ordinality as given (id, function_id, events, keys, throttle, cancel_on, once, until, parent_item, n)
      where unheard.holds
    ), arrived as (
      select arrived.* from unheard, unnest(
        ${arrived.map(timer => timer.functionId)}::text[], ${arrived.map(timer => timer.kind)}::text[],
        ${arrived.map(timer => timer.key)}::text[], ${arrived.map(timer => JSON.stringify(timer.event))}::text[],
        ${arrived.map(timer => iso(timer.dueAt))}::timestamptz[],
        ${arrived.map(timer => iso(timer.deadline))}::timestamptz[], ${arrived.map(timer => timer.size ?? null)}::int[],
        ${arrived.map(timer => timer.once ?? null)}::text[], ${arrived.map(timer => iso(timer.until))}::timestamptz[]
      ) with ordinality as arrived (function_id, kind, key, event, due_at, deadline, size, once, until, n)
      where unheard.holds
    ), fresh as (
      insert into engine.once (key, until)
      select once, until from given where once is not null
      union all select once, until from arrived where once is not null order by once
      on conflict (key) do update set until = excluded.until where engine.once.until <= ${now}
      returning key
    ), started as (
      insert into engine.runs (id, function_id, events, keys, cancel_on, parent_item, created_at)
      select id, function_id, events::json, array(select json_array_elements_text(keys::json)), cancel_on::json,
        parent_item, ${now}
      from given where once is null or once in (select key from fresh)
      returning id, function_id, keys
    ), queued as (
      insert into engine.items (run_id, function_id, step_id, kind, name, keys, throttle, at)
      select id, started.function_id, 'step', 'call', '', started.keys, throttle, ${now} from started join given using (id)
      order by n
      returning id, run_id
    ), listening as (
      insert into engine.listeners (item_id, event, path, value, expression, expires_at)
      select queued.id, event, path, value, expression, "expiresAt"
      from given join queued on queued.run_id = given.id, json_to_recordset(cancel_on::json) as listener
        (event text, path text, value text, expression text, "expiresAt" timestamptz)
    ), gathered as (
      select function_id, kind, key, due_at, deadline, size, array_agg(event::json order by n) as events
      from arrived where once is null or once in (select key from fresh)
      group by function_id, kind, key, due_at, deadline, size
    ), timed as (
      insert into engine.timers as timer (function_id, kind, key, events, due_at, deadline, size)
      select function_id, kind, key, case kind when 'debounce' then events[cardinality(events):] else events end,
        case when cardinality(events) >= size then ${now} else due_at end, deadline, size
      from gathered order by function_id, kind, key
      on conflict (function_id, kind, key) do update set
        events = case excluded.kind when 'debounce' then excluded.events else timer.events || excluded.events end,
        due_at = case
          when excluded.kind = 'debounce' then least(excluded.due_at, timer.deadline)
          when cardinality(timer.events) + cardinality(excluded.events) >= excluded.size then ${now}
          else timer.due_at
        end
    )
    select coalesce((select json_agg(heard) from heard where path is not null), '[]') as heard,
      case when ${runs.length + timers.length > 0} then pg_notify(${CHANNEL}, ${sender}) end`
  return answer?.heard ?? []
}

function uniqueBy<Item>(items: Item[], key: (item: Item) => string | undefined): Item[] {
  const seen = new Set<string>()
  return items.filter(item => {
    const name = key(item)
    if (name === undefined) return true
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}

function iso(date: Date | undefined): string | null {
  return date ? date.toISOString() : null
}

const JSON_OID = 114
type Serializable = postgres.SerializableParameter

/** A `json` parameter. (`db.json` makes `jsonb`, which refuses U+0000.) Null stays SQL's null. */
export function asParameter(db: Sql, value: unknown): postgres.Parameter<Serializable> {
  return db.typed(value as Serializable, JSON_OID)
}
