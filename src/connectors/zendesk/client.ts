/**
 * Zendesk's API over `ctx.fetch`. The official client builds the requests, through its raw request: its methods resolve where
 * Zendesk refused (any answer with Retry-After, 502), and stop after the first page of an export.
 */
import type { z } from 'zod'
import type { Failure } from '../../core/failure.ts'
import { RemoteCallError } from '../contract.ts'
import { ITEMS_HEADER } from '../fetch.ts'
import { isOAuth } from './credentials.ts'
import { failureOf, lostCall, type Purpose } from './failure.ts'
import { uploadAnswer } from './schema.ts'
import type { ZendeskContext } from './settings.ts'

export type Answer<Value> = { kind: 'answered'; value: Value } | { kind: 'refused'; failure: Failure }

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/v2`, such as `tickets/show_many`. */
  path: string
  query?: Record<string, string>
  body?: unknown
  purpose: Purpose
  /** Records carried. */
  items?: number
  /** Known to Zendesk for two hours, for new tickets alone: https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency */
  idempotencyKey?: string
}

export async function request<Schema extends z.ZodType>(
  ctx: ZendeskContext,
  { schema, ...call }: Call & { schema: Schema },
): Promise<Answer<z.infer<Schema>>> {
  const answer = await send(ctx, call)
  if (answer.kind === 'refused') return answer
  const parsed = schema.safeParse(answer.value)
  return parsed.success ? { kind: 'answered', value: parsed.data } : unreadable(call.purpose, parsed.error.message)
}

/** For calls whose refusal ends the whole act. Throws RemoteCallError. */
export async function demand<Schema extends z.ZodType>(
  ctx: ZendeskContext,
  call: Call & { schema: Schema },
): Promise<z.infer<Schema>> {
  const answer = await request(ctx, call)
  if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
  return answer.value
}

/** Throws RemoteCallError. */
export function read<Schema extends z.ZodType>(
  ctx: ZendeskContext,
  path: string,
  schema: Schema,
  query: Record<string, string> = {},
): Promise<z.infer<Schema>> {
  return demand(ctx, { method: 'GET', path, query, purpose: 'read', schema })
}

/** What is no JSON. Throws RemoteCallError. */
export async function readText(ctx: ZendeskContext, path: string): Promise<string> {
  const headers = { authorization: authorization(ctx) }
  const response = await ctx.fetch(`${originOf(ctx)}/api/v2/${path}`, { headers })
  const text = await response.text()
  if (response.ok) return text
  throw new RemoteCallError(failureOf(response, text, 'read'))
}

/** Origin of the account's API: each has a host of its own, a simulation has one for all. */
export function originOf({ baseUrl, settings }: Pick<ZendeskContext, 'baseUrl' | 'settings'>): string {
  return baseUrl.replace('{subdomain}', settings.subdomain)
}

/** A file that a comment is to carry; the token is good for an hour. The client reads files from a disk only. */
export async function upload(
  ctx: ZendeskContext,
  file: { name: string; mimeType: string; bytes: Uint8Array<ArrayBuffer> },
): Promise<Answer<string>> {
  const headers = { authorization: authorization(ctx), 'content-type': file.mimeType, accept: 'application/json' }
  const url = `${originOf(ctx)}/api/v2/uploads.json?filename=${encodeURIComponent(file.name)}`
  const answer = await exchange(ctx, 'update', url, { method: 'POST', headers, body: file.bytes })
  if (answer.kind === 'refused') return answer
  const parsed = uploadAnswer.safeParse(answer.value)
  return parsed.success
    ? { kind: 'answered', value: parsed.data.upload.token }
    : unreadable('update', parsed.error.message)
}

async function send(ctx: ZendeskContext, call: Call): Promise<Answer<unknown>> {
  const { default: zendesk } = await import('node-zendesk')
  let answer: Answer<unknown> | undefined
  const { credentials } = ctx
  const client = zendesk.createClient({
    endpointUri: `${originOf(ctx)}/api/v2`,
    ...(isOAuth(credentials)
      ? { oauth: true, token: credentials.accessToken }
      : { username: credentials.email, token: credentials.apiToken }),
    customHeaders: {
      ...(call.items === undefined ? {} : { [ITEMS_HEADER]: String(call.items) }),
      ...(call.idempotencyKey === undefined ? {} : { 'Idempotency-Key': call.idempotencyKey }),
    },
    logger: silent,
    throwOriginalException: true,
    transportConfig: {
      transportFn: async (url: string, { method, headers, body }: RequestInit) => {
        answer = await exchange(ctx, call.purpose, url, { method, headers, body } as RequestInit)
      },
      // What was answered is ours to read.
      responseAdapter: () => ({ json: async () => ({}), status: 200, statusText: 'OK', headers: { get: () => null } }),
    },
  })
  // An empty part before the path, or else the client puts its own page size over ours.
  const place = ['', ...call.path.split('/'), call.query ?? {}]
  // Any of its parts makes the request; this one has no names of answers that it would unpack.
  await client.jobstatuses.request(call.method, place as never, ...(call.body === undefined ? [] : [call.body]))
  if (!answer) throw new Error('The Zendesk client sent no request')
  return answer
}

async function exchange(
  ctx: ZendeskContext,
  purpose: Purpose,
  url: string,
  init: RequestInit,
): Promise<Answer<unknown>> {
  let response: Response
  try {
    response = await ctx.fetch(url, init)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { kind: 'refused', failure: lostCall(error.failure, purpose) }
  }
  const text = await response.text()
  if (!response.ok) return { kind: 'refused', failure: failureOf(response, text, purpose) }
  if (text.trim() === '') return { kind: 'answered', value: {} }
  try {
    return { kind: 'answered', value: JSON.parse(text) }
  } catch (error) {
    return unreadable(purpose, String(error))
  }
}

/** A 2xx that says nothing we understand: stored perhaps, and perhaps it never reached Zendesk (a proxy's page). */
function unreadable(purpose: Purpose, why: string): { kind: 'refused'; failure: Failure } {
  const message = `Zendesk's answer could not be read: ${why.slice(0, 300)}`
  return { kind: 'refused', failure: lostCall({ kind: 'ambiguous', message }, purpose) }
}

function authorization({ credentials }: ZendeskContext): string {
  if (isOAuth(credentials)) return `Bearer ${credentials.accessToken}`
  return `Basic ${btoa(`${credentials.email}/token:${credentials.apiToken}`)}`
}

const nothing = () => {}
const silent = { fatal: nothing, error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing }
