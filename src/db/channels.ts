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
  state: 'connected' | 'unchecked' | 'paused' | 'reconnect' | 'disconnected'
  stateReason: string | null
  createdAt: Date
  perSecond: number
}

/** Messages may leave; otherwise they wait for a person. */
export function isOnline({ state }: Pick<ChannelRow, 'state'>): boolean {
  return state === 'connected' || state === 'unchecked'
}

export function insertChannel(sql: Queryable, row: ChannelRow) {
  return sql`insert into channels ${sql(row as never, ...channelColumns)}`
}

const channelColumns = [
  ...(['id', 'workspaceId', 'name', 'phoneNumberId', 'wabaId', 'displayPhoneNumber'] as const),
  ...(['appKey', 'token', 'state', 'stateReason', 'createdAt', 'perSecond'] as const),
] as never[]

export function listChannels(sql: Queryable) {
  return sql<ChannelRow[]>`select * from channels order by created_at, id`
}

export async function channelById(sql: Queryable, id: string) {
  const [row] = await sql<ChannelRow[]>`select * from channels where id = ${id}`
  return row
}

export function setChannelToken(
  sql: Queryable,
  id: string,
  channel: Pick<ChannelRow, 'token' | 'state' | 'stateReason' | 'displayPhoneNumber' | 'perSecond'>,
) {
  return sql`
    update channels set token = ${channel.token}, state = ${channel.state}, state_reason = ${channel.stateReason},
      per_second = ${channel.perSecond}, display_phone_number = coalesce(${channel.displayPhoneNumber}, display_phone_number)
    where id = ${id}`
}

export function setChannelState(sql: Queryable, id: string, state: ChannelRow['state'], reason: string | null) {
  return sql`update channels set state = ${state}, state_reason = ${reason} where id = ${id}`
}

/** What failed before somebody resumed the number says nothing of it any more. */
export function pauseChannel(sql: Queryable, id: string, reason: string, failedAt: Date) {
  return sql`
    update channels set state = 'paused', state_reason = ${reason}
    where id = ${id} and state in ('connected', 'unchecked') and not exists (
      select 1 from audit where action = 'channel resumed' and subject_id = ${id} and at >= ${failedAt})`
}

/** False where the key belongs to another workspace: its row cannot be seen, so it is not changed either. */
export async function saveMetaApp(
  sql: Queryable,
  app: { id: string; workspaceId: string; appKey: string; secrets: string },
  now: Date,
): Promise<boolean> {
  const changed = await sql`update meta_apps set secrets = ${app.secrets} where app_key = ${app.appKey} returning id`
  if (changed.length > 0) return true
  const made = await sql`
    insert into meta_apps (id, workspace_id, app_key, secrets, created_at)
    values (${app.id}, ${app.workspaceId}, ${app.appKey}, ${app.secrets}, ${now})
    on conflict (app_key) do nothing returning id`
  return made.length > 0
}
