import { type MessageStatus, messageStatuses } from '../core/message.ts'
import type { Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type StatusRow = {
  id: string
  workspaceId: string
  channelId: string
  wamid: string
  callbackMessageId: string | null
  status: string
  participant: string
  providerAt: Date
  errorCode: string | null
  errorText: string | null
  recordedAt: Date
}

export function insertStatuses(tx: Tx, rows: StatusRow[]) {
  return tx`
    insert into statuses (id, workspace_id, channel_id, wamid, callback_message_id, status, participant, provider_at,
      error_code, error_text, recorded_at)
    select id, workspace_id, channel_id, wamid, callback_message_id, status, participant, provider_at,
      error_code, error_text, recorded_at
    from jsonb_populate_recordset(null::statuses, ${jsonRows(tx, rows)})
    on conflict do nothing`
}

type Advance = {
  channelId: string
  wamid: string
  callbackMessageId: string | null
  status: MessageStatus
  errorCode: string | null
  errorText: string | null
}

/** Moves messages on, never back: the order of `messageStatuses` decides. Messages not known yet are left out. */
export function advanceMessages(tx: Tx, rows: Advance[]) {
  return tx<{ id: string }[]>`
    update messages m
    set status = r.status, wamid = coalesce(m.wamid, r.wamid), failure_code = r.error_code,
      failure_reason = case when r.status = 'failed' then coalesce(r.error_text, '') end
    from jsonb_to_recordset(${jsonRows(tx, rows)})
      as r (channel_id uuid, wamid text, callback_message_id uuid, status text, error_code text, error_text text)
    where m.direction = 'out'
      and m.id = coalesce(
        (select id from messages w where w.channel_id = r.channel_id and w.wamid = r.wamid),
        (select id from messages c where c.id = r.callback_message_id and c.channel_id = r.channel_id))
      and array_position(${messageStatuses as readonly string[] as string[]}::text[], m.status)
        < array_position(${messageStatuses as readonly string[] as string[]}::text[], r.status)
    returning m.id`
}

/** What the provider has already said of a message whose id we only now know. */
export async function statusesOf(tx: Tx, channelId: string, wamid: string) {
  return tx<{ status: MessageStatus; errorCode: string | null; errorText: string | null }[]>`
    select status, error_code, error_text from statuses where channel_id = ${channelId} and wamid = ${wamid}`
}
