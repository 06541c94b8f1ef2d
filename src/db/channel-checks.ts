/** Checks of numbers: what the last one found, and what the rows at hand say. */
import type { AccountNews } from '../core/channel-observations.ts'
import type { Queryable } from './client.ts'

export type ChannelCheckRow = { channelId: string; workspaceId: string; checkedAt: Date; checks: unknown }

export function saveChannelCheck(sql: Queryable, row: ChannelCheckRow) {
  return sql`
    insert into channel_checks (channel_id, workspace_id, checked_at, checks)
    values (${row.channelId}, ${row.workspaceId}, ${row.checkedAt}, ${sql.json(row.checks as never)})
    on conflict (channel_id) do update set checked_at = excluded.checked_at, checks = excluded.checks
      where channel_checks.checked_at <= excluded.checked_at`
}

export function lastChannelChecks(sql: Queryable, channelIds: string[]) {
  return sql<ChannelCheckRow[]>`select * from channel_checks where channel_id = any(${channelIds}::uuid[])`
}

/** The last message of a customer, and the templates of the account by their state. */
export async function channelFacts(sql: Queryable, { id, wabaId }: { id: string; wabaId: string }) {
  const [row] = await sql<
    { lastInboundAt: Date | null; approved: number; paused: number; disabled: number; rejected: number }[]
  >`
    select (select max(last_inbound_at) from conversations where channel_id = ${id}) as last_inbound_at,
      count(*) filter (where status in ('approved', 'flagged'))::integer as approved,
      count(*) filter (where status = 'paused')::integer as paused,
      count(*) filter (where status = 'disabled')::integer as disabled,
      count(*) filter (where status = 'rejected')::integer as rejected
    from templates where waba_id = ${wabaId} and deleted_at is null`
  if (!row) throw new Error('A count has a row')
  const { lastInboundAt, ...templates } = row
  return { lastInboundAt, templates }
}

export type ChannelNews = AccountNews & { channelId: string }

/** Of each kind of trouble that Meta told of these numbers, the newest. */
export function accountNews(sql: Queryable, channelIds: string[]) {
  return sql<ChannelNews[]>`
    select distinct on (channel_id, event) channel_id, event, at, data from channel_events
    where channel_id = any(${channelIds}::uuid[]) and field = 'account_update'
      and event in ('ACCOUNT_RESTRICTION', 'ACCOUNT_VIOLATION', 'DISABLED_UPDATE')
    order by channel_id, event, at desc, id desc`
}

/** What Meta last said of each number's quality, limit and name, and when. */
export function newestHealth(sql: Queryable, channelIds: string[]) {
  return sql<{ channelId: string; key: string; value: string; at: Date }[]>`
    select distinct on (e.channel_id, h.key) e.channel_id, h.key, h.value, e.at
    from channel_events e, jsonb_each_text(coalesce(nullif(e.health, 'null'), '{}')) h
    where e.channel_id = any(${channelIds}::uuid[])
    order by e.channel_id, h.key, e.at desc, e.id desc`
}
