/** Bytes on their way: counted, hashed and limited while they pass, and what they are by how they begin. */
import { sha256 } from '@noble/hashes/sha2.js'
import { fileTypeFromBuffer } from 'file-type'
import { plainMime } from '../core/media.ts'

/** What the type is read from; office documents name their kind within the first kilobytes. */
const HEAD_BYTES = 16 * 1024

export type Passage = {
  stream: ReadableStream<Uint8Array>
  /** Once all have passed. */
  seen(): { sha256: string; bytes: number; head: Uint8Array }
  /** It was cut, because it was longer than the limit. */
  isTooLong(): boolean
}

/** `limit` in bytes: beyond it the stream fails, and nothing more is read. */
export function passThrough(body: ReadableStream<Uint8Array>, limit: number): Passage {
  const hash = sha256.create()
  const heads: Uint8Array[] = []
  let [bytes, headBytes] = [0, 0]
  const stream = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length
        if (bytes > limit) throw new Error('The file is longer than the limit')
        hash.update(chunk)
        if (headBytes < HEAD_BYTES) {
          heads.push(chunk.slice(0, HEAD_BYTES - headBytes))
          headBytes += heads.at(-1)?.length ?? 0
        }
        controller.enqueue(chunk)
      },
    }),
  )
  return {
    stream,
    seen: () => ({ sha256: hex(hash.clone().digest()), bytes, head: joined(heads) }),
    isTooLong: () => bytes > limit,
  }
}

/** How it begins, and the whole of it still to be read. */
export async function peek(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  const first: Uint8Array[] = []
  let bytes = 0
  while (bytes < HEAD_BYTES) {
    const { value } = await reader.read()
    if (!value) break
    first.push(value)
    bytes += value.length
  }
  const waiting = [...first]
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = waiting.shift() ?? (await reader.read()).value
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: reason => reader.cancel(reason),
  })
  return { head: joined(first).subarray(0, HEAD_BYTES), stream }
}

export function hashOf(bytes: Uint8Array): string {
  return hex(sha256(bytes))
}

/** The whole stream in memory; null where it is longer than the limit. */
export async function readWhole(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > limit) return null
    chunks.push(chunk)
  }
  return joined(chunks)
}

/** Names that say less than the bytes: what a file is called by those who cannot look inside. */
const UNKNOWN = 'application/octet-stream'
const containers = new Set(['application/zip', 'application/x-cfb', UNKNOWN])
const sameAs: Record<string, string> = {
  'audio/x-m4a': 'audio/mp4',
  'image/apng': 'image/png',
  'audio/vnd.wave': 'audio/wav',
}

/**
 * The type by the bytes, where they tell; a claim is believed only where it says more of the same, or where such bytes have
 * no mark of their own (text).
 */
export async function typeOf(head: Uint8Array, claimed: string): Promise<string> {
  const found = (await fileTypeFromBuffer(head).catch(() => undefined))?.mime
  const claim = plainMime(claimed)
  if (!found) return isText(head) ? 'text/plain' : claim.startsWith('application/') ? claim : UNKNOWN
  const type = sameAs[plainMime(found)] ?? plainMime(found)
  if (containers.has(type) && claim.startsWith('application/')) return claim
  // The same box holds pictures and sound alone.
  if (type === 'video/mp4' && claim === 'audio/mp4') return claim
  if (type === claim && claimed.includes(';')) return claimed
  return found.includes(';') ? found : type
}

/** No control characters but those of text. */
function isText(head: Uint8Array): boolean {
  return head.every(byte => byte >= 32 || (byte >= 9 && byte <= 13) || byte === 27)
}

function joined(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
