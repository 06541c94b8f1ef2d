/** The ledger and its dead letters, as people look at them. */
import type { Queryable, Tx } from './client.ts'

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

export type DeadLetterRow = {
  id: string
  workspaceId: string | null
  kind: 'webhook item' | 'push' | 'function'
  deliveryId: string | null
  connectionId: string | null
  place: string
  cause: string
  item: unknown
  createdAt: Date
  replayedAt: Date | null
  replays: number
}

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

/** It failed as before. */
export function putBackDeadLetter(tx: Tx, id: string) {
  return tx`update dead_letters set replayed_at = null where id = ${id}`
}
