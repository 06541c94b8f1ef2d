/** The allowance of a connection's calls, shared by all processes, and which flush works on it. */
import type { Queryable, Tx } from './client.ts'

export type Taken = { allowed: boolean; retryAt: Date | null; why: 'quiet' | 'daily' | 'window' | null }

export type CallLimits = {
  connectionId: string
  workspaceId: string
  /** Of the vendor, until its headers say otherwise. */
  max: number
  intervalMs: number
  daily: number | null
  /** The vendor counts the last 24 hours instead of days. */
  isRolling: boolean
  /** What part of the window and of the day's budget may be used up: core/lane. */
  share: number
  dailyShare: number
}

/** Takes one call from the allowance, or says when to ask again. See the migrations for how the window and the day roll. */
export async function takeCall(tx: Tx, limits: CallLimits, now: Date): Promise<Taken> {
  const take = limits.isRolling ? tx`take_rolling_call` : tx`take_call`
  const [row] = await tx<Taken[]>`
    select allowed, retry_at, why from ${take}(${limits.connectionId}, ${limits.workspaceId}, ${limits.max},
      ${limits.intervalMs}, ${limits.daily}::integer, ${limits.share}, ${limits.dailyShare}, ${now})`
  if (!row) throw new Error('The limiter gave no answer')
  return row
}

/** Of an app or a robot by which many connect; `key` is the hash of what only they have. */
export type SharedLimits = { key: string; max: number; intervalMs: number; share: number }

/** Takes one call from what all of them have together, in any workspace. */
export async function takeSharedCall(tx: Tx, limits: SharedLimits, now: Date): Promise<Omit<Taken, 'why'>> {
  const { key, max, intervalMs, share } = limits
  const [row] = await tx<Omit<Taken, 'why'>[]>`
    select allowed, retry_at from take_shared_call(${key}, ${max}, ${intervalMs}, ${share}, ${now})`
  if (!row) throw new Error('The limiter gave no answer')
  return row
}

export type Heard = {
  max: number | null
  intervalMs: number | null
  remaining: number | null
  dailyMax: number | null
  dailyRemaining: number | null
}

/** What the vendor's headers said: the allowance follows them. Calls we know nothing of are counted as made just now. */
export function feedLimiter(sql: Queryable, connectionId: string, heard: Heard) {
  const { max, intervalMs, remaining, dailyMax, dailyRemaining } = heard
  return sql`
    update limiters l set max = coalesce(${max}::integer, max), interval_ms = coalesce(${intervalMs}::integer, interval_ms),
      daily_max = coalesce(${dailyMax}::integer, daily_max),
      daily_used = coalesce(coalesce(${dailyMax}::integer, daily_max) - ${dailyRemaining}::integer, daily_used),
      slots = case when ${remaining}::integer is null or cardinality(slots) <> 11 then slots
        else array[slots[1] + greatest(0, coalesce(${max}::integer, max) - ${remaining}::integer
          - (select sum(s) from unnest(slots) s)::integer)] || slots[2:11] end
    where connection_id = ${connectionId}`
}

/** The vendor asked for quiet, which holds for all processes and lanes. */
export function quietLimiter(sql: Queryable, connectionId: string, until: Date) {
  return sql`
    update limiters set blocked_until = greatest(coalesce(blocked_until, ${until}), ${until})
    where connection_id = ${connectionId}`
}

export type LimiterRow = {
  max: number
  intervalMs: number
  used: number
  blockedUntil: Date | null
  dailyMax: number | null
  dailyUsed: number
  dailyShare: number
  day: string | null
}

/** Null before the first call. `used` is as of the last call. */
export async function limiterOf(sql: Queryable, connectionId: string): Promise<LimiterRow | null> {
  const [row] = await sql<LimiterRow[]>`
    select max, interval_ms, used, blocked_until, daily_max, daily_used, daily_share, day::text from limiters
    where connection_id = ${connectionId}`
  return row ?? null
}

/** How much of the day's allowance the hub may use; percent. */
export function setDailyShare(
  tx: Tx,
  limits: { connectionId: string; workspaceId: string; max: number; intervalMs: number },
  share: number,
  now: Date,
) {
  return tx`
    insert into limiters (connection_id, workspace_id, window_started_at, used, max, interval_ms, daily_share)
    values (${limits.connectionId}, ${limits.workspaceId}, ${now}, 0, ${limits.max}, ${limits.intervalMs}, ${share})
    on conflict (connection_id) do update set daily_share = excluded.daily_share`
}

/** Calls since then, for the pace of the last hours. */
export async function callsSince(sql: Queryable, connectionId: string, since: Date): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from attempts where connection_id = ${connectionId} and at >= ${since}`
  return row?.count ?? 0
}

/** The fence of the lease, or null while another flush holds it. */
export async function takeLease(
  tx: Tx,
  lease: { connectionId: string; workspaceId: string },
  now: Date,
  until: Date,
): Promise<number | null> {
  const [row] = await tx<{ fence: string }[]>`
    insert into flush_leases as l (connection_id, workspace_id, fence, until)
    values (${lease.connectionId}, ${lease.workspaceId}, 1, ${until})
    on conflict (connection_id) do update set fence = l.fence + 1, until = excluded.until where l.until <= ${now}
    returning fence`
  return row ? Number(row.fence) : null
}

/** When the lease of another ends. */
export async function leaseEnd(sql: Queryable, connectionId: string): Promise<Date | null> {
  const [row] = await sql<{ until: Date }[]>`select until from flush_leases where connection_id = ${connectionId}`
  return row?.until ?? null
}

/** Makes it last until then, and holds the row to the end of the transaction. False: another flush has taken over. */
export async function holdLease(tx: Tx, connectionId: string, fence: number, until: Date): Promise<boolean> {
  const rows = await tx`
    update flush_leases set until = greatest(until, ${until})
    where connection_id = ${connectionId} and fence = ${fence} returning 1`
  return rows.length > 0
}

/** Over: the next flush need not wait. */
export function endLease(tx: Tx, connectionId: string, fence: number, now: Date) {
  return tx`update flush_leases set until = ${now} where connection_id = ${connectionId} and fence = ${fence}`
}
