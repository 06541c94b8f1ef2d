/** Every store of files does the same: a disk, S3, and R2 as wrangler simulates it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getPlatformProxy } from 'wrangler'
import { PART_BYTES } from '../../src/blobs/parts.ts'
import { createR2Blobs, type R2Bucket } from '../../src/blobs/r2.ts'
import { createS3Blobs } from '../../src/blobs/s3.ts'
import type { BlobStore } from '../../src/core/blobs.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { createDiskBlobs } from '../../src/node/disk-blobs.ts'
import { memoryBlobs } from '../support/blobs.ts'
import { S3_KEY, type S3Server, startS3 } from '../support/s3-server.ts'

let folder: string
let s3: S3Server
let platform: Awaited<ReturnType<typeof getPlatformProxy<{ MEDIA: R2Bucket }>>>
const stores: Record<string, BlobStore> = {}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buzon-blobs-'))
  s3 = await startS3()
  platform = await getPlatformProxy({ configPath: 'wrangler.toml', persist: false })
  stores.disk = createDiskBlobs(folder)
  stores.S3 = createS3Blobs({ ...S3_KEY, endpoint: s3.url }, fetch)
  stores.R2 = createR2Blobs(platform.env.MEDIA)
  stores.memory = memoryBlobs()
})

afterAll(async () => {
  await platform?.dispose()
  await s3?.close()
  await rm(folder, { recursive: true, force: true })
})

const pattern = new Uint8Array(3 * PART_BYTES)
for (let n = 0; n < pattern.length; n++) pattern[n] = n * 7 + (n >> 9)
const bytesOf = (length: number) => pattern.subarray(0, length)
const streamOf = (bytes: Uint8Array, failAt = Number.POSITIVE_INFINITY) => {
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= failAt) return controller.error(new Error('It breaks off'))
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + 65_536))
      at += 65_536
    },
  })
}
async function read(store: BlobStore, key: string, range?: { start: number; end: number }) {
  const body = await store.get(key, range)
  return body && Buffer.from(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())
}

describe.each(['disk', 'S3', 'R2', 'memory'])('%s', name => {
  const workspace = newId()
  const key = (word: string) => `${workspace}/${word}`
  const store = () => stores[name] as BlobStore

  it.each([0, 1, 70_000, 2 * PART_BYTES + 5])('keeps %i bytes as they are', async length => {
    const bytes = bytesOf(length)
    await store().put(key('a'), streamOf(bytes))
    expect((await read(store(), key('a')))?.equals(bytes)).toBe(true)
  })

  it('gives any piece', async () => {
    const bytes = bytesOf(1000)
    await store().put(key('b'), streamOf(bytes))
    for (const [start, end] of [
      [0, 0],
      [0, 999],
      [10, 19],
      [999, 999],
    ] as const) {
      expect(await read(store(), key('b'), { start, end })).toEqual(Buffer.from(bytes.slice(start, end + 1)))
    }
  })

  it('has nothing where nothing was put, and deletes it without a word', async () => {
    expect(await store().get(key('none'))).toBeNull()
    await store().delete(key('none'))
    await store().put(key('c'), streamOf(bytesOf(5)))
    await store().delete(key('c'))
    expect(await store().get(key('c'))).toBeNull()
  })

  it('moves over what was there', async () => {
    await store().put(key('from'), streamOf(bytesOf(9)))
    await store().put(key('to'), streamOf(bytesOf(3)))
    await store().move(key('from'), key('to'))
    expect(await read(store(), key('to'))).toEqual(Buffer.from(bytesOf(9)))
    expect(await store().get(key('from'))).toBeNull()
    await expect(store().move(key('from'), key('to'))).rejects.toThrow()
  })

  it.each([100_000, PART_BYTES + 100_000])('keeps nothing of what breaks off after %i bytes', async failAt => {
    await expect(store().put(key('broken'), streamOf(bytesOf(3 * PART_BYTES), failAt))).rejects.toThrow()
    expect(await store().get(key('broken'))).toBeNull()
  })
})

it.each(['disk', 'S3', 'R2'])('%s follows no key out of its place', async name => {
  for (const key of ['../x', '/etc/passwd', `${newId()}/../../x`, `${newId()}/a/b`, `${newId()}/..`, '']) {
    const attempt = async () => stores[name]?.get(key)
    await expect(attempt(), key).rejects.toThrow('Not the key of a file')
  }
})

it('S3 is asked again where it could not, and its words are told where it would not', async () => {
  const key = `${newId()}/x`
  s3.failures.push(503, 503)
  await stores.S3?.put(key, streamOf(bytesOf(5)))
  expect(s3.files.has(key)).toBe(true)
  s3.failures.push(503, 503, 503)
  await expect(stores.S3?.put(key, streamOf(bytesOf(5)))).rejects.toThrow('503: Please wait')
  const stranger = createS3Blobs({ ...S3_KEY, endpoint: s3.url, secretAccessKey: 'wrong' }, fetch)
  await expect(stranger.put(key, streamOf(bytesOf(5)))).rejects.toThrow('403: SignatureDoesNotMatch')
})

it('a disk has no halves beside what is whole', async () => {
  const workspace = newId()
  await expect(stores.disk?.put(`${workspace}/x`, streamOf(bytesOf(1e6), 5e5))).rejects.toThrow()
  await stores.disk?.put(`${workspace}/y`, streamOf(bytesOf(10)))
  expect(await readdir(path.join(folder, workspace))).toEqual(['y'])
})
