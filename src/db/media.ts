/** Files of messages, and WhatsApp's copies of what we send. */
import type { MediaKind, MediaState } from '../core/media.ts'
import type { Sight } from '../core/permissions.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'
import { ofTicketInSight } from './sight.ts'

export type MediaRow = {
  id: string
  workspaceId: string
  messageId: string | null
  channelId: string | null
  remoteId: string | null
  url: string | null
  kind: MediaKind
  mime: string
  fileName: string | null
  sha256: string | null
  bytes: number | null
  state: MediaState
  attempts: number
  cause: string | null
  availableAt: Date | null
  blobKey: string | null
  thumbnailKey: string | null
  width: number | null
  height: number | null
  durationMs: number | null
  createdAt: Date
  storedAt: Date | null
}

/** Of rows that are read: 64-bit integers come as text. */
function counted<R extends { bytes: unknown }>(row: R): R & { bytes: number | null } {
  return { ...row, bytes: row.bytes === null ? null : Number(row.bytes) }
}

/** A message has one file: what comes again changes nothing. */
export function insertMedia(tx: Tx, rows: MediaRow[]) {
  return tx`
    insert into media select * from jsonb_populate_recordset(null::media, ${jsonRows(tx, rows)})
    on conflict (message_id) do nothing`
}

export async function mediaById(sql: Queryable, id: string): Promise<MediaRow | undefined> {
  const [row] = await sql<MediaRow[]>`select * from media where id = ${id}`
  return row && counted(row)
}

/** For a person: nothing for one of a message out of sight. What was uploaded belongs to no message yet. */
export async function mediaInSight(sql: Queryable, sees: Sight, id: string): Promise<MediaRow | undefined> {
  const [row] = await sql<MediaRow[]>`
    select * from media f where id = ${id} and (message_id is null or exists (
      select 1 from messages m where m.id = f.message_id and ${ofTicketInSight(sql, sees, 'm.ticket_id')}))`
  return row && counted(row)
}

export async function mediaByIds(sql: Queryable, ids: string[]): Promise<MediaRow[]> {
  if (ids.length === 0) return []
  return (await sql<MediaRow[]>`select * from media where id = any(${ids}::uuid[])`).map(counted)
}

/** Of messages that came (by their ids), and of ours (by the ids of the files they carry). */
export async function mediaOfMessages(sql: Queryable, messageIds: string[], ids: string[]): Promise<MediaRow[]> {
  if (messageIds.length === 0 && ids.length === 0) return []
  const rows = await sql<MediaRow[]>`
    select * from media where message_id = any(${messageIds}::uuid[])
    union all select * from media where id = any(${ids}::uuid[])`
  return rows.map(counted)
}

/** Takes a file in hand until `until`; nothing when somebody has it, or nothing is due. */
export async function takeMedia(tx: Tx, id: string, state: 'waiting' | 'stored', now: Date, until: Date) {
  const [row] = await tx<MediaRow[]>`
    update media set attempts = attempts + 1, available_at = ${until}
    where id = ${id} and state = ${state} and available_at <= ${now} returning *`
  return row && counted(row)
}

/** The same bytes, where they are here already. */
export async function storedMedia(tx: Tx, sha256: string): Promise<MediaRow | undefined> {
  const [row] = await tx<MediaRow[]>`
    select * from media where sha256 = ${sha256} and state = 'stored' order by stored_at limit 1`
  return row && counted(row)
}

type Stored = Pick<MediaRow, 'mime' | 'sha256' | 'bytes' | 'blobKey'>

/** It is here, and is to be looked into next. */
export function setMediaStored(tx: Tx, id: string, { mime, sha256, bytes, blobKey }: Stored, now: Date) {
  return tx`
    update media set state = 'stored', mime = ${mime}, sha256 = ${sha256}, bytes = ${bytes}, blob_key = ${blobKey},
      url = null, cause = null, attempts = 0, stored_at = ${now}, available_at = ${now}
    where id = ${id}`
}

/** The direct address did not do, or the try failed: the next is at `availableAt`. Null, and nobody tries any more. */
export function setMediaState(
  tx: Tx,
  id: string,
  { state, cause, availableAt }: Pick<MediaRow, 'state' | 'cause' | 'availableAt'>,
) {
  return tx`
    update media set state = ${state}, cause = ${cause}, available_at = ${availableAt}, url = null where id = ${id}`
}

export function setMediaLook(
  tx: Tx,
  id: string,
  look: Pick<MediaRow, 'width' | 'height' | 'durationMs' | 'thumbnailKey' | 'cause'>,
) {
  return tx`
    update media set width = ${look.width}, height = ${look.height}, duration_ms = ${look.durationMs},
      thumbnail_key = ${look.thumbnailKey}, cause = ${look.cause}, available_at = null
    where id = ${id}`
}

/** From the beginning, by a person's word. Nothing where there is nothing to try again. */
export async function reopenMedia(tx: Tx, id: string, now: Date) {
  const [row] = await tx<MediaRow[]>`
    update media set state = 'waiting', attempts = 0, available_at = ${now}
    where id = ${id} and state in ('failed', 'expired', 'too large') and remote_id is not null returning *`
  return row && counted(row)
}

/** Those of a number that wait for their next try, or were given up since; each from its first try. */
export function reopenMediaOfChannel(tx: Tx, channelId: string, since: Date, now: Date) {
  return tx<Pick<MediaRow, 'id' | 'workspaceId' | 'channelId'>[]>`
    update media set state = 'waiting', attempts = 0, available_at = ${now}
    where channel_id = ${channelId} and remote_id is not null and created_at >= ${since}
      and (state = 'failed' or state = 'waiting' and available_at > ${now})
    returning id, workspace_id, channel_id`
}

export type DueMedia = { workspaceId: string; mediaId: string; channelId: string | null }

/** What the sweep looks for, over all workspaces. */
export function dueMedia(sql: Queryable, now: Date, limit: number) {
  return sql<DueMedia[]>`select workspace_id, media_id, channel_id from due_media(${now}, ${limit})`
}

export type MediaCopyRow = {
  mediaId: string
  channelId: string
  workspaceId: string
  remoteId: string
  expiresAt: Date
}

/** WhatsApp's ids of these files for this number that are still good at `until`. */
export function mediaCopies(sql: Queryable, channelId: string, mediaIds: string[], until: Date) {
  return sql<MediaCopyRow[]>`
    select * from media_copies
    where channel_id = ${channelId} and media_id = any(${mediaIds}::uuid[]) and expires_at > ${until}`
}

export function saveMediaCopy(sql: Queryable, row: MediaCopyRow) {
  return sql`
    insert into media_copies (media_id, channel_id, workspace_id, remote_id, expires_at)
    values (${row.mediaId}, ${row.channelId}, ${row.workspaceId}, ${row.remoteId}, ${row.expiresAt})
    on conflict (media_id, channel_id) do update set remote_id = excluded.remote_id, expires_at = excluded.expires_at`
}

/** WhatsApp knows them no more, whatever it said of their life. */
export function forgetMediaCopies(sql: Queryable, channelId: string, mediaIds: string[]) {
  return sql`delete from media_copies where channel_id = ${channelId} and media_id = any(${mediaIds}::uuid[])`
}
