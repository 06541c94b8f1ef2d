/** Files on a disk: a folder for each workspace. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { type BlobStore, requireKey } from '../core/blobs.ts'

export function createDiskBlobs(directory: string): BlobStore {
  const fileOf = (key: string) => path.join(directory, ...requireKey(key).split('/'))
  return {
    /**
     * Written beside it, brought to the disk, then renamed: no crash leaves half a file under its name. What one leaves
     * beside it is overwritten by the next try.
     */
    async put(key, body) {
      const file = fileOf(key)
      // The folder around is not ours alone: the embedded database, which is another user, lives beside.
      await mkdir(path.dirname(path.resolve(directory)), { recursive: true })
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      const half = `${file}.half`
      try {
        await pipeline(
          Readable.fromWeb(body as NodeStream<Uint8Array>),
          createWriteStream(half, { mode: 0o600, flush: true }),
        )
        await rename(half, file)
      } catch (error) {
        await rm(half, { force: true })
        throw error
      }
    },
    async get(key, range) {
      const handle = await open(fileOf(key)).catch(nothingThere)
      if (!handle) return null
      const { start, end } = range ?? {}
      const stream = createReadStream('', { fd: handle, ...(range ? { start, end } : {}) } as object)
      return Readable.toWeb(stream) as ReadableStream<Uint8Array>
    },
    async move(from, to) {
      await rename(fileOf(from), fileOf(to))
    },
    async delete(key) {
      await rm(fileOf(key), { force: true })
    },
  }
}

function nothingThere(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
