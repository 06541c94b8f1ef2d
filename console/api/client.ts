/** The hub's API, typed by the service itself: the only thing of it that the console knows. */
import { type ClientResponse, hc } from 'hono/client'
import type { AppType } from '../../src/app.ts'

const hub = hc<AppType>('/', { init: { credentials: 'same-origin' } })
export const api = hub.api.v1
export const doors = hub.api.join

/** What the hub says when it refuses (RFC 9457), in the language of the person. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: { field: string; message: string }[]
  /** The whole answer, for those that carry more. */
  readonly body: Record<string, unknown>
  constructor(status: number, body: Record<string, unknown>) {
    super(String(body.detail ?? body.title ?? status))
    this.name = 'Problem'
    this.status = status
    this.code = String(body.code ?? '')
    this.errors = Array.isArray(body.errors) ? body.errors : []
    this.body = body
  }
}

type Done<R> =
  R extends ClientResponse<infer T, infer Status, string> ? (Status extends 200 | 201 | 202 ? T : never) : never

/** The body of an answer that went well. Throws `Problem` for any other, and where nobody answers. */
export async function ask<R extends ClientResponse<unknown>>(request: Promise<R>): Promise<Done<R>> {
  let response: R
  try {
    response = await request
  } catch {
    throw new Problem(0, { code: 'no_connection', detail: '' })
  }
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as Done<R>
}

/** As `ask`, for what the typed client does not know: sign-in, uploads. */
export function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const isForm = body instanceof FormData
  return fetched(path, {
    method: 'POST',
    body: isForm ? body : JSON.stringify(body),
    headers: { ...headers, ...(isForm ? {} : { 'content-type': 'application/json' }) },
  })
}
export const get = <T>(path: string, headers: Record<string, string> = {}): Promise<T> => fetched(path, { headers })

async function fetched<T>(path: string, request: RequestInit): Promise<T> {
  const response = await fetch(path, request).catch(() => {
    throw new Problem(0, { code: 'no_connection', detail: '' })
  })
  if (!response.ok) throw await problemOf(response)
  return (await response.json().catch(() => ({}))) as T
}

async function problemOf(response: Pick<Response, 'status' | 'json'>): Promise<Problem> {
  const body = await response.json().catch(() => ({}))
  return new Problem(response.status, typeof body === 'object' && body !== null ? body : {})
}
