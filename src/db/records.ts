/** Our records as connectors see them, read live at push time. */
import type { ContactRecord } from '../core/contact.ts'
import type { MessageKind, MessageRecord } from '../core/message.ts'
import { type TicketRecord, ticketNumber } from '../core/ticket.ts'
import type { Queryable } from './client.ts'

/** One that was merged into another is no record of ours any more. */
export function contactRecords(sql: Queryable, ids: string[]) {
  return sql<ContactRecord[]>`
    select id, name, phone, wa_key, email, category, tags from contacts
    where id = any(${ids}::uuid[]) and merged_into is null`
}

export async function ticketRecords(sql: Queryable, ids: string[]): Promise<TicketRecord[]> {
  const rows = await sql<(Omit<TicketRecord, 'number'> & { number: number })[]>`
    select t.id, t.number, t.subject, t.state, t.priority, a.email as owner_email, t.tags, t.contact_id, t.opened_at
    from tickets t left join agents a on a.id = t.owner_id where t.id = any(${ids}::uuid[])`
  return rows.map(row => ({ ...row, number: ticketNumber(row.number) }))
}

export type MessageFacts = Omit<MessageRecord, 'source' | 'language'> & {
  kind: MessageKind
  content: Record<string, unknown> | null
  failureCode: string | null
  sourceConnectionId: string | null
  sourceRemoteId: string | null
}

/** In the order of their provider time. */
export function messageFacts(sql: Queryable, ids: string[]) {
  return sql<MessageFacts[]>`
    select m.id, m.ticket_id, m.contact_id, m.direction, m.origin, m.kind, m.content,
      coalesce(m.author_name, case when m.direction = 'in' then c.name end) as author_name,
      m.text, m.provider_at as at, m.status, m.failure_code, m.failure_reason, m.source_connection_id, m.source_remote_id
    from messages m join contacts c on c.id = m.contact_id
    where m.id = any(${ids}::uuid[]) order by m.provider_at, m.id`
}
