import type postgres from 'postgres'
import type { Json } from '../json.ts'

/** A postgres.js pool or a transaction of it. */
export type Sql = postgres.Sql | postgres.TransactionSql

/** A run to start. `once` is what may happen only once until `until`; absent, the run always starts. */
export type NewRun = { functionId: string; events: Json[]; keys: string[]; once?: string; until?: Date }
/** Events to be gathered into a later run. A debounce keeps the last one, a batch all of them. */
export type NewTimer = {
  functionId: string
  kind: 'debounce' | 'batch'
  key: string
  events: Json[]
  dueAt: Date
  deadline?: Date
  /** A batch that holds as many is due at once. */
  size?: number
}

/** The channel that tells the other processes that something is due. Its payload is the sender's id. */
export const CHANNEL = 'buzon_engine'

/**
 * Stores everything that a set of events sets going, in one statement: marks, runs, their first queue items, debounces
 * and batches. Payloads travel as text, since taking apart JSON makes Postgres refuse U+0000. Rows are written in the order of their keys, so that two senders do not deadlock.
 */
export async function startRuns(db: Sql, runs: NewRun[], timers: NewTimer[], now: Date, sender: string): Promise<void> {
  if (runs.length + timers.length === 0) return
  const given = uniqueBy(runs, run => run.once)
  const gathered = timers.toSorted((a, b) => (a.functionId + a.key < b.functionId + b.key ? -1 : 1))
  await db`
    with given as (
      select * from unnest(
        ${given.map(() => crypto.randomUUID())}::uuid[], ${given.map(run => run.functionId)}::text[],
        ${given.map(run => JSON.stringify(run.events))}::text[], ${given.map(run => JSON.stringify(run.keys))}::text[],
        ${given.map(run => run.once ?? null)}::text[], ${given.map(run => iso(run.until))}::timestamptz[]
      ) with ordinality as given (id, function_id, events, keys, once, until, n)
    ), fresh as (
      insert into engine.once (key, until)
      select once, until from given where once is not null order by once
      on conflict (key) do update set until = excluded.until where engine.once.until <= ${now}
      returning key
    ), started as (
      insert into engine.runs (id, function_id, events, keys, created_at)
      select id, function_id, events::json, array(select json_array_elements_text(keys::json)), ${now} from given
      where once is null or once in (select key from fresh)
      returning id, function_id, keys
    ), queued as (
      insert into engine.items (run_id, function_id, step_id, kind, name, keys, at)
      select id, started.function_id, 'step', 'call', '', started.keys, ${now} from started join given using (id)
      order by n
    ), gathered as (
      insert into engine.timers as timer (function_id, kind, key, events, due_at, deadline, size)
      select function_id, kind, key, array(select json_array_elements(events::json)), due_at, deadline, size
      from unnest(
        ${gathered.map(timer => timer.functionId)}::text[], ${gathered.map(timer => timer.kind)}::text[],
        ${gathered.map(timer => timer.key)}::text[], ${gathered.map(timer => JSON.stringify(timer.events))}::text[],
        ${gathered.map(timer => iso(timer.dueAt))}::timestamptz[],
        ${gathered.map(timer => iso(timer.deadline))}::timestamptz[], ${gathered.map(timer => timer.size ?? null)}::int[]
      ) as given (function_id, kind, key, events, due_at, deadline, size)
      on conflict (function_id, kind, key) do update set
        events = case excluded.kind when 'debounce' then excluded.events else timer.events || excluded.events end,
        due_at = case
          when excluded.kind = 'debounce' then least(excluded.due_at, timer.deadline)
          when cardinality(timer.events) + cardinality(excluded.events) >= excluded.size then ${now}
          else timer.due_at
        end
    )
    select pg_notify(${CHANNEL}, ${sender})`
}

function uniqueBy(runs: NewRun[], key: (run: NewRun) => string | undefined): NewRun[] {
  const seen = new Set<string>()
  return runs.filter(run => {
    const name = key(run)
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
