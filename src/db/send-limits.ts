/** Allowances to send, shared by all processes: a row for each number, and one for each customer of it. */
import type { SendLimit, SendPace } from '../core/send-limits.ts'
import type { Queryable, Tx } from './client.ts'

type Key = { id: string; workspaceId: string }

/**
 * Takes one message from the allowance, in one statement for all who ask at the same time. Null when taken; otherwise when
 * to ask again.
 */
export async function takeSend(tx: Tx, key: Key, pace: SendPace, now: Date): Promise<Date | null> {
  const interval = tx`${pace.intervalMs}::float8 * interval '1 millisecond'`
  const borrowed = tx`${pace.intervalMs * (pace.burst - 1)}::float8 * interval '1 millisecond'`
  const taken = await tx`
    insert into send_limits as l (id, workspace_id, paid_at, refusals)
    values (${key.id}, ${key.workspaceId}, ${now}::timestamptz + ${interval}, 0)
    on conflict (id) do update set paid_at = greatest(l.paid_at, ${now}) + ${interval}
      where l.paid_at <= ${now}::timestamptz + ${borrowed} and coalesce(l.blocked_until <= ${now}, true)
    returning id`
  if (taken.length > 0) return null
  const [row] = await tx<{ freeAt: Date }[]>`
    select greatest(paid_at - ${borrowed}, blocked_until) as free_at from send_limits where id = ${key.id}`
  return row?.freeAt ?? now
}

/** Gives back what was taken and not used. */
export function returnSend(tx: Tx, id: string, { intervalMs }: SendPace) {
  return tx`update send_limits set paid_at = paid_at - ${intervalMs}::float8 * interval '1 millisecond' where id = ${id}`
}

export async function sendLimitOf(sql: Queryable, id: string) {
  const [row] = await sql<SendLimit[]>`select blocked_until, refusals, refused_at from send_limits where id = ${id}`
  return row
}

/** The row, made where there was none; others wait until it is saved. */
export async function lockSendLimit(tx: Tx, key: Key, now: Date): Promise<SendLimit> {
  await tx`
    insert into send_limits (id, workspace_id, paid_at, refusals) values (${key.id}, ${key.workspaceId}, ${now}, 0)
    on conflict do nothing`
  const [row] = await tx<SendLimit[]>`
    select blocked_until, refusals, refused_at from send_limits where id = ${key.id} for update`
  if (!row) throw new Error('The limit is not there')
  return row
}

export function saveSendLimit(tx: Tx, id: string, { blockedUntil, refusals, refusedAt }: SendLimit) {
  return tx`
    update send_limits set blocked_until = ${blockedUntil}, refusals = ${refusals}, refused_at = ${refusedAt}
    where id = ${id}`
}

/** A message went through. */
export function forgetRefusals(tx: Tx, id: string) {
  return tx`update send_limits set refusals = 0 where id = ${id} and refusals > 0`
}
