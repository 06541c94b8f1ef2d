/**
 * The connection to Postgres. Queries are tagged templates of postgres.js: prepared, and pipelined when several are
 * issued without awaiting each. Columns are camelCase in code.
 */
import postgres from 'postgres'
import { arrayTypes } from './arrays.ts'

export type Db = postgres.Sql
export type Tx = postgres.TransactionSql
/** Either: for queries that need no transaction of their own. */
export type Queryable = Db | Tx

/** The role the hub works as; see the first migration. */
export const APP_ROLE = 'buzon_app'

export type DbOptions = {
  /** Connections in the pool. */
  max?: number
  /** Work as the login role itself: for migrations only. */
  asOwner?: boolean
  /**
   * Behind a pooler in transaction mode, as Hyperdrive is: it may drop or refuse what a client asks for on connecting, so
   * the role is taken by each transaction of a workspace (tenancy.ts) and only there.
   */
  pooled?: boolean
  /** Where connections come from, as postgres.js’s options say it; absent, from postgres.js itself. */
  sockets?: object
}

/** Between two attempts to reach a database that is away; seconds. */
const LONGEST_BACKOFF_S = 1

export function openDb(url: string, options: DbOptions = {}): Db {
  return postgres(url, {
    max: options.max ?? 10,
    onnotice: () => {},
    fetch_types: false,
    backoff: (failures: number) => Math.min(0.05 * 2 ** failures, LONGEST_BACKOFF_S),
    types: arrayTypes as never,
    ...options.sockets,
    connection: { application_name: 'buzon', ...(options.asOwner || options.pooled ? {} : { role: APP_ROLE }) },
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
  })
}
