/**
 * Salesforce's API, one function a call, all over `ctx.fetch`. The official SDK (jsforce) builds and reads the calls, REST and
 * SOAP; its own transport, which is one for the process and retries by itself, and its refresh, which loops where access stays
 * refused, are not used. It is loaded with the first call: starting pays nothing.
 */
import type { HttpApi } from 'jsforce/lib/http-api.js'
import type { z } from 'zod'
import type { Failure } from '../../core/failure.ts'
import { RemoteCallError } from '../contract.ts'
import { ITEMS_HEADER } from '../fetch.ts'
import { NO_TOKEN } from './credentials.ts'
import { errorsOf, failureOf, lostCall, type Purpose } from './failure.ts'
import { compositeAnswer, queryAnswer, type SalesforceError } from './schema.ts'
import type { SalesforceContext } from './settings.ts'

/** By which our changes are told from others' (`changeOrigin` of change events). */
export const CLIENT_NAME = 'buzon'

export type Answer<Value> =
  | { kind: 'answered'; value: Value }
  | { kind: 'refused'; failure: Failure; errors: SalesforceError[] }

export type Call = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** After `/services/data/v68.0`, unless it begins with `/services`. */
  path: string
  purpose: Purpose
  body?: unknown
  items?: number
  headers?: Record<string, string>
}

export async function request<Schema extends z.ZodType>(
  ctx: SalesforceContext,
  call: Call & { schema: Schema },
): Promise<Answer<z.infer<Schema>>> {
  const { HttpApi } = await import('jsforce/lib/http-api.js')
  const { method, path, purpose, body, items, headers } = call
  const answer = await speak(ctx, purpose, items, connection => {
    const api = new HttpApi(connection, { responseType: 'application/json' })
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const json = { accept: 'application/json', 'content-type': 'application/json', ...headers }
    return api.request({ method, url: apiUrl(ctx, path), headers: json, ...text })
  })
  return parsedBy(call.schema, answer, purpose)
}

/** As `request`, for calls whose refusal ends the whole act. Throws RemoteCallError. */
export async function demand<Schema extends z.ZodType>(
  ctx: SalesforceContext,
  call: Call & { schema: Schema },
): Promise<z.infer<Schema>> {
  const answer = await request(ctx, call)
  if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
  return answer.value
}

/** SOAP, where REST has no words: making metadata, merging, emptying the recycle bin. `place`: `u` or `m`. */
export async function invoke<Schema extends z.ZodType>(
  ctx: SalesforceContext,
  call: { place: 'u' | 'm'; method: string; args: object; purpose: Purpose; schema: Schema },
): Promise<Answer<z.infer<Schema>>> {
  const { SOAP } = await import('jsforce/lib/soap.js')
  const { place, method, args, purpose } = call
  const xmlns = place === 'm' ? 'http://soap.sforce.com/2006/04/metadata' : 'urn:partner.soap.sforce.com'
  const endpointUrl = `${hostOf(ctx)}/services/Soap/${place}/${ctx.settings.apiVersion}`
  const answer = await speak(ctx, purpose, undefined, connection =>
    new SOAP(connection, { xmlns, endpointUrl }).invoke(method, args),
  )
  return parsedBy(call.schema, answer, purpose)
}

/** At most 2,000 records. `deleted`: those in the recycle bin too. Throws RemoteCallError. */
export function query(ctx: SalesforceContext, soql: string, deleted = false) {
  return demand(ctx, { method: 'GET', path: queryPath(soql, deleted), purpose: 'read', schema: queryAnswer })
}

export function queryPath(soql: string, deleted = false): string {
  return `/${deleted ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`
}

export type Subrequest = {
  method: Call['method']
  path: string
  referenceId: string
  body?: unknown
  httpHeaders?: Record<string, string>
}

/** Up to 25 calls in one, 5 of them collections or queries; each stands for itself. It counts as one. */
export function composite(ctx: SalesforceContext, purpose: Purpose, subrequests: Subrequest[], items: number) {
  const compositeRequest = subrequests.map(({ path, ...subrequest }) => ({
    ...subrequest,
    url: `/services/data/v${ctx.settings.apiVersion}${path}`,
  }))
  const body = { allOrNone: false, compositeRequest }
  return request(ctx, { method: 'POST', path: '/composite', purpose, body, items, schema: compositeAnswer })
}

/**
 * The customer's own host, as Salesforce named it with the token. Tokens are sent to no host but Salesforce's, and in a simulation
 * to its own.
 */
