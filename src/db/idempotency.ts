/** Answers kept for requests that are made again under the same key. */
import type { Queryable, Tx } from './client.ts'

export type KeptAnswer = { status: number; contentType: string; body: string }

export type Taken =
  /** The first: it is to be answered. */
  { kind: 'first' } | { kind: 'again'; answer: KeptAnswer } | { kind: 'in hand' } | { kind: 'other request' }

/** One whose process died holding it is free again after this time. */
const IN_HAND_MS = 60_000

/** An answer is kept this long. */
export const KEPT_MS = 24 * 3_600_000

/** Takes the key for a request; of two at once one is the first. */
export async function takeIdempotencyKey(
  tx: Tx,
  { workspaceId, caller, key, requestHash }: { workspaceId: string; caller: string; key: string; requestHash: string },
  now: Date,
): Promise<Taken> {
  const [abandoned, over] = [new Date(now.getTime() - IN_HAND_MS), new Date(now.getTime() - KEPT_MS)]
  const taken = await tx`
    insert into idempotency_keys as k (workspace_id, caller, key, request_hash, created_at)
    values (${workspaceId}, ${caller}, ${key}, ${requestHash}, ${now})
    on conflict (workspace_id, caller, key) do update
      set created_at = ${now}, request_hash = ${requestHash}, status = null, content_type = null, body = null
      where k.created_at < ${over} or (k.status is null and k.created_at < ${abandoned})
    returning 1`
  if (taken.length > 0) return { kind: 'first' }
  const [row] = await tx<{ requestHash: string; status: number | null; contentType: string; body: string }[]>`
    select request_hash, status, content_type, body from idempotency_keys where caller = ${caller} and key = ${key}`
  if (!row) return { kind: 'in hand' }
  if (row.requestHash !== requestHash) return { kind: 'other request' }
  if (row.status === null) return { kind: 'in hand' }
  const { status, contentType, body } = row
  return { kind: 'again', answer: { status, contentType, body } }
}

export function keepAnswer(tx: Tx, caller: string, key: string, { status, contentType, body }: KeptAnswer) {
  return tx`
    update idempotency_keys set status = ${status}, content_type = ${contentType}, body = ${body}
    where caller = ${caller} and key = ${key}`
}

/** What failed on our side may be tried again. */
export function freeIdempotencyKey(tx: Tx, caller: string, key: string) {
  return tx`delete from idempotency_keys where caller = ${caller} and key = ${key} and status is null`
}

/** Of all workspaces: those that are over. */
export function forgetIdempotencyKeys(sql: Queryable, now: Date) {
  return sql`select forget_idempotency_keys(${new Date(now.getTime() - KEPT_MS)})`
}
