/** Files in a bucket of Cloudflare R2, by the binding of a Worker. */
import { type BlobStore, requireKey } from '../core/blobs.ts'
import { putInParts } from './parts.ts'

type Range = { offset: number; length: number }
type Upload = {
  uploadPart(number: number, bytes: Uint8Array): Promise<Part>
  complete(parts: Part[]): Promise<unknown>
  abort(): Promise<void>
}
type Part = { partNumber: number; etag: string }

/** What is used of the binding (Cloudflare, "R2 › Workers API reference"). */
export type R2Bucket = {
  put(key: string, value: ReadableStream | Uint8Array): Promise<unknown>
  get(key: string, options?: { range?: Range }): Promise<{ body: ReadableStream<Uint8Array>; size: number } | null>
  delete(key: string): Promise<void>
  createMultipartUpload(key: string): Promise<Upload>
}

export function createR2Blobs(bucket: R2Bucket): BlobStore {
  return {
    put: (key, body) => put(bucket, requireKey(key), body),
    async get(key, range) {
      const options = range ? { range: { offset: range.start, length: range.end - range.start + 1 } } : undefined
      return (await bucket.get(requireKey(key), options))?.body ?? null
    },
    /** R2 knows no other way: its binding neither renames nor copies. */
    async move(from, to) {
      const found = await bucket.get(requireKey(from))
      if (!found) throw new Error(`There is no file ${from}`)
      await put(bucket, requireKey(to), found.body)
      await bucket.delete(from)
    },
    delete: key => bucket.delete(requireKey(key)),
  }
}

/** A stream of unknown length is refused by R2, so it goes in pieces. */
function put(bucket: R2Bucket, key: string, body: ReadableStream<Uint8Array>) {
  return putInParts<Part>(body, {
    whole: bytes => bucket.put(key, bytes),
    async begin() {
      const upload = await bucket.createMultipartUpload(key)
      return {
        part: (number, bytes) => upload.uploadPart(number, bytes),
        complete: parts => upload.complete(parts),
        abort: () => upload.abort(),
      }
    },
  })
}
