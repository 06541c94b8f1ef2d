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
  /** What Meta last told of it; absent before the row is read. */
  quality?: string | null
  messagingLimit?: string | null
  verifiedName?: string | null
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

/** Returns whether it was in another state before. */
export async function setChannelState(
  sql: Queryable,
  id: string,
  state: ChannelRow['state'],
  reason: string | null,
): Promise<boolean> {
  const [row] = await sql<{ before: string }[]>`
    with was as (select state from channels where id = ${id} for update)
    update channels set state = ${state}, state_reason = ${reason} from was where id = ${id} returning was.state as before`
  return row !== undefined && row.before !== state
}

/** What failed before somebody resumed the number says nothing of it any more. Returns the number that it has stopped. */
export async function pauseChannel(sql: Queryable, id: string, reason: string, failedAt: Date) {
  const [row] = await sql<Pick<ChannelRow, 'id' | 'name' | 'displayPhoneNumber'>[]>`
    update channels set state = 'paused', state_reason = ${reason}
    where id = ${id} and state in ('connected', 'unchecked') and not exists (
      select 1 from audit where action = 'channel resumed' and subject_id = ${id} and at >= ${failedAt})
    returning id, name, display_phone_number`
  return row
}

export type MetaAppRow = {
  id: string
  workspaceId: string
  appKey: string
  appId: string | null
  /** Sealed. */
  secrets: string
  oldSecretUntil: Date | null
}

/** False where the key belongs to another workspace: its row cannot be seen, so it is not changed either. */
export async function saveMetaApp(sql: Queryable, app: MetaAppRow, now: Date): Promise<boolean> {
  const changed = await sql`
    update meta_apps set secrets = ${app.secrets}, app_id = coalesce(${app.appId}, app_id),
      old_secret_until = ${app.oldSecretUntil}
    where app_key = ${app.appKey} returning id`
  if (changed.length > 0) return true
  const made = await sql`
    insert into meta_apps (id, workspace_id, app_key, app_id, secrets, old_secret_until, created_at)
    values (${app.id}, ${app.workspaceId}, ${app.appKey}, ${app.appId}, ${app.secrets}, ${app.oldSecretUntil}, ${now})
    on conflict (app_key) do nothing returning id`
  return made.length > 0
}

/** Of the workspace's own. */
export async function metaAppByKey(sql: Queryable, appKey: string) {
  const [row] = await sql<MetaAppRow[]>`
    select id, workspace_id, app_key, app_id, secrets, old_secret_until from meta_apps where app_key = ${appKey}`
  return row
}

export function listMetaApps(sql: Queryable) {
  return sql<(Omit<MetaAppRow, 'secrets'> & { channels: number })[]>`
    select a.id, a.workspace_id, a.app_key, a.app_id, a.old_secret_until,
      (select count(*)::integer from channels c where c.app_key = a.app_key) as channels
    from meta_apps a order by a.app_key`
}

export async function channelByNumber(sql: Queryable, phoneNumberId: string) {
  const [row] = await sql<ChannelRow[]>`select * from channels where phone_number_id = ${phoneNumberId}`
  return row
}

/** A number that is connected once more: what it is and how it is spoken for; its history stays. */
export function replaceChannel(sql: Queryable, row: ChannelRow) {
  return sql`
    update channels set name = ${row.name}, waba_id = ${row.wabaId}, app_key = ${row.appKey}, token = ${row.token},
      state = ${row.state}, state_reason = ${row.stateReason}, per_second = ${row.perSecond},
      display_phone_number = coalesce(${row.displayPhoneNumber}, display_phone_number)
    where id = ${row.id}`
}

/** For the check of each night: ids, over all workspaces. */
export function allChannels(sql: Queryable) {
  return sql<{ workspaceId: string; channelId: string }[]>`select workspace_id, channel_id from all_channels()`
}
