/** How past tickets came: what rules would have had before them. */
import type { Priority } from '../core/ticket.ts'
import type { Queryable } from './client.ts'

export type PastTicket = {
  id: string
  number: number
  openedAt: Date
  channelId: string
  teamId: string | null
  priority: Priority
  tags: string[]
  slaPolicyId: string | null
  contactId: string
  name: string | null
  phone: string | null
  email: string | null
  category: 'standard' | 'vip'
  contactTags: string[]
  text: string
  content: Record<string, unknown> | null
  at: Date
  isFirst: boolean
}

/** Newest first, with the message that opened each. */
export function pastTickets(sql: Queryable, since: Date, limit: number) {
  return sql<PastTicket[]>`
    select t.id, t.number, t.opened_at, t.channel_id, t.team_id, t.priority, t.tags, t.sla_policy_id, t.contact_id,
      p.name, p.phone, p.email, p.category, p.tags as contact_tags, m.text, m.content, m.provider_at as at,
      not exists (select 1 from tickets o where o.conversation_id = t.conversation_id and o.opened_at < t.opened_at) as is_first
    from tickets t join contacts p on p.id = t.contact_id
    cross join lateral (
      select text, content, provider_at from messages
      where conversation_id = t.conversation_id and provider_at >= t.opened_at and direction = 'in'
      order by provider_at, id limit 1
    ) as m
    where t.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid and t.opened_at >= ${since}
    order by t.opened_at desc, t.id desc limit ${limit}`
}

export function crmRecordsOf(sql: Queryable, contactIds: string[]) {
  return sql<{ contactId: string; connectionId: string; values: Record<string, unknown> }[]>`
    select record_id as contact_id, connection_id, base as values from links
    where kind = 'contact' and base is not null and record_id = any(${contactIds}::uuid[])`
}
