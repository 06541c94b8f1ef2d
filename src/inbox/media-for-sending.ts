/**
 * Files of ours on their way out: WhatsApp sends by its own id, which it gives for an upload by the number, and keeps for 30
 * days. Each file is put there once for each number; twice does no harm, since nobody sees what is not sent.
 */
import { type Outbound, ownFilesIn, withFiles } from '../core/outbound.ts'
import type { ChannelRow } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { type MediaRow, mediaByIds, mediaCopies, saveMediaCopy } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { MediaContext } from './fetch-media.ts'
import type { CallFailure } from './whatsapp/client.ts'
import { putMedia } from './whatsapp/media.ts'

/** Meta: 30 days. A day less, so that none ends between the look and the sending; ms. */
const LIFE_MS = 29 * 86_400_000

export type Readied = { kind: 'ready'; content: Outbound } | { kind: 'to be put'; file: MediaRow }

/** The content as WhatsApp is told it; or a file that it has not yet, or no more. */
export async function readyFiles(tx: Tx, channelId: string, content: Outbound, now: Date): Promise<Readied> {
  const ids = ownFilesIn(content)
  if (ids.length === 0) return { kind: 'ready', content }
  const copies = new Map((await mediaCopies(tx, channelId, ids, now)).map(copy => [copy.mediaId, copy.remoteId]))
  const missing = ids.find(id => !copies.has(id))
  if (missing) {
    const [file] = await mediaByIds(tx, [missing])
    if (!file) throw new Error(`There is no file ${missing}`)
    return { kind: 'to be put', file }
  }
  const own = (id: string) => ({ mediaId: copies.get(id) ?? '' })
  return { kind: 'ready', content: withFiles(content, source => ('id' in source ? own(source.id) : source)) }
}

/** Null when it is there. */
export async function putFile(
  ctx: Omit<MediaContext, 'sealing'>,
  file: MediaRow,
  channel: ChannelRow,
  token: string,
): Promise<CallFailure | null> {
  const body = file.blobKey ? await ctx.blobs.get(file.blobKey) : null
  if (!body || file.bytes === null)
    return { kind: 'refused', code: 'file gone', reason: 'The file is not stored any more' }
  const name = file.fileName ?? file.kind
  const put = await putMedia(
    ctx.whatsapp,
    { phoneNumberId: channel.phoneNumberId, token },
    { body, bytes: file.bytes, mime: file.mime, name },
  )
  if (put.kind !== 'put') return put
  const { workspaceId } = ctx
  const expiresAt = new Date(ctx.now.getTime() + LIFE_MS)
  const copy = { mediaId: file.id, channelId: channel.id, workspaceId, remoteId: put.remoteId, expiresAt }
  await inWorkspace(ctx.db, workspaceId, tx => saveMediaCopy(tx, copy))
  return null
}
