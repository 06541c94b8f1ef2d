/** Many rows in one statement: they travel as one JSON parameter, so the statement is prepared once for any number. */
import type { Queryable } from './client.ts'

/**
 * `limit 25` as part of the statement: of a parameter Postgres knows nothing when it keeps a plan for all values, takes it for
 * a tenth of the table, and sorts the whole of it.
 */
export function first(sql: Queryable, rows: number) {
  return sql.unsafe(`limit ${Math.trunc(rows)}`)
}

export type Row = Record<string, unknown>

/** `rows` with keys in snake_case, as `jsonb_populate_recordset` and `jsonb_to_recordset` want them. */
export function jsonRows(sql: Queryable, rows: object[]) {
  return sql.json(rows.map(snakeCased) as never)
}

function snakeCased(row: object): Row {
  const out: Row = {}
  for (const [key, value] of Object.entries(row)) out[snake(key)] = value
  return out
}

const names = new Map<string, string>()

function snake(key: string): string {
  let name = names.get(key)
  if (!name) {
    name = key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
    names.set(key, name)
  }
  return name
}
