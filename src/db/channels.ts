import type { Queryable } from './client.ts'

/** What a webhook needs to know of a number. */
export type Channel = { id: string; workspaceId: string; phoneNumberId: string }

export function findChannels(sql: Queryable, appKey: string, phoneNumberIds: string[]) {
  return sql<
    Channel[]
  >`select id, workspace_id, phone_number_id from find_channels(${appKey}, ${phoneNumberIds}::text[])`
}

export type ChannelRow = {
  id: string
  workspaceId: string
  name: string
  phoneNumberId: string
  wabaId: string
  displayPhoneNumber: string | null
  appKey: string
  token: string
  state: 'connected' | 'unchecked' | 'reconnect'
  stateReason: string | null
  createdAt: Date
}

export function insertChannel(sql: Queryable, row: ChannelRow) {
  return sql`insert into channels ${sql(row as never, ...channelColumns)}`
}

const channelColumns = [
  ...(['id', 'workspaceId', 'name', 'phoneNumberId', 'wabaId', 'displayPhoneNumber'] as const),
  ...(['appKey', 'token', 'state', 'stateReason', 'createdAt'] as const),
] as never[]

export function listChannels(sql: Queryable) {
  return sql<ChannelRow[]>`select * from channels order by created_at, id`
}

export async function channelById(sql: Queryable, id: string) {
  const [row] = await sql<ChannelRow[]>`select * from channels where id = ${id}`
  return row
}

export function setChannelState(sql: Queryable, id: string, state: ChannelRow['state'], reason: string | null) {
  return sql`update channels set state = ${state}, state_reason = ${reason} where id = ${id}`
}
