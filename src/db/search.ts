/** What can be found: written behind the inbox, read by words. See `search_words` in the migrations for how words match. */
import type { Sight } from '../core/permissions.ts'
import type { Queryable, Tx } from './client.ts'
import { first } from './rows.ts'
import { inSight } from './sight.ts'

type Fragment = ReturnType<Queryable>

/** Messages that say something; those taken back or emptied are found no more. */
export function indexMessages(tx: Tx, ids: string[]) {
  return index(
    tx,
    'message',
    tx`select m.id, m.ticket_id, m.provider_at as at, m.text, ''::text as numbers
      from messages m where m.id = any(${ids}::uuid[])`,
    ids,
  )
}

/** By name, username, address and number: by any digits of it in a row. Merged contacts are found as what they became. */
export function indexContacts(tx: Tx, ids: string[]) {
  return index(
    tx,
    'contact',
    tx`select c.id, null::uuid as ticket_id, c.updated_at as at,
        concat_ws(' ', c.name, c.username, c.email, array_to_string(c.tags, ' ')) as text,
        ${numbersOf(tx)} as numbers
      from contacts c where c.id = any(${ids}::uuid[]) and c.merged_into is null`,
    ids,
  )
}

/** By number, subject, tags, and whose it is. */
export function indexTickets(tx: Tx, ids: string[]) {
  return index(
    tx,
    'ticket',
    tx`select t.id, t.id as ticket_id, t.opened_at as at,
        concat_ws(' ', 'BZ-' || t.number, t.subject, array_to_string(t.tags, ' '), c.name) as text,
        ${numbersOf(tx)} as numbers
      from tickets t join contacts c on c.id = t.contact_id where t.id = any(${ids}::uuid[])`,
    ids,
  )
}

/** As WhatsApp spells it too. */
function numbersOf(tx: Tx) {
  return tx`concat_ws(' ', c.phone, (
    select string_agg(i.value, ' ') from identities i where i.contact_id = c.id and i.kind = 'wa_id'))`
}

/** What parts words, and Postgres's parser may take for letters. */
const MARKS = "¿¡«»“”‘’´`…–—•·'"

/** The latest of each contact are written anew with it. */
export async function ticketsOfContacts(tx: Tx, ids: string[]): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select t.id from unnest(${ids}::uuid[]) as c cross join lateral (
      select id from tickets where contact_id = c order by opened_at desc limit 20) as t`
  return rows.map(row => row.id)
}

async function index(tx: Tx, kind: 'ticket' | 'contact' | 'message', rows: Fragment, ids: string[]) {
  await tx`
    with source as (${rows}), made as (
      insert into search_documents (workspace_id, kind, record_id, ticket_id, at, words)
      select current_setting('app.workspace_id')::uuid, ${kind}, id, ticket_id, at, search_vector(
        (select search_mark(current_setting('app.workspace_id')::uuid, ${kind})),
        translate(text, ${MARKS}, ${' '.repeat(MARKS.length)}), numbers)
      from source
      on conflict (record_id, kind) do update set ticket_id = excluded.ticket_id, at = excluded.at, words = excluded.words
    )
    delete from search_documents
    where kind = ${kind} and record_id = any(${ids}::uuid[]) and record_id not in (select id from source)`
}

export type FoundTicket = {
  id: string
  number: number
  subject: string
  state: string
  contactName: string | null
  at: Date
}
export type FoundContact = { id: string; name: string | null; phone: string | null; email: string | null; at: Date }
export type FoundMessage = {
  id: string
  ticketId: string | null
  number: number | null
  text: string
  contactName: string | null
  at: Date
}

/** Newest first. Of words that stand in very many texts a part is looked at. */
export function findTickets(sql: Queryable, sees: Sight, words: string[], limit: number) {
  return sql<FoundTicket[]>`
    select t.id, t.number, t.subject, t.state, c.name as contact_name, t.at
    from (
      select d.at, t.* from ${newest(sql, 'ticket', words)} d cross join lateral ${oneTicket(sql, 'd.record_id')} t
      where ${inSight(sql, sees)} order by d.at desc ${first(sql, limit)}
    ) as t cross join lateral ${oneContact(sql, 't.contact_id')} c order by t.at desc`
}

export function findContacts(sql: Queryable, words: string[], limit: number) {
  return sql<FoundContact[]>`
    select c.id, c.name, c.phone, c.email, d.at
    from (
      select * from find_documents('contact', ${words}::text[]) order by at desc ${first(sql, limit)}
    ) as d cross join lateral ${oneContact(sql, 'd.record_id')} c order by d.at desc`
}

/** What belongs to no ticket is found by those who see all. */
export function findMessages(sql: Queryable, sees: Sight, words: string[], limit: number) {
  const seen = sees.kind === 'all' ? sql`true` : sql`t.id is not null and ${inSight(sql, sees)}`
  return sql<FoundMessage[]>`
    select f.*, m.text, c.name as contact_name from (
      select d.record_id as id, d.ticket_id, t.number, d.at
      from ${newest(sql, 'message', words)} d left join lateral ${oneTicket(sql, 'd.ticket_id')} t on true
      where ${seen} order by d.at desc ${first(sql, limit)}
    ) as f cross join lateral (select text, contact_id from messages where id = f.id offset 0) m
    cross join lateral ${oneContact(sql, 'm.contact_id')} c order by f.at desc`
}

/** Hits that are looked at: of words that are everywhere, the newest. */
const LOOKED_AT = 500

function newest(sql: Queryable, kind: string, words: string[]) {
  return sql`(select * from find_documents(${kind}, ${words}::text[]) order by at desc ${first(sql, LOOKED_AT)})`
}

/** By its index, one by one, however many Postgres expects: a function does not tell it, and it would read all of them. */
function oneTicket(sql: Queryable, id: string) {
  return sql`(select * from tickets where id = ${sql(id)} offset 0)`
}

function oneContact(sql: Queryable, id: string) {
  return sql`(select * from contacts where id = ${sql(id)} offset 0)`
}
