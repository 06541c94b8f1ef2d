import type postgres from 'postgres'
import type { Json } from '../json.ts'
import { asParameter, type Sql } from './start-runs.ts'

/** A queue item that this process holds, with all that its call needs. */
export type Claimed = {
  id: string
  lease: string
  runId: string
  functionId: string
  stepId: string
  kind: 'call' | 'sleep' | 'wait' | 'invoke'
  name: string
  attempt: number
  race: boolean
  /** What it comes to now that its time is up, unless it is a call. */
  output: unknown
  /** The item of the run that invoked this one. */
  parentItem: string | null
  events: Json[]
  steps: Json
  stack: string[]
  pending: number
}

export type Claim = {
  items: Claimed[]
  /** Due items stayed behind: blocked by a concurrency key, or beyond `free`. */
  more: boolean
  /** Starts that a throttle put off. */
  putOff: number
  nextItemAt: Date | undefined
  nextTimerAt: Date | undefined
}

export type ClaimInput = {
  /** The limits of each served function, in the order of its runs' keys. */
  limits: Record<string, number[]>
  /** The throttle of each served function that has one. */
  throttles: Record<string, { everyMs: number; burst: number }>
  free: number
  now: Date
  until: Date
}

/** How many of the earliest due items are looked at; what concurrency keys block does not count. */
const WINDOW = 200
/**
 * More calls than all processes together execute. Its use is that Postgres, whose statistics of a queue are often wrong,
 * reads the leased items by their index.
 */
const MOST_LEASED = 1_000
/** Claims take turns on this advisory lock, so that each counts what the others have taken. */
const LOCK = 'buzon engine claim'

/** Leases the due items that may execute now, earliest first, within every concurrency limit, and says what is next. */
export async function claimItems(db: postgres.Sql, input: ClaimInput): Promise<Claim> {
  const results = await db.begin(tx => [takeTurn(tx), claim(tx, input).then((rows): Row[] => rows)])
  const rows = results.flat()
  const [first] = rows
  return {
    items: rows.filter((row): row is Row & Claimed => row.id !== null),
    more: first?.more ?? false,
    putOff: first?.putOff ?? 0,
    nextItemAt: first?.nextItemAt ?? undefined,
    nextTimerAt: first?.nextTimerAt ?? undefined,
  }
}

/**
 * The lock is a statement of its own, so that the next one sees what its holder before has committed. The settings keep
 * that one on its indexes, whatever the queue held when Postgres last looked, and spare it a plan each time.
 */
function takeTurn(tx: postgres.TransactionSql): Promise<Row[]> {
  // `then`, not `await`, which would send it only after the claim.
  return tx`
    select pg_advisory_xact_lock(hashtext(${LOCK})), set_config('enable_seqscan', 'off', true),
      set_config('plan_cache_mode', 'force_generic_plan', true)`.then(() => [])
}

type Row = { [Field in keyof Claimed]: Claimed[Field] | null } & {
  more: boolean
  putOff: number
  nextItemAt: Date | null
  nextTimerAt: Date | null
}

/**
 * Always answers at least one row, for the sake of `more` and the next instants. Starts pass their throttle here, where
 * they begin, so that what piled up while nothing ran does not begin all at once; those that may not yet are due again
 * when they may.
 */
