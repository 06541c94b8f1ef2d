/** Contacts that may be one person, for a person to judge. */
import type { SuggestionState } from '../core/contact-merge.ts'
import type { SuggestionRow } from './arrivals.ts'
import type { Queryable, Tx } from './client.ts'

export async function lockSuggestion(tx: Tx, id: string) {
  const [row] = await tx<SuggestionRow[]>`select * from merge_suggestions where id = ${id} for update`
  return row
}

export async function suggestionById(sql: Queryable, id: string) {
  const [row] = await sql<SuggestionRow[]>`select * from merge_suggestions where id = ${id}`
  return row
}

/** Newest first. */
export function listSuggestions(
  sql: Queryable,
  filter: { state: SuggestionState; contactIds?: string[] },
  page: { limit: number; after?: { at: Date; id: string } },
) {
  return sql<SuggestionRow[]>`
    select * from merge_suggestions where state = ${filter.state}
      ${filter.contactIds ? sql`and (contact_a = any(${filter.contactIds}::uuid[]) or contact_b = any(${filter.contactIds}::uuid[]))` : sql``}
      ${page.after ? sql`and (created_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by created_at desc, id desc limit ${page.limit}`
}

export function dismissSuggestionRow(tx: Tx, id: string, at: Date, by: unknown) {
  return tx`
    update merge_suggestions set state = 'dismissed', decided_at = ${at}, decided_by = ${tx.json(by as never)}
    where id = ${id}`
}

/** All that said of these that they may be one: they are. */
export function settleSuggestions(tx: Tx, contactIds: string[], mergeId: string, at: Date, by: unknown) {
  return tx`
    update merge_suggestions set state = 'merged', decided_at = ${at}, decided_by = ${tx.json(by as never)},
      merge_id = ${mergeId}
    where state = 'open' and contact_a = any(${contactIds}::uuid[]) and contact_b = any(${contactIds}::uuid[])`
}

/** What a merge settled is a question again. */
export function reopenSuggestions(tx: Tx, mergeId: string) {
  return tx`
    update merge_suggestions set state = 'open', decided_at = null, decided_by = null, merge_id = null
    where merge_id = ${mergeId}`
}
