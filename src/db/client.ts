/**
 * The connection to Postgres. Queries are tagged templates of postgres.js: prepared, and pipelined when several are
 * issued without awaiting each. Columns are camelCase in code.
 */
import postgres from 'postgres'

export type Db = postgres.Sql
export type Tx = postgres.TransactionSql
/** Either: for queries that need no transaction of their own. */
export type Queryable = Db | Tx

/** The role the hub works as; see the first migration. */
const APP_ROLE = 'buzon_app'

export type DbOptions = {
  /** Connections in the pool. */
  max?: number
  /** Work as the login role itself: for migrations only. */
  asOwner?: boolean
}

export function openDb(url: string, options: DbOptions = {}): Db {
  return postgres(url, {
    max: options.max ?? 10,
    onnotice: () => {},
    connection: { application_name: 'buzon', ...(options.asOwner ? {} : { role: APP_ROLE }) },
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
  })
}
