/** Files at WhatsApp: where one is, its bytes, and one of ours put there to be sent. */
import { z } from 'zod'
import { readSha256 } from '../../core/media.ts'
import { type Account, type CallFailure, toFailure } from './client.ts'
import { callGraph, readGraphAnswer, type WhatsAppApi } from './graph.ts'
import { judgeHost } from './media-hosts.ts'

export type MediaAddress = { kind: 'found'; url: string; sha256: string | null; mime: string | null }

/** A fresh address by the file's id, good for five minutes. `gone`: WhatsApp has it no more (ids of webhooks live 7 days). */
export async function findMedia(
  api: WhatsAppApi,
  { phoneNumberId, token }: Account,
  remoteId: string,
): Promise<MediaAddress | { kind: 'gone'; reason: string } | CallFailure> {
  const path = `${encodeURIComponent(remoteId)}?phone_number_id=${encodeURIComponent(phoneNumberId)}`
  const answer = await callGraph(api, token, 'GET', path)
  if (answer.kind === 'error' && (answer.status === 404 || answer.code === '100'))
    return { kind: 'gone', reason: answer.reason }
  if (answer.kind !== 'ok') return toFailure(answer)
  const found = address.safeParse(answer.body).data
  if (!found) return { kind: 'ambiguous', code: null, reason: 'WhatsApp named no address' }
  return { kind: 'found', url: found.url, sha256: readSha256(found.sha256), mime: found.mime_type ?? null }
}

const address = z.object({
  url: z.string(),
  sha256: z.string().optional().catch(undefined),
  mime_type: z.string().optional().catch(undefined),
})

export type Download =
  /** `bytes` as declared, where it is. */
  | { kind: 'open'; body: ReadableStream<Uint8Array>; mime: string | null; bytes: number | null }
  /** The address is over, or never was. */
  | { kind: 'over'; reason: string }
  /** Not Meta's: nothing was asked. */
  | { kind: 'foreign'; reason: string }
  | { kind: 'no answer'; reason: string }

/** Meta sends on once at the most. */
const HOPS = 4

/** The bytes at the address. Redirects are followed by hand: each host is judged anew, and the token stays with Meta. */
export async function openMedia(api: WhatsAppApi, token: string, url: string, signal: AbortSignal): Promise<Download> {
  let at = url
  for (let hop = 0; hop < HOPS; hop++) {
    const host = judgeHost(at, api.baseUrl)
    if (host === 'foreign') return { kind: 'foreign', reason: `The file is at ${hostOf(at)}, which is not Meta's` }
    const headers = {
      // Without a name the door answers with a page for browsers.
      'user-agent': 'Buzon/1.0',
      ...(host === 'with token' ? { authorization: `Bearer ${token}` } : {}),
    }
    let response: Response
    try {
      response = await api.fetch(at, { headers, redirect: 'manual', signal })
    } catch (error) {
      return { kind: 'no answer', reason: `No answer from ${hostOf(at)}: ${(error as Error).message}` }
    }
    const next = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && next) {
      await response.body?.cancel()
      at = URL.canParse(next, at) ? new URL(next, at).href : next
      continue
    }
    if (response.ok && response.body) {
      const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length')
      const mime = response.headers.get('content-type')
      return { kind: 'open', body: response.body, mime, bytes: length === null ? null : Number(length) }
    }
    await response.body?.cancel()
    const reason = `${hostOf(at)} answered ${response.status}`
    const isOver = response.status >= 400 && response.status < 500 && response.status !== 429
    return isOver ? { kind: 'over', reason } : { kind: 'no answer', reason }
  }
  return { kind: 'no answer', reason: 'The file was sent on too often' }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : 'no address'
}

export type FileToSend = { body: ReadableStream<Uint8Array>; bytes: number; mime: string; name: string }

/** A large file on a slow line; ms. */
const UPLOAD_DEADLINE_MS = 240_000

/**
 * Puts a file at WhatsApp, for this number; the id lives for 30 days (Meta, "Media › Upload media"). A lost answer costs
 * nothing: nobody sees a file that is not sent. The form is written by hand, because a `FormData` would hold the file whole.
 */
export async function putMedia(
  api: WhatsAppApi,
  { phoneNumberId, token }: Account,
  file: FileToSend,
): Promise<{ kind: 'put'; remoteId: string } | CallFailure> {
  const boundary = `buzon-${crypto.randomUUID()}`
  const { head, tail } = formAround(boundary, file)
  const length = head.length + file.bytes + tail.length
  const answer = await readGraphAnswer(() =>
    api.fetch(`${api.baseUrl}/${api.version}/${phoneNumberId}/media`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(length),
      },
      body: ofLength(between(head, file.body, tail), length),
      // Node asks for it where a body is a stream.
      ...({ duplex: 'half' } as object),
      signal: AbortSignal.timeout(UPLOAD_DEADLINE_MS),
    }),
  )
  if (answer.kind !== 'ok') return toFailure(answer)
  const remoteId = z.object({ id: z.string().min(1) }).safeParse(answer.body).data?.id
  return remoteId ? { kind: 'put', remoteId } : { kind: 'ambiguous', code: null, reason: 'WhatsApp gave no id' }
}

function formAround(boundary: string, { mime, name }: FileToSend) {
  const encode = (lines: string[]) => new TextEncoder().encode(lines.join('\r\n'))
  const field = (key: string, value: string) => [
    `--${boundary}`,
    `content-disposition: form-data; name="${key}"`,
    '',
    value,
  ]
  // As browsers write it (WHATWG, "Multipart form data").
  const shown = name.replace(/["\r\n]/g, each => encodeURIComponent(each))
  const file = [
    `--${boundary}`,
    `content-disposition: form-data; name="file"; filename="${shown}"`,
    `content-type: ${mime.replace(/[\r\n]/g, '')}`,
    '',
    '',
  ]
  return {
    head: encode([...field('messaging_product', 'whatsapp'), ...field('type', mime.replace(/[\r\n]/g, '')), ...file]),
    tail: encode(['', `--${boundary}--`, '']),
  }
}

function between(head: Uint8Array, body: ReadableStream<Uint8Array>, tail: Uint8Array): ReadableStream<Uint8Array> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: controller => controller.enqueue(head),
      flush: controller => controller.enqueue(tail),
    }),
  )
}

/** workerd states a length for a stream of this kind alone; elsewhere the header does. */
function ofLength(stream: ReadableStream<Uint8Array>, length: number): ReadableStream<Uint8Array> {
  const Fixed = (globalThis as { FixedLengthStream?: new (length: number) => TransformStream }).FixedLengthStream
  return Fixed ? stream.pipeThrough(new Fixed(length)) : stream
}