export function hostOf({ baseUrl, credentials }: Pick<SalesforceContext, 'baseUrl' | 'credentials'>): string {
  const login = 'loginUrl' in credentials ? credentials.loginUrl : ''
  const instance = credentials.instanceUrl ?? login
  if (isOfSalesforce(instance, baseUrl)) return instance.replace(/\/+$/, '')
  throw new RemoteCallError({ kind: 'unauthorized', message: `${instance} is not an address of Salesforce` })
}

export function isOfSalesforce(text: string, baseUrl: string): boolean {
  const url = URL.parse(text)
  if (!url) return false
  if (url.origin === new URL(baseUrl).origin) return true
  return url.protocol === 'https:' && /\.(salesforce|force|salesforce-setup|cloudforce)\.(com|mil)$/.test(url.hostname)
}

/** `path` as of a `Call`. */
export function apiUrl(ctx: SalesforceContext, path: string): string {
  return hostOf(ctx) + (path.startsWith('/services/') ? path : `/services/data/v${ctx.settings.apiVersion}${path}`)
}

type SdkConnection = ConstructorParameters<typeof HttpApi>[0]
type SdkRequest = { url: string; method: string; headers?: Record<string, string>; body?: unknown }
type Heard = { status: number; text: string }

/** Lets the SDK make a call over `ctx.fetch`, and judges what came back by its status, which the SDK does not tell. */
async function speak(
  ctx: SalesforceContext,
  purpose: Purpose,
  items: number | undefined,
  act: (connection: SdkConnection) => PromiseLike<unknown>,
): Promise<Answer<unknown>> {
  const { createLazyStream } = await import('jsforce/lib/util/stream.js')
  let heard: Heard | undefined
  async function send({ url, method, headers, body }: SdkRequest) {
    const own = new Headers(headers)
    // Of the SDK's counting; the transport knows the length itself.
    own.delete('content-length')
    if (items !== undefined) own.set(ITEMS_HEADER, String(items))
    const response = await ctx.fetch(url, { method, headers: own, ...(typeof body === 'string' ? { body } : {}) })
    heard = { status: response.status, text: await response.text() }
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: heard.text }
  }
  const httpRequest = (call: SdkRequest) => Object.assign(send(call), { stream: () => createLazyStream().stream })
  try {
    const value = await act(asConnection(ctx, httpRequest))
    return { kind: 'answered', value: value ?? {} }
  } catch (error) {
    if (error instanceof RemoteCallError) {
      return { kind: 'refused', failure: lostCall(error.failure, purpose), errors: [] }
    }
    if (!heard) throw error
    // A 2xx that the SDK takes for an error is one that it could not read.
    if (heard.status < 300) return unreadable(purpose, String(error))
    const body = bodyOf(heard.text, error)
    return { kind: 'refused', failure: failureOf(heard.status, body, purpose), errors: errorsOf(body) }
  }
}

/** Of a connection the SDK's calls look at these alone. */
function asConnection({ credentials }: SalesforceContext, httpRequest: unknown): SdkConnection {
  const parts = {
    ...{ accessToken: credentials.accessToken ?? NO_TOKEN, _callOptions: { client: CLIENT_NAME } },
    ...{ _transport: { httpRequest }, _ensureVersion: (least: number) => least <= 68 },
  }
  return parts as unknown as SdkConnection
}

/** JSON, or of SOAP the fault as the SDK has read it. */
function bodyOf(text: string, error: unknown): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const { errorCode, message } = error as { errorCode?: string; message?: string }
    const code = /^\w+:(\w+)$/.exec(errorCode ?? '')?.[1]
    return code ? [{ errorCode: code, message: message ?? code }] : text
  }
}

function parsedBy<Schema extends z.ZodType>(
  schema: Schema,
  answer: Answer<unknown>,
  purpose: Purpose,
): Answer<z.infer<Schema>> {
  if (answer.kind === 'refused') return answer
  const parsed = schema.safeParse(answer.value)
  return parsed.success ? { kind: 'answered', value: parsed.data } : unreadable(purpose, parsed.error.message)
}

/** A 2xx that says nothing we understand: stored perhaps, and perhaps it never reached Salesforce (a proxy's page). */
function unreadable(purpose: Purpose, why: string): { kind: 'refused'; failure: Failure; errors: SalesforceError[] } {
  const message = `Salesforce's answer could not be read: ${why.slice(0, 300)}`
  return { kind: 'refused', failure: lostCall({ kind: 'ambiguous', message }, purpose), errors: [] }
}
