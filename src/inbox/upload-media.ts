/**
 * Takes a file that is to be sent: what it is, its bytes say; what WhatsApp would not take is refused with what to mend, and
 * what browsers record is repacked. Documents go to the store as they come in; all else is small and looked into first.
 */

import type { BlobStore } from '../core/blobs.ts'
import { blobKey, incomingKey } from '../core/blobs.ts'
import { mediaDue } from '../core/events.ts'
import {
  type FileFacts,
  kindOfMime,
  LARGEST_READ_WHOLE,
  largestOf,
  type MediaKind,
  type MediaProblem,
  mediaProblems,
  plainMime,
  tooLarge,
} from '../core/media.ts'
import { writeAudit } from '../db/audit.ts'
import { insertMedia, type MediaRow } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { sizeOfPicture } from './look-into-media.ts'
import { hashOf, passThrough, peek, readWhole, typeOf } from './media-bytes.ts'

export type UploadContext = InboxContext & { blobs: BlobStore }

export type Upload = {
  body: ReadableStream<Uint8Array>
  fileName: string | null
  /** As the sender names it; believed only where the bytes do not say. */
  mime: string
  /** As what it is to go out; absent, as its type says. */
  as?: MediaKind | undefined
}

export type Uploaded =
  /** `repackedFrom`: what it was before, where WhatsApp would not have played that. */
  { kind: 'stored'; file: MediaRow; repackedFrom: string | null } | { kind: 'refused'; problems: MediaProblem[] }

export async function uploadMedia(ctx: UploadContext, upload: Upload): Promise<Uploaded> {
  const { head, stream } = await peek(upload.body)
  const type = await typeOf(head, upload.mime)
  const kind = upload.as ?? kindOfRecording(type, upload.mime) ?? kindOfMime(type)
  if (kind === 'document') return takeDocument(ctx, upload, stream, type)
  const whole = await readWhole(stream, Math.min(LARGEST_READ_WHOLE, largestOf(kind)))
  if (!whole) return { kind: 'refused', problems: [tooLarge(kind, largestOf(kind), plainMime(type))] }
  return takeWhole(ctx, upload, whole, type, kind)
}

/** A recorder's WebM without a picture looks like one with: the box is the same. */
function kindOfRecording(type: string, claimed: string): MediaKind | undefined {
  return plainMime(type) === 'video/webm' && plainMime(claimed) === 'audio/webm' ? 'audio' : undefined
}

async function takeDocument(
  ctx: UploadContext,
  upload: Upload,
  stream: ReadableStream<Uint8Array>,
  mime: string,
): Promise<Uploaded> {
  const limit = largestOf('document')
  const unfit = mediaProblems('document', { mime, bytes: 1 })
  if (unfit.length > 0) {
    await stream.cancel()
    return { kind: 'refused', problems: unfit }
  }
  const id = newId()
  const incoming = incomingKey(ctx.workspaceId, id)
  const passage = passThrough(stream, limit)
  try {
    await ctx.blobs.put(incoming, passage.stream)
  } catch (error) {
    if (passage.isTooLong()) return { kind: 'refused', problems: [tooLarge('document', limit, mime)] }
    throw error
  }
  const { sha256, bytes } = passage.seen()
  if (bytes === 0) {
    await ctx.blobs.delete(incoming)
    return { kind: 'refused', problems: [{ rule: 'empty file', facts: {} }] }
  }
  const key = blobKey(ctx.workspaceId, sha256)
  await ctx.blobs.move(incoming, key)
  const file = rowOf(ctx, upload, { id, kind: 'document', mime, sha256, bytes, blobKey: key })
  return keep(ctx, file, null)
}

async function takeWhole(
  ctx: UploadContext,
  upload: Upload,
  given: Uint8Array<ArrayBuffer>,
  givenType: string,
  kind: MediaKind,
): Promise<Uploaded> {
  const repacked = await repack(given, givenType, kind)
  const { bytes, mime } = repacked ?? { bytes: given, mime: givenType }
  const facts = await factsOf(bytes, mime)
  const problems = mediaProblems(kind, facts)
  if (problems.length > 0) return { kind: 'refused', problems }
  const sha256 = hashOf(bytes)
  const key = blobKey(ctx.workspaceId, sha256)
  await ctx.blobs.put(key, new Blob([bytes]).stream())
  const fileName = repacked ? (upload.fileName?.replace(/\.\w+$/, '') ?? 'audio').concat('.ogg') : upload.fileName
  const file = rowOf(
    ctx,
    { ...upload, fileName },
    { id: newId(), kind, mime, sha256, bytes: bytes.length, blobKey: key },
  )
  return keep(ctx, file, repacked ? givenType : null)
}

/** Chrome and Edge record WebM; WhatsApp plays the same sound in Ogg. */
async function repack(bytes: Uint8Array<ArrayBuffer>, type: string, kind: MediaKind) {
  const isRecording = /^(audio|video)\/(webm|matroska)$/.test(plainMime(type))
  if (!isRecording || (kind !== 'audio' && kind !== 'voice')) return null
  const { toOggOpus } = await import('./media-tracks.ts')
  const ogg = await toOggOpus(bytes)
  return ogg && { bytes: ogg, mime: 'audio/ogg; codecs=opus' }
}

async function factsOf(bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<FileFacts> {
  const base = { mime, bytes: bytes.length }
  const [type] = plainMime(mime).split('/')
  if (type === 'image') {
    const animated = plainMime(mime) === 'image/webp' ? isAnimatedWebp(bytes) : undefined
    return { ...base, ...(sizeOfPicture(bytes) ?? {}), animated }
  }
  if (type !== 'audio' && type !== 'video') return base
  const { readTracks } = await import('./media-tracks.ts')
  const { audio, video } = (await readTracks(bytes)) ?? {}
  return { ...base, audio, video }
}

/** The extended header says so by a bit (WebP container, "Extended file format"). */
function isAnimatedWebp(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X' && ((bytes[20] ?? 0) & 2) !== 0
}

type Kept = Pick<MediaRow, 'id' | 'kind' | 'mime' | 'sha256' | 'bytes' | 'blobKey'>

function rowOf({ workspaceId, now }: UploadContext, { fileName }: Upload, kept: Kept): MediaRow {
  return {
    ...{ ...kept, workspaceId, fileName, messageId: null, channelId: null, remoteId: null, url: null },
    ...{ state: 'stored', attempts: 0, cause: null, availableAt: now, thumbnailKey: null },
    ...{ width: null, height: null, durationMs: null, createdAt: now, storedAt: now },
  }
}

async function keep(ctx: UploadContext, file: MediaRow, repackedFrom: string | null): Promise<Uploaded> {
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const { id: subjectId, kind, bytes } = file
    const entry = { action: 'file uploaded', subjectKind: 'media', subjectId, data: { kind, bytes } }
    await Promise.all([insertMedia(tx, [file]), writeAudit(tx, ctx, newId(), entry)])
  })
  await ctx.emit([mediaDue({ ...file, mediaId: file.id })])
  return { kind: 'stored', file, repackedFrom }
}
