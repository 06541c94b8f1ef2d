/** The header of a new template that shows a file: put where Meta's reviewers see it, and named in the template. */
import type { BlobStore } from '../core/blobs.ts'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { LARGEST_READ_WHOLE } from '../core/media.ts'
import type { ChannelRow } from '../db/channels.ts'
import { mediaByIds } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type MetaAppContext, metaAppOf } from './meta-app.ts'
import type { CallFailure, WhatsAppApi } from './whatsapp/client.ts'
import { putSample } from './whatsapp/templates.ts'

export type HeaderContext = MetaAppContext & { whatsapp: WhatsAppApi; blobs: BlobStore }

/** What a sample may be (Meta, "Resumable Upload API › Supported file types"), and the format of its header. */
const formats: Record<string, string> = {
  ...{ 'image/jpeg': 'IMAGE', 'image/png': 'IMAGE', 'video/mp4': 'VIDEO', 'application/pdf': 'DOCUMENT' },
}

/** `mediaId`: a file of ours. Throws `not found`, and `invalid input` for one that can be no header. */
export async function headerOf(
  ctx: HeaderContext,
  channel: ChannelRow,
  token: string,
  mediaId: string,
): Promise<{ kind: 'made'; component: Record<string, unknown> } | CallFailure> {
  const [file] = await inWorkspace(ctx.db, ctx.workspaceId, tx => mediaByIds(tx, [mediaId]))
  const format = formats[file?.mime ?? '']
  const body = file?.blobKey ? await ctx.blobs.get(file.blobKey) : null
  if (!file || !body) throw new AppError('not found', { what: 'file' })
  if (!format) throw invalidInput('headerMedia', 'must be JPEG, PNG, MP4 or PDF')
  if ((file.bytes ?? 0) > LARGEST_READ_WHOLE) throw new AppError('too large', { limit: '16 MB' })
  const { appId } = await metaAppOf(ctx, channel.appKey)
  if (!appId) throw invalidInput('headerMedia', 'the Meta app of this number has no id here')
  const data = new Uint8Array(await new Response(body).arrayBuffer())
  const put = await putSample(
    ctx.whatsapp,
    { appId, token },
    { name: file.fileName ?? file.kind, mime: file.mime, data },
  )
  if (put.kind !== 'put') return put
  return { kind: 'made', component: { type: 'HEADER', format, example: { header_handle: [put.handle] } } }
}
