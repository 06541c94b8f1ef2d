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
  kind: 'call' | 'sleep'
  name: string
  attempt: number
  race: boolean
  events: Json[]
  steps: Json
  stack: string[]
  pending: number
}

export type Claim = {
  items: Claimed[]
  /** Due items stayed behind: blocked by a concurrency key, or beyond `free`. */
  more: boolean
  nextItemAt: Date | undefined
  nextTimerAt: Date | undefined
}

export type ClaimInput = {
  /** The limits of each served function, in the order of its runs' keys. */
  limits: Record<string, number[]>
  free: number
  now: Date
  until: Date
}

/** How many of the earliest due items are looked at; what concurrency keys block does not count. */
const WINDOW = 200
/** Claims that count executing calls take turns on this advisory lock. */
const LOCK = 'buzon engine claim'

/** Leases the due items that may execute now, earliest first, within every concurrency limit, and says what is next. */
export async function claimItems(db: postgres.Sql, input: ClaimInput): Promise<Claim> {
  const limited = Object.values(input.limits).some(limits => limits.length > 0)
  const rows = limited ? await claimInTurn(db, input) : await claim(db, input, input.free)
  const [first] = rows
  return {
    items: rows.filter((row): row is Row & Claimed => row.id !== null),
    more: first?.more ?? false,
    nextItemAt: first?.nextItemAt ?? undefined,
    nextTimerAt: first?.nextTimerAt ?? undefined,
  }
}

/** The lock is its own statement, so that the next one sees what the holder before has committed. */
async function claimInTurn(db: postgres.Sql, input: ClaimInput): Promise<Row[]> {
  const results = await db.begin(tx => [
    tx`select pg_advisory_xact_lock(hashtext(${LOCK}))`.then((): Row[] => []),
    claim(tx, input, WINDOW).then((rows): Row[] => rows),
  ])
  return results.flat()
}

type Row = { [Field in keyof Claimed]: Claimed[Field] | null } & {
  more: boolean
  nextItemAt: Date | null
  nextTimerAt: Date | null
}

/** Always answers at least one row, for the sake of `more` and the next instants. */
function claim(db: Sql, { limits, free, now, until }: ClaimInput, window: number) {
  const lease = crypto.randomUUID()
  const functions = Object.keys(limits)
  const allowed = asParameter(db, limits)
  return db<Row[]>`
    with busy as (
      select key, count(*)::int as calls from engine.items, unnest(keys) as key
      where lease is not null and at > ${now} group by key
    ), candidate as (
      select item.id, item.at, item.keys, item.function_id from engine.items item
      where item.at <= ${now} and item.function_id = any(${functions}) and not exists (
        select 1 from unnest(item.keys) with ordinality as held (key, n) join busy using (key)
        where busy.calls >= (${allowed}::json -> item.function_id ->> (held.n::int - 1))::int
      )
      order by item.at, item.id limit ${window} for update of item skip locked
    ), place as (
      select candidate.id, (${allowed}::json -> candidate.function_id ->> (held.n::int - 1))::int as allowed,
        coalesce(busy.calls, 0) + row_number() over (partition by held.key order by candidate.at, candidate.id) as place
      from candidate, unnest(candidate.keys) with ordinality as held (key, n) left join busy using (key)
    ), chosen as (
      select id, at as due from candidate
      where not exists (select 1 from place where place.id = candidate.id and place.place > place.allowed)
      order by at, id limit ${free}
    ), claimed as (
      update engine.items item set lease = ${lease}, at = ${until} from chosen where item.id = chosen.id
      returning item.*, chosen.due
    )
    select claimed.id, claimed.lease, claimed.run_id as "runId", claimed.function_id as "functionId",
      claimed.step_id as "stepId", claimed.kind, claimed.name, claimed.attempt, claimed.race,
      run.events, run.pending, done.steps, done.stack,
      exists (select 1 from engine.items item where item.at <= ${now} and item.function_id = any(${functions})
        and item.id not in (select id from chosen)) as more,
      (select min(at) from engine.items where at > ${now}) as "nextItemAt",
      (select min(due_at) from engine.timers) as "nextTimerAt"
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
