/**
 * `/media`: files by their signed addresses, whole or in pieces, as players of sound and film want them (Safari plays nothing
 * else). What came from strangers runs nowhere: what a browser might run is only ever downloaded, and nothing is guessed.
 */
import { type Context, Hono } from 'hono'
import { byteRange } from '../core/byte-range.ts'
import { AppError } from '../core/errors.ts'
import { plainMime } from '../core/media.ts'
import { type MediaRow, mediaById } from '../db/media.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { problem } from './errors.ts'
import type { HttpEnv } from './runtime.ts'

export const media = new Hono<HttpEnv>().get('/:id', serve)

async function serve(c: Context<HttpEnv>) {
  const { services, mediaLinks } = c.var.runtime
  const link = await mediaLinks.read(c.req.param('id') ?? '', c.req.query(), services.now())
  if (!link) return problem(c, new AppError('not found', { what: 'file' }))
  if (link.isOver) return problem(c, new AppError('link over'))
  const { workspaceId, mediaId, variant } = link
  const file = await inWorkspace(services.db, workspaceId, tx => mediaById(tx, mediaId))
  const key = variant === 'thumbnail' ? file?.thumbnailKey : file?.blobKey
  if (!file || !key || file.state !== 'stored') return problem(c, new AppError('not found', { what: 'file' }))
  const headers = { ...lasting, etag: `"${file.sha256}${variant === 'thumbnail' ? '-t' : ''}"` }
  if (c.req.header('if-none-match') === headers.etag) return c.body(null, 304, headers)
  if (variant === 'thumbnail') return thumbnail(c, key, headers)
  return pieces(c, file, key, { ...headers, ...manner(file, c.req.query('download') !== undefined) })
}

const lasting = {
  // Within the life of its address; of the reader alone.
  'cache-control': 'private, max-age=300, immutable',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
}

async function thumbnail(c: Context<HttpEnv>, key: string, headers: Record<string, string>) {
  const body = await c.var.runtime.services.blobs.get(key)
  if (!body) return problem(c, new AppError('not found', { what: 'file' }))
  return c.body(body as ReadableStream, 200, { ...headers, 'content-type': 'image/jpeg' })
}

async function pieces(c: Context<HttpEnv>, file: MediaRow, key: string, given: Record<string, string>) {
  const { blobs } = c.var.runtime.services
  const bytes = file.bytes ?? 0
  const headers = { ...given, 'accept-ranges': 'bytes' }
  // Another version than the one that was begun: from the start.
  const isSame = [undefined, given.etag].includes(c.req.header('if-range'))
  const range = byteRange(isSame ? c.req.header('range') : undefined, bytes)
  if (range.kind === 'beyond') {
    const answer = problem(c, new AppError('beyond the end', { bytes: String(bytes) }))
    answer.headers.set('content-range', `bytes */${bytes}`)
    return answer
  }
  const isHead = c.req.method === 'HEAD'
  const body = isHead ? null : await blobs.get(key, range.kind === 'part' ? range : undefined)
  if (!body && !isHead) return problem(c, new AppError('not found', { what: 'file' }))
  if (range.kind === 'whole') {
    return c.body(body as ReadableStream, 200, { ...headers, 'content-length': String(bytes) })
  }
  const { start, end } = range
  return c.body(body as ReadableStream, 206, {
    ...{ ...headers, 'content-length': String(end - start + 1) },
    'content-range': `bytes ${start}-${end}/${bytes}`,
  })
}

/** What a browser may show of itself: nothing of it runs. SVG and HTML are not of it, nor is PDF, which has scripts. */
const shown = /^(image\/(jpeg|png|webp|gif)|audio\/(aac|amr|mpeg|mp4|ogg|wav|webm)|video\/(mp4|3gpp|webm))$/

function manner({ mime, fileName, kind, id }: MediaRow, download: boolean): Record<string, string> {
  const isShown = shown.test(plainMime(mime))
  const name = fileName ?? `${kind}-${id.slice(-12)}${endings[plainMime(mime)] ?? ''}`
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const whole = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    each => `%${each.charCodeAt(0).toString(16)}`,
  )
  return {
    'content-type': isShown ? mime : 'application/octet-stream',
    'content-disposition': `${isShown && !download ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${whole}`,
  }
}

const endings: Record<string, string> = {
  ...{ 'image/jpeg': '.jpg', 'image/png': '.png', 'image/webp': '.webp', 'audio/ogg': '.ogg', 'audio/mpeg': '.mp3' },
  ...{ 'audio/mp4': '.m4a', 'audio/aac': '.aac', 'audio/amr': '.amr', 'video/mp4': '.mp4', 'video/3gpp': '.3gp' },
  ...{ 'application/pdf': '.pdf', 'text/plain': '.txt' },
}
