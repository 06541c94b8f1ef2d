/** A store of files in memory. */
import type { BlobStore } from '../../src/core/blobs.ts'

export type MemoryBlobs = BlobStore & { files: Map<string, Uint8Array<ArrayBuffer>> }

export function memoryBlobs(): MemoryBlobs {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  return {
    files,
    async put(key, body) {
      const bytes = new Uint8Array(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())
      files.set(key, bytes)
    },
    async get(key, range) {
      const bytes = files.get(key)
      if (!bytes) return null
      return new Blob([range ? bytes.slice(range.start, range.end + 1) : bytes]).stream()
    },
    async move(from, to) {
      const bytes = files.get(from)
      if (!bytes) throw new Error(`There is no file ${from}`)
      files.set(to, bytes)
      files.delete(from)
    },
    async delete(key) {
      files.delete(key)
    },
  }
}
