/** What the provider tells of numbers: kept as it came, and what it changes of the number. */
import type { ChannelEvent } from '../core/channel.ts'
import type { Channel } from './channels.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

/** The numbers of these accounts that an app may speak for, the first connected first. */
export type AccountChannel = Channel & { wabaId: string; displayPhoneNumber: string | null }

export function findAccountChannels(sql: Queryable, appKey: string, wabaIds: string[]) {
  return sql<AccountChannel[]>`
    select id, workspace_id, phone_number_id, waba_id, display_phone_number
    from find_account_channels(${appKey}, ${wabaIds}::text[])`
}

export type ChannelEventRow = ChannelEvent & {
  id: string
  workspaceId: string
  channelId: string
  deliveryId: string
  place: string
  recordedAt: Date
}

/**
 * Stores them, each once, and moves the numbers to what the newest of each kind says: an older event that comes late
 * changes nothing, nor does one that comes again. A token that was refused, or a pause, stays what it is.
 */
export function applyChannelEvents(tx: Tx, rows: ChannelEventRow[]) {
  return tx`
    with told as (
      insert into channel_events select * from jsonb_populate_recordset(null::channel_events, ${jsonRows(tx, rows)})
      on conflict do nothing returning channel_id, event, at, id, health
    ), newest as (
      select distinct on (t.channel_id, h.key) t.channel_id, h.key, h.value, t.event
      from told t, jsonb_each_text(coalesce(nullif(t.health, 'null'), '{}')) h
      where not exists (
        select 1 from channel_events e where e.channel_id = t.channel_id and e.health ? h.key and e.at > t.at
      )
      order by t.channel_id, h.key, t.at desc, t.id desc
    ), health as (
      select channel_id, jsonb_object_agg(key, value) as said,
        max(event) filter (where key = 'state') as reason from newest group by channel_id
    )
    update channels c
    set quality = coalesce(h.said->>'quality', c.quality),
      messaging_limit = coalesce(h.said->>'messagingLimit', c.messaging_limit),
      verified_name = coalesce(h.said->>'verifiedName', c.verified_name),
      per_second = coalesce((h.said->>'perSecond')::integer, c.per_second),
      state = case
        when h.said->>'state' = 'disconnected' then 'disconnected'
        when h.said->>'state' = 'connected' and c.state = 'disconnected' then 'unchecked'
        else c.state end,
      state_reason = case
        when h.said->>'state' = 'disconnected' or (h.said->>'state' = 'connected' and c.state = 'disconnected')
        then h.reason else c.state_reason end
    from health h where c.id = h.channel_id`
}

/** The newest first. */
export function listChannelEvents(sql: Queryable, channelId: string, limit: number) {
  return sql<ChannelEventRow[]>`
    select * from channel_events where channel_id = ${channelId} order by at desc, id desc limit ${limit}`
}
