import type { ContactRow, IdentityRow } from './arrivals.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

/** By name, e-mail or any part of a number; newest first. */
export function searchContacts(
  sql: Queryable,
  query: string | null,
  page: { limit: number; after?: { at: Date; id: string } },
) {
  const words = query?.trim() || null
  // A number however it is written: +52 55 1234-5678.
  const digits = words && /^[\d\s()+.-]{3,}$/.test(words) ? words.replace(/\D/g, '') : null
  const like = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return sql<ContactRow[]>`
    select * from contacts where merged_into is null
      ${words ? sql`and (name ilike ${like(words)} or email ilike ${like(words)} ${digits ? sql`or phone like ${like(digits)} or wa_key like ${like(digits)}` : sql``})` : sql``}
      ${page.after ? sql`and (created_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by created_at desc, id desc limit ${page.limit}`
}

export async function contactById(sql: Queryable, id: string) {
  const [row] = await sql<ContactRow[]>`select * from contacts where id = ${id}`
  return row
}

export function contactsById(sql: Queryable, ids: string[]) {
  return sql<ContactRow[]>`select * from contacts where id = any(${ids}::uuid[])`
}

/** For a verb that changes it. */
export async function lockContact(tx: Tx, id: string) {
  const [row] = await tx<ContactRow[]>`select * from contacts where id = ${id} for update`
  return row
}

export function identitiesOfContact(sql: Queryable, contactId: string) {
  return sql<IdentityRow[]>`select * from identities where contact_id = ${contactId} order by created_at, id`
}

/** The contact behind the first of these keys that is known. */
export async function contactOfKeys(sql: Queryable, kind: string, keys: string[]): Promise<string | undefined> {
  const [row] = await sql<{ contactId: string }[]>`
    select contact_id from identities where kind = ${kind} and match_key = any(${keys}::text[])
    order by array_position(${keys}::text[], match_key) limit 1`
  return row?.contactId
}

/** Fills in the names of known people who have none. */
export function nameContacts(tx: Tx, names: { kind: string; matchKey: string; name: string }[], now: Date) {
  return tx`
    update contacts c set name = n.name, name_from = 'address book', updated_at = ${now}, version = c.version + 1
    from jsonb_to_recordset(${jsonRows(tx, names)}) as n (kind text, match_key text, name text)
    join identities i on i.kind = n.kind and i.match_key = n.match_key
    where c.id = i.contact_id and (c.name is null or c.name_from = 'username')`
}
