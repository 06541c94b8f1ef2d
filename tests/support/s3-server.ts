/** A bucket that speaks as much S3 as is used, in memory. Checks each signature against its own reading of the request. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsV4Signer } from 'aws4fetch'

export type S3Server = {
  url: string
  files: Map<string, Buffer>
  calls: string[]
  /** The next answers, instead of what would be right. */
  failures: number[]
  close(): Promise<void>
}

const KEY = { accessKeyId: 'test-id', secretAccessKey: 'test-secret' }
export const S3_KEY = { ...KEY, bucket: 'buzon-media', region: 'auto' }

export async function startS3(): Promise<S3Server> {
  const files = new Map<string, Buffer>()
  const uploads = new Map<string, Map<number, Buffer>>()
  const calls: string[] = []
  const failures: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    const key = url.pathname.replace(`/${S3_KEY.bucket}/`, '')
    const upload = url.searchParams.get('uploadId')
    calls.push(`${request.method} ${url.search || url.pathname}`)
    const answer = (status: number, text: string | Buffer = '', headers = {}) =>
      void response.writeHead(status, headers).end(text)
    const failure = failures.shift()
    if (failure) return answer(failure, '<Error><Code>SlowDown</Code><Message>Please wait</Message></Error>')
    if (!(await isSigned(request, url))) return answer(403, '<Error><Code>SignatureDoesNotMatch</Code></Error>')
    switch (request.method) {
      case 'PUT': {
        const source = request.headers['x-amz-copy-source']
        const bytes = source ? files.get(String(source).replace(`/${S3_KEY.bucket}/`, '')) : body
        if (!bytes) return answer(404, '<Error><Code>NoSuchKey</Code></Error>')
        if (upload) uploads.get(upload)?.set(Number(url.searchParams.get('partNumber')), body)
        else files.set(key, bytes)
        return answer(200, '', { etag: `"${createHash('md5').update(bytes).digest('hex')}"` })
      }
      case 'POST': {
        if (!upload) {
          const id = `upload/${uploads.size}+1`
          uploads.set(id, new Map())
          return answer(
            200,
            `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
          )
        }
        const parts = [...(uploads.get(upload) ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part)
        if (parts.slice(0, -1).some(part => part.length < 5 * 1024 * 1024))
          return answer(200, '<Error><Code>EntityTooSmall</Code><Message>Too small</Message></Error>')
        files.set(key, Buffer.concat(parts))
        return answer(200, '<CompleteMultipartUploadResult/>')
      }
      case 'DELETE':
        if (upload) uploads.delete(upload)
        else files.delete(key)
        return answer(204)
      default: {
        const bytes = files.get(key)
        if (!bytes) return answer(404, '<Error><Code>NoSuchKey</Code></Error>')
        const [, start, end] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? []
        return start ? answer(206, bytes.subarray(Number(start), Number(end) + 1)) : answer(200, bytes)
      }
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { ...{ url, files, calls, failures }, close: () => new Promise(done => server.close(() => done())) }
}

async function isSigned(request: IncomingMessage, url: URL): Promise<boolean> {
  const given = String(request.headers.authorization)
  const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? []
  const headers = Object.fromEntries(
    names.filter(name => name !== 'host').map(name => [name, String(request.headers[name])]),
  )
  const datetime = String(request.headers['x-amz-date'])
  const signer = new AwsV4Signer({
    ...{ ...KEY, service: 's3', region: S3_KEY.region, url: url.href, method: request.method ?? '', headers, datetime },
  })
  return (await signer.authHeader()) === given
}
