/** The ledger of webhook bodies. Its doors are functions of the database, because it is written before the workspace is known. */
import type { Queryable, Tx } from './client.ts'

export type NewDelivery = { id: string; source: string; body: string; workspaceId: string | null }

/** Between bodies that travel as one text. JSON has no raw control characters (RFC 8259), so no body it parts has it. */
const BETWEEN = '\u001e'

/**
 * The ids of bodies that were delivered before; the others are stored. Columns travel joined by a character that no
 * value has, because quoting each value for an array, and unquoting it there, costs more than storing it.
 */
export async function storeDeliveries(sql: Queryable, rows: NewDelivery[], now: Date): Promise<Set<string>> {
  const bodies = rows.map(({ body }) => (body.includes(BETWEEN) ? body.replaceAll(BETWEEN, '\ufffd') : body))
  const known = await sql<{ id: string }[]>`
    select store_deliveries as id from store_deliveries(${rows.map(row => row.id).join()},
      ${rows.map(row => row.source).join()}, ${bodies.join(BETWEEN)},
      ${rows.map(row => row.workspaceId ?? '').join()}, ${now})`
  return new Set(known.map(row => row.id))
}

/** When this very body came in; `hash` is its SHA-256, hex. */
export async function deliveryArrived(sql: Queryable, source: string, hash: string): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`select delivery_arrived(${source}, decode(${hash}, 'hex')) as at`
  return row?.at ?? null
}

export type PendingDelivery = { id: string; source: string; body: string; attempts?: number }

export function pendingDeliveries(sql: Queryable, before: Date, limit: number) {
  return sql<PendingDelivery[]>`select id, source, body, attempts from pending_deliveries(${before}, ${limit}::integer)`
}

/** Locks those still to be processed until the transaction ends. */
export function claimDeliveries(tx: Tx, ids: string[]) {
  return tx<{ id: string }[]>`select claim_deliveries as id from claim_deliveries(${ids}::uuid[])`
}

export function settleDeliveries(sql: Queryable, ids: string[], workspaceId: string | null, now: Date) {
  return sql`select settle_deliveries(${ids}::uuid[], ${workspaceId}::uuid, ${now})`
}

export function deliveriesFailed(sql: Queryable, ids: string[], error: string) {
  return sql`select delivery_failed(${ids}::uuid[], ${error})`
}

export type DeadLetter = {
  id: string
  workspaceId: string | null
  kind: 'webhook item' | 'push'
  deliveryId: string | null
  place: string
  cause: string
  item: unknown
}

export function storeDeadLetter(sql: Queryable, letter: DeadLetter, now: Date) {
  return sql`
    select store_dead_letter(${letter.id}, ${letter.workspaceId}::uuid, ${letter.kind}, ${letter.deliveryId}::uuid,
      ${letter.place}, ${letter.cause}, ${sql.json((letter.item ?? null) as never)}, ${now})`
}

/** What a connection received and nobody has finished with; oldest first. Within the workspace. */
export function pendingOfSource(tx: Tx, source: string, limit: number) {
  return tx<{ id: string; body: string; receivedAt: Date }[]>`
    select id, body, received_at from deliveries where source = ${source} and processed_at is null
    order by received_at, id limit ${limit}`
}
