/** How a file is shown with its message: what it is, whether it is here, and addresses that open it for some minutes. */
import { z } from '@hono/zod-openapi'
import { isMediaKind, mediaKinds, mediaStates } from '../../core/media.ts'
import { carriedFile } from '../../core/outbound.ts'
import type { MessageRow } from '../../db/arrivals.ts'
import type { Queryable } from '../../db/client.ts'
import { type MediaRow, mediaOfMessages } from '../../db/media.ts'
import type { HttpEnv } from '../runtime.ts'

export const mediaShape = z
  .object({
    id: z.uuid(),
    kind: z.enum(mediaKinds),
    state: z.enum(mediaStates),
    /** Why it is not here, or the last try failed. */
    cause: z.string().nullable(),
    mime: z.string(),
    bytes: z.number().int().nullable(),
    fileName: z.string().nullable(),
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    durationSeconds: z.number().nullable(),
    url: z.string().nullable().openapi({ description: 'Opens the file for 5 to 10 minutes, without a key' }),
    thumbnailUrl: z.string().nullable().openapi({ description: 'Of pictures: a small JPEG, likewise' }),
  })
  .openapi('Media')
export type ShownMedia = z.infer<typeof mediaShape>

export async function showMedia({ runtime }: HttpEnv['Variables'], row: MediaRow): Promise<ShownMedia> {
  const { id, kind, state, cause, mime, bytes, fileName, width, height, durationMs, workspaceId } = row
  const { mediaLinks, appUrl, services } = runtime
  const address = async (variant: 'file' | 'thumbnail') =>
    appUrl + (await mediaLinks.sign({ workspaceId, mediaId: id, variant }, services.now()))
  return {
    ...{ id, kind, state, cause, mime, bytes, fileName, width, height },
    durationSeconds: durationMs === null ? null : durationMs / 1000,
    url: state === 'stored' ? await address('file') : null,
    thumbnailUrl: row.thumbnailKey ? await address('thumbnail') : null,
  }
}

type WithFile = Pick<MessageRow, 'id' | 'kind' | 'content'>

/** The files of these messages, by the messages' ids: what came with them, or what of ours they carry. */
export async function filesOfMessages(
  vars: HttpEnv['Variables'],
  sql: Queryable,
  messages: readonly WithFile[],
): Promise<Map<string, ShownMedia>> {
  const own = new Map(
    messages.flatMap(message => (carriedFile(message) ? [[message.id, carriedFile(message) ?? '']] : [])),
  )
  const came = messages.filter(({ id, kind }) => isMediaKind(kind) && !own.has(id)).map(({ id }) => id)
  const rows = await mediaOfMessages(sql, came, [...own.values()])
  const shown = new Map(await Promise.all(rows.map(async row => [row.id, await showMedia(vars, row)] as const)))
  const byMessage = new Map(rows.flatMap(row => (row.messageId ? [[row.messageId, row.id]] : [])))
  return new Map(
    messages.flatMap(({ id }) => {
      const media = shown.get(own.get(id) ?? byMessage.get(id) ?? '')
      return media ? [[id, media]] : []
    }),
  )
}