function claim(db: Sql, { limits, throttles, free, now, until }: ClaimInput) {
  const lease = crypto.randomUUID()
  const pace = asParameter(db, throttles)
  const functions = Object.keys(limits)
  const allowed = asParameter(db, limits)
  return db<Row[]>`
    with leased as (
      select function_id, keys from engine.items
      where lease is not null and at > ${now} order by at limit ${MOST_LEASED}
    ), busy as (
      select held.key, count(*)::int as calls, max((${allowed}::json -> function_id ->> (held.n::int - 1))::int) as allowed
      from leased, unnest(keys) with ordinality as held (key, n) group by held.key
    ), candidate as (
      select id, at, keys, function_id, throttle from engine.items
      where at <= ${now} and function_id = any(${functions})
        and not keys && coalesce((select array_agg(key) from busy where calls >= allowed), '{}')
      order by at, id limit ${WINDOW} for update skip locked
    ), pace as (
      select function_id, "everyMs" * interval '1 millisecond' as every, burst
      from json_each(${pace}::json) as pace (function_id, pace),
        json_to_record(pace.pace) as r ("everyMs" float8, burst float8)
    ), paced as (
      select candidate.id, greatest(coalesce(next_at, ${now}), ${now})
        + every * (row_number() over (partition by throttle order by candidate.id) - burst) as starts_at
      from candidate join pace using (function_id) left join engine.throttles on key = throttle
      where throttle is not null
    ), put_off as (
      update engine.items item set at = starts_at from paced where item.id = paced.id and starts_at > ${now}
      returning item.id, item.at
    ), place as (
      select candidate.id, candidate.at, candidate.throttle, function_id,
        (${allowed}::json -> function_id ->> (held.n::int - 1))::int as allowed,
        coalesce(busy.calls, 0) + row_number() over (partition by held.key order by candidate.at, candidate.id) as place
      from candidate
      left join lateral unnest(candidate.keys) with ordinality as held (key, n) on true
      left join busy on busy.key = held.key
      where candidate.id not in (select id from put_off)
    ), chosen as (
      select id, at as due, throttle, function_id from place
      group by id, at, throttle, function_id having bool_and(coalesce(place <= allowed, true))
      order by at, id limit ${free}
    ), claimed as (
      update engine.items item set lease = ${lease}, at = ${until}, throttle = null
      from chosen where item.id = chosen.id
      returning item.*, chosen.due
    ), begun as (
      insert into engine.throttles as throttles (key, next_at)
      select throttle, ${now}::timestamptz + every * count(*) from chosen join pace using (function_id)
      where throttle is not null group by throttle, every
      on conflict (key) do update set
        next_at = greatest(throttles.next_at, ${now}) + (excluded.next_at - ${now})
    )
    select claimed.id, claimed.lease, claimed.run_id as "runId", claimed.function_id as "functionId",
      claimed.step_id as "stepId", claimed.kind, claimed.name, claimed.attempt, claimed.race,
      claimed.output, run.parent_item as "parentItem", run.events, run.pending, done.steps, done.stack,
      exists (select 1 from engine.items item where item.at <= ${now} and item.function_id = any(${functions})
        and item.id not in (select id from chosen union all select id from put_off)) as more,
      (select count(*)::int from put_off) as "putOff",
      least((select min(at) from engine.items where at > ${now}), (select min(at) from put_off)) as "nextItemAt",
      (select min(due_at) from engine.timers where function_id = any(${functions})) as "nextTimerAt"
    from (select) as always
    left join claimed on true
    left join engine.runs run on run.id = claimed.run_id
    left join lateral (
      select coalesce(json_object_agg(step.id, step.output), '{}') as steps,
        coalesce(array_agg(step.id order by step.position), '{}') as stack
      from engine.steps step where step.run_id = claimed.run_id
    ) as done on true
    order by claimed.due, claimed.id`
}

/** Pushes the leases of calls still out, so that no other process takes them for dead. */
export async function renewLeases(db: Sql, claimed: Claimed[], until: Date): Promise<void> {
  const leases = [...new Set(claimed.map(item => item.lease))]
  const ids = claimed.map(item => item.id)
  await db`update engine.items set at = ${until} where lease = any(${leases}) and id = any(${ids})`
}

/** Hands calls back unfinished: any process may take them at once. */
export async function handBack(db: Sql, claimed: Claimed[], now: Date): Promise<void> {
  const leases = [...new Set(claimed.map(item => item.lease))]
  const ids = claimed.map(item => item.id)
  await db`update engine.items set lease = null, at = ${now} where lease = any(${leases}) and id = any(${ids})`
}
