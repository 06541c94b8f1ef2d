/** Our records as connectors see them, read live at push time. */
import type { ContactRecord } from '../core/contact.ts'
import type { MessageKind, MessageRecord } from '../core/message.ts'
import { type TicketRecord, ticketNumber } from '../core/ticket.ts'
import { WINDOW_MS } from '../core/window.ts'
import type { Queryable } from './client.ts'

type WithActivity<R> = Omit<R, 'activity'> & {
  lastMessageAt: Date | null
  lastInboundAt: Date | null
  channelName: string | null
}

/** One that was merged into another is no record of ours any more. */
export async function contactRecords(sql: Queryable, ids: string[]): Promise<ContactRecord[]> {
  const rows = await sql<(WithActivity<ContactRecord> & { openNumber: number | null })[]>`
    select c.id, c.name, c.phone, c.wa_key, c.email, c.category, c.tags, c.custom,
      (select max(provider_at) from messages where contact_id = c.id) as last_message_at,
      (select max(last_inbound_at) from conversations where contact_id = c.id) as last_inbound_at,
      (select h.name from conversations v join channels h on h.id = v.channel_id where v.contact_id = c.id
        order by v.created_at, v.id limit 1) as channel_name,
      (select max(number) from tickets where contact_id = c.id and state <> 'resolved') as open_number
    from contacts c where c.id = any(${ids}::uuid[]) and c.merged_into is null`
  return rows.map(({ lastMessageAt, lastInboundAt, channelName, openNumber, ...row }) => ({
    ...row,
    activity: {
      ...{ lastMessageAt, windowUntil: windowEnd(lastInboundAt), channel: channelName },
      openTicket: openNumber === null ? null : ticketNumber(openNumber),
    },
  }))
}

export async function ticketRecords(sql: Queryable, ids: string[]): Promise<TicketRecord[]> {
  const rows = await sql<
    (WithActivity<Omit<TicketRecord, 'number'>> & { number: number; contactPhone: string | null })[]
  >`
    select t.id, t.number, t.subject, t.state, t.priority, a.email as owner_email, t.tags, t.contact_id, t.opened_at,
      t.custom, (select max(provider_at) from messages where ticket_id = t.id) as last_message_at, v.last_inbound_at,
      h.name as channel_name, c.phone as contact_phone
    from tickets t left join agents a on a.id = t.owner_id left join conversations v on v.id = t.conversation_id
      left join channels h on h.id = t.channel_id left join contacts c on c.id = t.contact_id
    where t.id = any(${ids}::uuid[])`
  return rows.map(({ lastMessageAt, lastInboundAt, channelName, contactPhone, ...row }) => ({
    ...row,
    number: ticketNumber(row.number),
    activity: {
      ...{ lastMessageAt, windowUntil: windowEnd(lastInboundAt), channel: channelName, phone: contactPhone },
    },
  }))
}

function windowEnd(lastInboundAt: Date | null): Date | null {
  return lastInboundAt && new Date(lastInboundAt.getTime() + WINDOW_MS)
}

export type MessageFacts = Omit<MessageRecord, 'source' | 'language'> & {
  kind: MessageKind
  content: Record<string, unknown> | null
  failureCode: string | null
  sourceConnectionId: string | null
  sourceRemoteId: string | null
}

/** Notes by their ids, as what is said on a ticket in private. */
export function noteFacts(sql: Queryable, ids: string[]) {
  return sql<(Omit<MessageFacts, 'isNote'> & { isNote: true })[]>`
    select n.id, n.ticket_id, t.contact_id, 'out' as direction, 'agent' as origin, 'text' as kind, null as content, n.author_name,
      n.text, n.created_at as at, 'sent' as status, null as failure_code, null as failure_reason,
      null as source_connection_id, null as source_remote_id, g.email as author_email, null as file_id, true as is_note
    from notes n join tickets t on t.id = n.ticket_id left join agents g on g.id = (n.author ->> 'agentId')::uuid
    where n.id = any(${ids}::uuid[]) order by n.created_at, n.id`
}

/** In the order of their provider time. */
export function messageFacts(sql: Queryable, ids: string[]) {
  return sql<MessageFacts[]>`
    select m.id, m.ticket_id, m.contact_id, m.direction, m.origin, m.kind, m.content,
      coalesce(m.author_name, case when m.direction = 'in' then c.name end) as author_name,
      m.text, m.provider_at as at, m.status, m.failure_code, m.failure_reason, m.source_connection_id, m.source_remote_id,
      g.email as author_email, f.id as file_id, jsonb_build_object('contactName', c.name, 'phone', c.phone, 'ticketNumber', 'BZ-' || t.number) as about
    from messages m join contacts c on c.id = m.contact_id left join agents g on g.id = m.author_id
      left join tickets t on t.id = m.ticket_id left join media f on f.message_id = m.id and f.state = 'stored'
    where m.id = any(${ids}::uuid[]) order by m.provider_at, m.id`
}
