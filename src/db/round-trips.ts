/** Records that both sides write in turn, and those of which nothing is told until a person says so. */
import type { Actor } from '../core/actor.ts'
import type { HeldReason } from '../core/held.ts'
import type { Queryable, Tx } from './client.ts'
import type { OutboxKind } from './outbox.ts'
import { jsonRows } from './rows.ts'

export type RoundTripRow = {
  id: string
  workspaceId: string
  connectionId: string
  kind: OutboxKind
  recordId: string
  trips: number
  since: Date
  lastAt: Date
  fields: Record<string, { said: string | null; became: string | null }>
  heldAt: Date | null
  reason: HeldReason
  releasedAt: Date | null
  releasedBy: Actor | null
}

export type NewTrip = Pick<RoundTripRow, 'id' | 'workspaceId' | 'connectionId' | 'kind' | 'recordId' | 'fields'>

/** Counts one more of each; those that were `limit` within `windowMs` are held from now on. Answers the held. */
export async function noteTrips(
  tx: Tx,
  rows: NewTrip[],
  { limit, windowMs, now }: { limit: number; windowMs: number; now: Date },
): Promise<Set<string>> {
  const cutoff = new Date(now.getTime() - windowMs)
  const noted = await tx<{ recordId: string; heldAt: Date | null }[]>`
    insert into round_trips as t (id, workspace_id, connection_id, kind, record_id, trips, since, last_at, fields)
    select r.id, r.workspace_id, r.connection_id, r.kind, r.record_id, 1, ${now}, ${now}, r.fields
    from jsonb_populate_recordset(null::round_trips, ${jsonRows(tx, rows)}) r
    on conflict (connection_id, kind, record_id) do update set last_at = excluded.last_at, fields = excluded.fields,
      reason = 'rewritten',
      trips = case when t.since > ${cutoff} then t.trips + 1 else 1 end,
      since = case when t.since > ${cutoff} then t.since else excluded.since end,
      held_at = case when t.since > ${cutoff} and t.trips + 1 >= ${limit} then ${now}::timestamptz end
    returning record_id, held_at`
  return new Set(noted.flatMap(({ recordId, heldAt }) => (heldAt ? [recordId] : [])))
}

/**
 * Whom the CRM erased, each from now on. One who was released after that stays so: the news of it came late, or again. Answers
 * the pairs that are held by it.
 */
export function holdErased(
  tx: Tx,
  rows: Pick<RoundTripRow, 'id' | 'workspaceId' | 'connectionId' | 'kind' | 'recordId'>[],
  { at, now }: { at: Date; now: Date },
) {
  return tx<{ id: string; recordId: string }[]>`
    insert into round_trips as t (id, workspace_id, connection_id, kind, record_id, trips, since, last_at, fields, held_at,
      reason)
    select r.id, r.workspace_id, r.connection_id, r.kind, r.record_id, 0, ${at}, ${at}, '{}', ${now}, 'erased'
    from jsonb_populate_recordset(null::round_trips, ${jsonRows(tx, rows)}) r
    on conflict (connection_id, kind, record_id) do update set since = excluded.since, last_at = excluded.last_at,
      trips = 0, fields = '{}', held_at = coalesce(t.held_at, excluded.held_at), reason = 'erased'
    where t.released_at is null or t.released_at < ${at}
    returning id, record_id`
}

/** What of these somebody has to release first; what hangs on a contact who was erased there is held with them. */
export async function heldRecords(
  sql: Queryable,
  connectionId: string,
  kind: OutboxKind,
  recordIds: string[],
): Promise<Map<string, HeldReason>> {
  const hanging =
    kind === 'contact'
      ? sql``
      : sql`
        union all
        select r.id, t.reason from ${kind === 'ticket' ? sql`tickets` : sql`messages`} r
        join round_trips t on t.connection_id = ${connectionId} and t.kind = 'contact' and t.record_id = r.contact_id
        where r.id = any(${recordIds}::uuid[]) and t.held_at is not null and t.reason = 'erased'`
  const rows = await sql<{ recordId: string; reason: HeldReason }[]>`
    select record_id, reason from round_trips
    where connection_id = ${connectionId} and kind = ${kind} and record_id = any(${recordIds}::uuid[])
      and held_at is not null ${hanging}`
  return new Map(rows.map(({ recordId, reason }) => [recordId, reason]))
}

/** Those held, the latest first. */
export function listHeldPairs(
  sql: Queryable,
  connectionId: string | null,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<(RoundTripRow & { heldAt: Date })[]>`
    select * from round_trips where held_at is not null
      ${connectionId ? sql`and connection_id = ${connectionId}` : sql``}
      ${page.after ? sql`and (held_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by held_at desc, id desc limit ${page.limit}`
}

export async function countHeldPairs(sql: Queryable, connectionId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from round_trips where connection_id = ${connectionId} and held_at is not null`
  return row?.count ?? 0
}

export async function roundTripById(sql: Queryable, id: string): Promise<RoundTripRow | undefined> {
  const [row] = await sql<RoundTripRow[]>`select * from round_trips where id = ${id}`
  return row
}

/** Counted from the beginning. Nothing where the pair is not held any more. */
export async function releasePair(tx: Tx, id: string, by: Actor, now: Date): Promise<RoundTripRow | undefined> {
  const [row] = await tx<RoundTripRow[]>`
    update round_trips set held_at = null, trips = 0, since = ${now}, released_at = ${now},
      released_by = ${tx.json(by as never)}
    where id = ${id} and held_at is not null returning *`
  return row
}
