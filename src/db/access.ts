/** Whose turn it is to refresh a connection's access, what came of it, and whose connections an account has. */
import type { Queryable } from './client.ts'

/** The credentials as they are kept, for whoever may refresh them now; undefined while another does. */
export async function claimRefresh(sql: Queryable, id: string, now: Date, until: Date): Promise<string | undefined> {
  const [row] = await sql<{ credentials: string }[]>`
    update connections set refreshing_until = ${until}
    where id = ${id} and (refreshing_until is null or refreshing_until <= ${now})
    returning credentials`
  return row?.credentials
}

export function endRefresh(sql: Queryable, id: string) {
  return sql`update connections set refreshing_until = null where id = ${id}`
}

/** A reconnection may have given others meanwhile: those stay. */
export function saveAccess(sql: Queryable, id: string, before: string, after: string) {
  return sql`
    update connections set credentials = case when credentials = ${before} then ${after} else credentials end,
      refreshing_until = null
    where id = ${id}`
}

/** Before the workspace is known: those whose settings name this account of the vendor. */
export function findConnectionsOfAccount(sql: Queryable, connector: string, account: string) {
  return sql<{ id: string; workspaceId: string; name: string; credentials: string }[]>`
    select id, workspace_id, name, credentials from find_connections_of_account(${connector}, ${account})`
}

/** Only what was read there; credentials may be refreshed at the same time. */
export function saveSettings(sql: Queryable, id: string, settings: unknown) {
  return sql`update connections set settings = ${sql.json(settings as never)} where id = ${id}`
}
