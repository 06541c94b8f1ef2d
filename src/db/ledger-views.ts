/** The ledger and its dead letters, as people look at them. */
import type { Queryable, Tx } from './client.ts'
import type { DeadLetter } from './deliveries.ts'
import type { OutboxKind } from './outbox.ts'

export type DeliveryView = {
  id: string
  source: string
  receivedAt: Date
  processedAt: Date | null
  attempts: number
  lastError: string | null
  bytes: number
}

export function listDeliveries(
  sql: Queryable,
  filter: { pending?: boolean },
  page: { limit: number; after?: { at: Date; id: string } },
) {
  return sql<DeliveryView[]>`
    select id, source, received_at, processed_at, attempts, last_error, octet_length(body) as bytes from deliveries
    where true
      ${filter.pending === undefined ? sql`` : filter.pending ? sql`and processed_at is null` : sql`and processed_at is not null`}
      ${page.after ? sql`and (received_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by received_at desc, id desc limit ${page.limit}`
}

export async function deliveryById(sql: Queryable, id: string) {
  const [row] = await sql<(DeliveryView & { body: string })[]>`
    select id, source, received_at, processed_at, attempts, last_error, octet_length(body) as bytes, body
    from deliveries where id = ${id}`
  return row
}

export type DeadLetterRow = DeadLetter & { createdAt: Date; replayedAt: Date | null; replays: number }

export function listDeadLetters(
  sql: Queryable,
  filter: { replayed?: boolean },
  page: { limit: number; after?: { at: Date; id: string } },
) {
  return sql<DeadLetterRow[]>`
    select * from dead_letters where true
      ${filter.replayed === undefined ? sql`` : filter.replayed ? sql`and replayed_at is not null` : sql`and replayed_at is null`}
      ${page.after ? sql`and (created_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by created_at desc, id desc limit ${page.limit}`
}

/** Marks it as taken up again; nothing where somebody did so before. */
export async function takeDeadLetter(tx: Tx, id: string, now: Date) {
  const [row] = await tx<DeadLetterRow[]>`
    update dead_letters set replayed_at = ${now}, replays = replays + 1 where id = ${id} and replayed_at is null
    returning *`
  return row
}

export async function deadLetterById(sql: Queryable, id: string) {
  const [row] = await sql<DeadLetterRow[]>`select * from dead_letters where id = ${id}`
  return row
}

/** Opens the settled body of a dead letter of this workspace again, so that it can be processed once more. */
export async function reopenDelivery(sql: Queryable, deadLetterId: string, workspaceId: string) {
  const [row] = await sql<{ id: string; source: string; body: string }[]>`
    select id, source, body from reopen_delivery(${deadLetterId}, ${workspaceId})`
  return row
}

export type PushLetter = { id: string; workspaceId: string; place: string; cause: string; item: unknown }

/** Where the letter of a refused push lies: one for each record of a connection. */
export function pushPlace(connectionId: string, kind: OutboxKind, recordId: string): string {
  return `${connectionId} ${kind} ${recordId}`
}

/** A record that is refused again keeps its letter, which is open again. */
export async function storePushLetter(tx: Tx, letter: PushLetter, now: Date): Promise<void> {
  const item = tx.json((letter.item ?? null) as never)
  const cause = letter.cause.slice(0, 4_000)
  const known = await tx`
    update dead_letters set cause = ${cause}, item = ${item}, replayed_at = null
    where kind = 'push' and place = ${letter.place} returning id`
  if (known.length > 0) return
  await tx`
    insert into dead_letters (id, workspace_id, kind, place, cause, item, created_at, replays)
    values (${letter.id}, ${letter.workspaceId}, 'push', ${letter.place}, ${cause}, ${item}, ${now}, 0)`
}

/** The letters nobody has taken up, of these places. */
export function openPushLetters(sql: Queryable, places: string[]) {
  return sql<{ place: string; cause: string }[]>`
    select place, cause from dead_letters
    where kind = 'push' and replayed_at is null and place = any(${places}::text[])`
}

/** Takes up the letters of these places. Returns the places that had one. */
export async function settlePushLetters(tx: Tx, places: string[], now: Date): Promise<string[]> {
  const rows = await tx<{ place: string }[]>`
    update dead_letters set replayed_at = ${now}
    where kind = 'push' and replayed_at is null and place = any(${places}::text[]) returning place`
  return rows.map(row => row.place)
}

/** Takes up the letters of what hangs on these records: the tickets of contacts, the messages of both. */
export function takeDependentLetters(tx: Tx, connectionId: string, kind: OutboxKind, recordIds: string[], now: Date) {
  const owner = kind === 'contact' ? tx`contact_id` : tx`ticket_id`
  return tx<{ kind: OutboxKind; recordId: string }[]>`
    with dependents as (
      select 'message' as kind, id from messages where ${owner} = any(${recordIds}::uuid[])
      ${kind === 'contact' ? tx`union all select 'ticket', id from tickets where contact_id = any(${recordIds}::uuid[])` : tx``}
    )
    update dead_letters l set replayed_at = ${now}, replays = l.replays + 1 from dependents d
    where l.kind = 'push' and l.replayed_at is null and l.place = ${connectionId} || ' ' || d.kind || ' ' || d.id
    returning d.kind, d.id as record_id`
}
