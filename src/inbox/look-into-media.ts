/**
 * Looks into a file that is here: how large a picture is, how long a sound, and a thumbnail of a picture. What cannot be read
 * is no failure: the file is as good without.
 */
import { imageSize } from 'image-size'
import { thumbnailKey } from '../core/blobs.ts'
import { LARGEST_READ_WHOLE, plainMime } from '../core/media.ts'
import { type MediaRow, setMediaLook, takeMedia } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { MediaContext } from './fetch-media.ts'
import { readWhole } from './media-bytes.ts'

export type LookContext = Omit<MediaContext, 'whatsapp' | 'sealing'> & {
  /** A small JPEG of a picture. Throws where it cannot be decoded. */
  thumbnail: (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>
}

/**
 * Larger ones are not decoded: at four bytes a pixel, twice over, the memory of a Worker (128 MB) would not do. Pictures that
 * came through WhatsApp have about 2 megapixels; what is larger was sent as a document. Pixels.
 */
const LARGEST_PICTURE = 12_000_000

/** Tries of a file that ends the process which looks into it. */
const TRIES = 3

const LEASE_MS = 120_000

export async function lookIntoMedia(ctx: LookContext, mediaId: string): Promise<{ kind: 'looked' | 'nothing' }> {
  const until = new Date(ctx.now.getTime() + LEASE_MS)
  const file = await inWorkspace(ctx.db, ctx.workspaceId, tx => takeMedia(tx, mediaId, 'stored', ctx.now, until))
  if (!file) return { kind: 'nothing' }
  const look = file.attempts > TRIES ? { ...NOTHING, cause: 'It could not be looked into' } : await lookInto(ctx, file)
  await inWorkspace(ctx.db, ctx.workspaceId, tx => setMediaLook(tx, mediaId, look))
  return { kind: 'looked' }
}

export type Look = Pick<MediaRow, 'width' | 'height' | 'durationMs' | 'thumbnailKey' | 'cause'>

const NOTHING: Look = { width: null, height: null, durationMs: null, thumbnailKey: null, cause: null }

async function lookInto(ctx: LookContext, { blobKey, bytes, mime, sha256 }: MediaRow): Promise<Look> {
  const [type] = plainMime(mime).split('/')
  const isReadable = type === 'image' || type === 'audio' || type === 'video'
  if (!isReadable || !blobKey || !sha256 || (bytes ?? 0) > LARGEST_READ_WHOLE) return NOTHING
  const body = await ctx.blobs.get(blobKey)
  if (!body) return { ...NOTHING, cause: 'Its bytes are gone' }
  const whole = (await readWhole(body, LARGEST_READ_WHOLE)) ?? new Uint8Array()
  if (type === 'image') return lookAtPicture(ctx, whole, sha256)
  // Loaded where it is needed: most messages have no sound.
  const { readTracks } = await import('./media-tracks.ts')
  const tracks = await readTracks(whole)
  const { width = null, height = null } = tracks?.video ?? {}
  return { ...NOTHING, durationMs: tracks?.durationMs ?? null, width, height }
}

async function lookAtPicture(ctx: LookContext, bytes: Uint8Array, sha256: string): Promise<Look> {
  const size = sizeOfPicture(bytes)
  if (!size) return NOTHING
  const look = { ...NOTHING, ...size }
  if (size.width * size.height > LARGEST_PICTURE) return { ...look, cause: 'Too large a picture for a thumbnail' }
  const small = await ctx.thumbnail(bytes).catch((error: unknown) => error as Error)
  if (small instanceof Error) return { ...look, cause: `No thumbnail: ${small.message}` }
  const key = thumbnailKey(ctx.workspaceId, sha256)
  await ctx.blobs.put(key, new Blob([small]).stream())
  return { ...look, thumbnailKey: key }
}

/** As it is shown: what a camera noted of its turn is heeded. */
export function sizeOfPicture(bytes: Uint8Array): { width: number; height: number } | null {
  try {
    const { width, height, orientation = 1 } = imageSize(bytes)
    return orientation >= 5 ? { width: height, height: width } : { width, height }
  } catch {
    return null
  }
}
