/**
 * The transport beneath every vendor's SDK: a `fetch` with a deadline, the connection's limiter before each call and an
 * account of it after. An answer with any status is returned; only the lack of an answer is thrown.
 */
import { type FetchedFile, RemoteCallError, type ReplyAttachment } from './contract.ts'

/** What became of one call. Queries are left out: they may carry secrets and customers' data. */
export type CallRecord = {
  method: string
  path: string
  /** Null when no answer came. */
  status: number | null
  durationMs: number
  requestBytes?: number
  /** Records carried, where the connector said so. */
  items?: number
  /** Ids of ours in what was sent: of records, mostly. */
  recordIds?: string[]
  /** Of an answer that is not 2xx, the beginning; of none, what the runtime said. */
  excerpt?: string
  /** The answer's headers, for the limiter. */
  headers: Headers
}

export type TransportOptions = {
  fetch: typeof fetch
  deadlineMs?: number
  /** The limiter's gate. It may throw a `RemoteCallError` 'retry after': then nothing is sent or recorded. */
  beforeCall?: () => Promise<void>
  onCall?: (call: CallRecord) => void
  /** Milliseconds, for durations only. */
  clock: () => number
}

/** Request header by which a connector tells the transport how many records a call carries. It never leaves. */
export const ITEMS_HEADER = 'x-buzon-items'

const DEADLINE_MS = 15_000
const EXCERPT_BYTES = 2_048
/** After a connection that was refused or never came about. */
const NO_CONNECTION_MS = 5_000

/** Makes the `fetch` that `ctx.fetch` is. Throws `RemoteCallError` only. */
export function createTransport(options: TransportOptions): typeof fetch {
  const { deadlineMs = DEADLINE_MS, clock } = options
  return async (input, init) => {
    const { request, items } = await prepare(input, init)
    await options.beforeCall?.()
    const started = clock()
    const record = (outcome: Pick<CallRecord, 'status' | 'excerpt' | 'headers'>) =>
      options.onCall?.({
        method: request.method,
        path: new URL(request.url).pathname,
        durationMs: clock() - started,
        ...(request.body === undefined ? {} : { requestBytes: byteLength(request.body) }),
        ...(items === undefined ? {} : { items }),
        ...idsIn(request.body),
        ...outcome,
      })

    try {
      const response = await buffered(options.fetch, request, deadlineMs)
      const { status, headers } = response
      record({ status, headers, ...(response.ok ? {} : { excerpt: await excerptOf(response.clone()) }) })
      return response
    } catch (cause) {
      const message = describe(cause, deadlineMs)
      record({ status: null, headers: new Headers(), excerpt: message })
      const failure = neverLeft(cause)
        ? ({ kind: 'retry after', afterMs: NO_CONNECTION_MS, message } as const)
        : ({ kind: 'ambiguous', message } as const)
      throw new RemoteCallError(failure, { cause })
    }
  }
}

type Prepared = {
  url: string
  method: string
  headers: Headers
  redirect: RequestRedirect
  body?: string | Uint8Array<ArrayBuffer>
  signal?: AbortSignal
}

async function prepare(input: RequestInfo | URL, init: RequestInit | undefined) {
  const given = new Request(input, init)
  const headers = new Headers(given.headers)
  const items = headers.get(ITEMS_HEADER)
  headers.delete(ITEMS_HEADER)
  const request: Prepared = { url: given.url, method: given.method, headers, redirect: given.redirect }
  const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
  if (signal) request.signal = signal
  if (given.body) request.body = typeof init?.body === 'string' ? init.body : new Uint8Array(await given.arrayBuffer())
  return { request, items: items === null ? undefined : Number(items) }
}

/** As many as the largest batch of a vendor's has. */
const MOST_IDS = 200
const OUR_ID = /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g

/** Our records carry UUIDs of version 7 as their keys, wherever a vendor keeps them. */
function idsIn(body: Prepared['body']): { recordIds?: string[] } {
  if (typeof body !== 'string') return {}
  const recordIds = [...new Set(body.match(OUR_ID))].slice(0, MOST_IDS)
  return recordIds.length > 0 ? { recordIds } : {}
}

/** Reads the whole body within the deadline, so that an answer that breaks off is no answer. */
async function buffered(fetchNow: typeof fetch, request: Prepared, deadlineMs: number): Promise<Response> {
  const { url, method, headers, redirect, body = null, signal } = request
  const deadline = AbortSignal.timeout(deadlineMs)
  const response = await fetchNow(url, {
    method,
    headers,
    redirect,
    body,
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  })
  const bytes = await response.arrayBuffer()
  const plain = new Headers(response.headers)
  // The bytes are already decoded.
  plain.delete('content-encoding')
  plain.delete('content-length')
  const empty = bytes.byteLength === 0
  return new Response(empty ? null : bytes, {
    status: response.status,
    statusText: response.statusText,
    headers: plain,
  })
}

async function excerptOf(response: Response): Promise<string> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  // A character cut in two at the end becomes one replacement character.
  return new TextDecoder().decode(bytes.subarray(0, EXCERPT_BYTES))
}

/** Node's names for failures that precede the request; workerd has none, so there every loss counts as ambiguous. */
const BEFORE_SENDING = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'ERR_INVALID_URL', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])

function neverLeft(error: unknown): boolean {
  return causes(error).some(({ code }) => typeof code === 'string' && BEFORE_SENDING.has(code))
}

function describe(error: unknown, deadlineMs: number): string {
  const chain = causes(error)
  if (chain.some(({ name }) => name === 'TimeoutError')) return `No answer within ${deadlineMs} ms`
  const said = chain.map(({ code, message }) => [code, message].filter(Boolean).join(': '))
  return `No answer: ${said.join('; ') || String(error)}`
}

function causes(error: unknown): { name?: unknown; code?: unknown; message?: unknown }[] {
  const chain: object[] = []
  for (let at = error; typeof at === 'object' && at !== null && chain.length < 5; ) {
    chain.push(at)
    at = 'cause' in at ? at.cause : undefined
  }
  return chain
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength
}

/** After a download that was lost, or a server that could not; ms. */
const DOWNLOAD_AGAIN_MS = 5_000

/**
 * A file at an address that carries its own permission: no access of ours goes along. Whoever calls has looked that the address is
 * the vendor's. Throws `RemoteCallError`: `gone` for what is not there.
 */
export async function downloadFile(
  fetch: typeof globalThis.fetch,
  url: string,
  { name, mimeType }: Pick<ReplyAttachment, 'name' | 'mimeType'>,
): Promise<FetchedFile> {
  const again = (message: string) => ({ kind: 'retry after', afterMs: DOWNLOAD_AGAIN_MS, message }) as const
  let response: Response
  try {
    response = await fetch(url)
  } catch (error) {
    if (!(error instanceof RemoteCallError) || error.failure.kind !== 'ambiguous') throw error
    throw new RemoteCallError(again(error.failure.message), { cause: error })
  }
  const refusal = `The file ${name ?? ''} could not be fetched: HTTP ${response.status}`
  if (response.status >= 500 || response.status === 429) throw new RemoteCallError(again(refusal))
  if (!response.ok) throw goneFile(refusal)
  const type = response.headers.get('content-type')
  return { bytes: new Uint8Array(await response.arrayBuffer()), mimeType: type ?? mimeType ?? '', name }
}

/** What an answer needs and is not there. */
export function goneFile(message: string): RemoteCallError {
  return new RemoteCallError({ kind: 'gone', message: message.replace(/\s+/g, ' ') })
}
