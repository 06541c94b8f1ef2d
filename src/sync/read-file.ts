import type { FetchedFile } from '../connectors/contract.ts'
import { LARGEST_READ_WHOLE } from '../core/media.ts'
import { mediaByIds } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { SyncContext } from './context.ts'

/** A file of ours, for a CRM that takes files. Null where it is not here any more, or too large to be held whole. */
export async function readFile(ctx: SyncContext, id: string): Promise<FetchedFile | null> {
  const [file] = await inWorkspace(ctx.db, ctx.workspaceId, tx => mediaByIds(tx, [id]))
  if (!file?.blobKey || (file.bytes ?? 0) > LARGEST_READ_WHOLE) return null
  const body = await ctx.blobs.get(file.blobKey)
  if (!body) return null
  const bytes = new Uint8Array(await new Response(body).arrayBuffer())
  const [, extension = 'bin'] = /^[a-z]+\/([a-z0-9]+)/.exec(file.mime) ?? []
  return { bytes, mimeType: file.mime, name: file.fileName ?? `${file.kind}.${extension}` }
}
