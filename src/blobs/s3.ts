/**
 * Files in a bucket that speaks S3: Amazon's, R2's, MinIO, Garage … Addressed by path (`endpoint/bucket/key`), which all
 * of them take. Calls are signed by aws4fetch.
 */
import { AwsClient } from 'aws4fetch'
import { type BlobStore, requireKey } from '../core/blobs.ts'
import { putInParts } from './parts.ts'

export type S3Options = {
  /** Without a trailing slash. */
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

/** One call, whose largest part is 8 MiB; ms. */
const DEADLINE_MS = 60_000

/** Tries of a call that the store could not do (5xx, 429, no answer). */
const TRIES = 3

export function createS3Blobs(options: S3Options, call: typeof fetch): BlobStore {
  const { accessKeyId, secretAccessKey, region } = options
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' })
  const address = (key: string) => `${options.endpoint}/${options.bucket}/${requireKey(key)}`

  async function ask(method: string, url: string, init: RequestInit = {}): Promise<Response> {
    for (let n = 1; ; n++) {
      const response = await attempt(method, url, init).catch((error: unknown) => error as Error)
      if (!(response instanceof Error) && response.status < 500 && response.status !== 429) return response
      if (n < TRIES) continue
      if (response instanceof Error) throw new Error('The file store could not be reached', { cause: response })
      return response
    }
  }

  async function attempt(method: string, url: string, init: RequestInit) {
    const { headers } = await client.sign(url, { ...init, method })
    return call(url, { ...init, method, headers, signal: AbortSignal.timeout(DEADLINE_MS) })
  }

  async function must(method: string, url: string, init: RequestInit = {}): Promise<Response> {
    const response = await ask(method, url, init)
    if (response.ok) return response
    throw new Error(`The file store answered ${response.status}: ${wordsOf(await response.text())}`)
  }

  return {
    put: (key, body) =>
      putInParts<string>(body, {
        whole: bytes => must('PUT', address(key), { body: bytes }),
        async begin() {
          const started = await (await must('POST', `${address(key)}?uploads=`)).text()
          const id = encodeURIComponent(elementOf(started, 'UploadId'))
          return {
            async part(number, bytes) {
              const url = `${address(key)}?partNumber=${number}&uploadId=${id}`
              const etag = (await must('PUT', url, { body: bytes })).headers.get('etag')
              if (!etag) throw new Error('The file store named no part')
              return etag
            },
            async complete(etags) {
              const parts = etags.map(
                (etag, n) => `<Part><PartNumber>${n + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
              )
              const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
              const answer = await (await must('POST', `${address(key)}?uploadId=${id}`, { body })).text()
              // S3 may answer 200 and fail all the same.
              if (answer.includes('<Error>')) throw new Error(`The file store answered: ${wordsOf(answer)}`)
            },
            abort: () => must('DELETE', `${address(key)}?uploadId=${id}`),
          }
        },
      }),
    async get(key, range) {
      const headers = new Headers(range ? { range: `bytes=${range.start}-${range.end}` } : {})
      const response = await ask('GET', address(key), { headers })
      if (response.status === 404) return null
      if (!response.ok) throw new Error(`The file store answered ${response.status}: ${wordsOf(await response.text())}`)
      return response.body ?? new Blob([]).stream()
    },
    async move(from, to) {
      await must('PUT', address(to), { headers: { 'x-amz-copy-source': `/${options.bucket}/${requireKey(from)}` } })
      await must('DELETE', address(from))
    },
    async delete(key) {
      const response = await ask('DELETE', address(key))
      if (!response.ok && response.status !== 404) throw new Error(`The file store answered ${response.status}`)
    },
  }
}

/** Answers are small and flat: one element is read by its name. */
function elementOf(xml: string, name: string): string {
  const value = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  if (!value) throw new Error(`The file store gave no ${name}`)
  return value
}

function wordsOf(xml: string): string {
  return /<Message>([^<]*)<\/Message>/.exec(xml)?.[1] ?? /<Code>([^<]*)<\/Code>/.exec(xml)?.[1] ?? 'no reason given'
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
