import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type QuickReplyRow = {
  id: string
  workspaceId: string
  shortcut: string
  title: string
  category: string | null
  language: string
  body: string
  uses: number
  lastUsedAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** The most used first. */
export function listQuickReplies(
  sql: Queryable,
  filter: { language?: string | undefined; category?: string | undefined },
) {
  return sql<QuickReplyRow[]>`
    select * from quick_replies where true ${filter.language ? sql`and language = ${filter.language}` : sql``}
      ${filter.category ? sql`and category = ${filter.category}` : sql``}
    order by uses desc, shortcut, id limit 1000`
}

export async function quickReplyById(sql: Queryable, id: string) {
  const [row] = await sql<QuickReplyRow[]>`select * from quick_replies where id = ${id}`
  return row
}

export function saveQuickReply(tx: Tx, row: QuickReplyRow) {
  return tx`
    insert into quick_replies select * from jsonb_populate_recordset(null::quick_replies, ${jsonRows(tx, [row])})
    on conflict (id) do update set shortcut = excluded.shortcut, title = excluded.title, category = excluded.category,
      language = excluded.language, body = excluded.body, updated_at = excluded.updated_at`
}

export function deleteQuickReply(tx: Tx, id: string) {
  return tx`delete from quick_replies where id = ${id}`
}

export function countUse(tx: Tx, id: string, at: Date) {
  return tx`update quick_replies set uses = uses + 1, last_used_at = ${at} where id = ${id}`
}

/** What the words in braces stand for, on this ticket. */
export async function quickReplyValues(sql: Queryable, ticketId: string) {
  const [row] = await sql<
    {
      contact: string | null
      phone: string | null
      number: number
      subject: string
      channel: string
      workspace: string
    }[]
  >`
    select c.name as contact, c.phone, t.number, t.subject, ch.name as channel, w.name as workspace
    from tickets t join contacts c on c.id = t.contact_id join channels ch on ch.id = t.channel_id
    join workspaces w on w.id = t.workspace_id where t.id = ${ticketId}`
  return row
}
