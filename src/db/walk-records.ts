/** Our records in an order that new ones do not disturb, a slice at a time: for backfills, plans and reconciliations. */
import type { BackfillScope, SyncKind, WalkCursor } from '../core/backfill.ts'
import type { Queryable } from './client.ts'

export type Slice = { ids: string[] /** Null after the last. */; cursor: WalkCursor | null }

type Filter = Pick<BackfillScope, 'since' | 'openOnly' | 'tag' | 'category'>
type Place = { id: string; at: Date }

const FIRST = { at: new Date(0), id: '00000000-0000-0000-0000-000000000000' }

/** The next records of the cursor's kind. */
export async function walkRecords(sql: Queryable, filter: Filter, cursor: WalkCursor, limit: number): Promise<Slice> {
  if (cursor.kind === 'message') return walkMessages(sql, filter, cursor, limit)
  const after = { at: cursor.at ?? FIRST.at, id: cursor.id ?? FIRST.id }
  const rows =
    cursor.kind === 'contact' ? await contacts(sql, filter, after, limit) : await tickets(sql, filter, after, limit)
  const last = rows.at(-1)
  const isWhole = rows.length < limit || !last
  return {
    ids: rows.map(row => row.id),
    cursor: isWhole ? null : { kind: cursor.kind, at: last.at, id: last.id, message: null },
  }
}

export async function countRecords(sql: Queryable, filter: Filter, kind: SyncKind): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::integer as count from ${tableOf(sql, filter, kind)}`
  return row?.count ?? 0
}

function contacts(sql: Queryable, filter: Filter, after: Place, limit: number) {
  return sql<Place[]>`
    select c.id, c.created_at as at from ${tableOf(sql, filter, 'contact')}
      and (c.created_at, c.id) > (${after.at}, ${after.id}) order by c.created_at, c.id limit ${limit}`
}

function tickets(sql: Queryable, filter: Filter, after: Place, limit: number) {
  return sql<Place[]>`
    select t.id, t.opened_at as at from ${tableOf(sql, filter, 'ticket')}
      and (t.opened_at, t.id) > (${after.at}, ${after.id}) order by t.opened_at, t.id limit ${limit}`
}

/** Contact by contact, so that an index serves it and what hangs together goes together. */
async function walkMessages(sql: Queryable, filter: Filter, cursor: WalkCursor, limit: number): Promise<Slice> {
  const { at, id, message } = cursor
  const people = await sql<Place[]>`
    select c.id, c.created_at as at from ${tableOf(sql, { ...filter, since: null }, 'contact')}
      and (c.created_at, c.id) ${message ? sql`>=` : sql`>`} (${at ?? FIRST.at}, ${id ?? FIRST.id})
    order by c.created_at, c.id limit ${PEOPLE}`
  const rows = await sql<(Place & { contactId: string })[]>`
    select m.id, m.at, p.id as contact_id
    from unnest(${people.map(person => person.id)}::uuid[]) with ordinality as p (id, nth)
    cross join lateral (
      select id, provider_at as at from messages m where m.contact_id = p.id
        and m.provider_at >= ${filter.since ?? FIRST.at}
        and (p.id <> ${message ? (id ?? FIRST.id) : FIRST.id}
          or (m.provider_at, m.id) > (${message?.at ?? FIRST.at}, ${message?.id ?? FIRST.id}))
      order by m.provider_at, m.id limit ${limit}
    ) m order by p.nth, m.at, m.id limit ${limit}`
  const ids = rows.map(row => row.id)
  const last = rows.at(-1)
  if (rows.length === limit && last) {
    const person = people.find(each => each.id === last.contactId)
    const within = { at: last.at, id: last.id }
    return { ids, cursor: { kind: 'message', at: person?.at ?? null, id: last.contactId, message: within } }
  }
  const end = people.at(-1)
  const isWhole = people.length < PEOPLE || !end
  return { ids, cursor: isWhole ? null : { kind: 'message', at: end.at, id: end.id, message: null } }
}

/** Contacts of a slice of messages. */
const PEOPLE = 100

function tableOf(sql: Queryable, { since, openOnly, tag, category }: Filter, kind: SyncKind) {
  const person = sql`c.merged_into is null ${tag ? sql`and ${tag} = any(c.tags)` : sql``}
    ${category ? sql`and c.category = ${category}` : sql``}`
  switch (kind) {
    case 'contact':
      return sql`contacts c where ${person} ${since ? sql`and c.created_at >= ${since}` : sql``}`
    case 'ticket':
      return sql`tickets t join contacts c on c.id = t.contact_id where ${person}
        ${openOnly ? sql`and t.state <> 'resolved'` : sql``} ${since ? sql`and t.opened_at >= ${since}` : sql``}`
    case 'message':
      return sql`contacts c join messages m on m.contact_id = c.id where ${person}
        ${since ? sql`and m.provider_at >= ${since}` : sql``}`
  }
}
