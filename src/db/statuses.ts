import { type MessageStatus, messageStatuses } from '../core/message.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type StatusRow = {
  id: string
  channelId: string
  wamid: string
  callbackMessageId: string | null
  status: string
  participant: string
  providerAt: Date
  errorCode: string | null
  errorText: string | null
  detail: Record<string, unknown>
}

/**
 * Keeps each once, with all that was said beside it (the price comes with one of several), moves messages on, never back,
 * and tells the connections of those that moved. All in one statement with one parameter: two that are large would wait for
 * one another. In the order of `messageStatuses`; messages not known yet are left out, and that a message failed for one
 * member of a group says nothing of the whole. Rows are written in one order by all, so that nobody waits for who waits for
 * them. Answers with whom it told.
 */
export function applyStatusRows(tx: Tx, workspaceId: string, rows: StatusRow[], now: Date) {
  const order = tx`${messageStatuses as readonly string[] as string[]}::text[]`
  return tx<{ connectionId: string }[]>`
    with given as (
      select * from jsonb_to_recordset(${jsonRows(tx, rows)}) as r (id uuid, channel_id uuid, wamid text,
        callback_message_id uuid, status text, participant text, provider_at timestamptz, error_code text, error_text text,
        detail jsonb)
    ), kept as (
      insert into statuses (id, workspace_id, channel_id, wamid, callback_message_id, status, participant, provider_at,
        error_code, error_text, recorded_at, detail)
      select id, ${workspaceId}, channel_id, wamid, callback_message_id, status, participant, provider_at, error_code,
        error_text, ${now}, detail
      from given order by channel_id, wamid, status, participant
      on conflict (channel_id, wamid, status, participant) do update set detail = excluded.detail || statuses.detail
      where not statuses.detail @> excluded.detail
    ), furthest as (
      select distinct on (channel_id, wamid) * from given where not (status = 'failed' and participant <> '')
      order by channel_id, wamid, array_position(${order}, status) desc
    ), moved as (
      update messages m
      set status = r.status, wamid = coalesce(m.wamid, r.wamid), failure_code = r.error_code,
        failure_reason = case when r.status = 'failed' then coalesce(r.error_text, '') end
      from furthest r
      where m.direction = 'out'
        and m.id = coalesce(
          (select id from messages w where w.channel_id = r.channel_id and w.wamid = r.wamid),
          (select id from messages c where c.id = r.callback_message_id and c.channel_id = r.channel_id))
        and array_position(${order}, m.status) < array_position(${order}, r.status)
      returning m.id
    )
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
    select gen_random_uuid(), ${workspaceId}, c.id, 'message', moved.id, 1, ${now}, ${now}, 0
    from connections c, moved
    on conflict (connection_id, kind, record_id) do update set version = outbox.version + 1, dirty_at = excluded.dirty_at
    returning connection_id`
}

export type ReportedStatus = {
  channelId: string
  wamid: string
  status: MessageStatus
  errorCode: string | null
  errorText: string | null
}

/** What was reported of messages; that it failed for one member of a group says nothing of the whole. */
export function reportedStatuses(tx: Tx, channelIds: string[], wamids: string[]) {
  return tx<ReportedStatus[]>`
    select channel_id, wamid, status, error_code, error_text from statuses
    where channel_id = any(${channelIds}::uuid[]) and wamid = any(${wamids}::text[])
      and not (status = 'failed' and participant <> '')`
}

/** What the provider has already said of a message whose id we only now know. */
export async function statusesOf(tx: Tx, channelId: string, wamid: string) {
  return tx<{ status: MessageStatus; errorCode: string | null; errorText: string | null }[]>`
    select status, error_code, error_text from statuses
    where channel_id = ${channelId} and wamid = ${wamid} and not (status = 'failed' and participant <> '')`
}

/** All that was said of a message, of a group for each of its members too. */
export function allStatuses(sql: Queryable, channelId: string, wamid: string) {
  return sql<Pick<StatusRow, 'status' | 'participant' | 'providerAt' | 'errorCode' | 'errorText'>[]>`
    select status, participant, provider_at, error_code, error_text from statuses
    where channel_id = ${channelId} and wamid = ${wamid} order by provider_at, participant, status`
}
