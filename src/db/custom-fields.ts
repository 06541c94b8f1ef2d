/** Definitions of the workspace's own fields. */
import type { CustomField } from '../core/custom-field.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type CustomFieldRow = CustomField & {
  workspaceId: string
  position: number
  createdAt: Date
  updatedAt: Date
}

/** In the order in which people see them. */
export function listCustomFields(sql: Queryable, kind?: CustomField['kind']) {
  return sql<CustomFieldRow[]>`
    select * from custom_fields where true ${kind ? sql`and kind = ${kind}` : sql``} order by kind, position, key`
}

export async function customFieldById(sql: Queryable, id: string) {
  const [row] = await sql<CustomFieldRow[]>`select * from custom_fields where id = ${id}`
  return row
}

export function insertCustomField(tx: Tx, row: CustomFieldRow) {
  return tx`insert into custom_fields select * from jsonb_populate_recordset(null::custom_fields, ${jsonRows(tx, [row])})`
}

export function updateCustomField(tx: Tx, { id, label, options, position, updatedAt }: CustomFieldRow) {
  return tx`
    update custom_fields set label = ${label}, options = ${tx.json(options)}, position = ${position},
      updated_at = ${updatedAt}
    where id = ${id}`
}

export function deleteCustomField(tx: Tx, id: string) {
  return tx`delete from custom_fields where id = ${id}`
}

export async function nextPosition(tx: Tx, kind: CustomField['kind']): Promise<number> {
  const [row] = await tx<{ next: number }[]>`
    select coalesce(max(position), 0) + 1 as next from custom_fields where kind = ${kind}`
  return row?.next ?? 1
}
