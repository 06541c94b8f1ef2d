/** What people call records: a contact by name or number, a ticket by number and subject, a message by its first words. */
import type { Queryable } from './client.ts'

/** By id; of records that are there no more, nothing. */
export async function recordLabels(sql: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const rows = await sql<{ id: string; label: string }[]>`
    select id, coalesce(name, phone, '') as label from contacts where id = any(${wanted}::uuid[])
    union all select id, 'BZ-' || number || ' · ' || subject from tickets where id = any(${wanted}::uuid[])
    union all select id, left(text, 80) from messages where id = any(${wanted}::uuid[])`
  return new Map(rows.map(({ id, label }) => [id, label]))
}
