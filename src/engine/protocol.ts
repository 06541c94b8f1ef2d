import { asJson, canonical, isJson, type Json, textOf } from './json.ts'

export type Handler = (request: Request) => Promise<Response>
/** How to reach the functions: the SDK's own HTTP handler, its address and the key that both sides sign with. */
export type Endpoint = { handler: Handler; url: string; signingKey: string }

/** Name, message and stack of what was thrown, as the SDK writes and reads it. */
export type RunError = { name: string; message: string; stack?: string }
/** New work that a call reports, or the result of the step it ran. `name` is a sleep's time or the event waited for. */
export type Op = {
  id: string
  op: string
  name: string
  /** For people. */
  displayName: string
  opts: Json
  race: boolean
  data: unknown
  error: unknown
}
export type Answer =
  | { kind: 'ops'; ops: Op[]; final: boolean; retryAfter?: string }
  | { kind: 'done'; output: unknown }
  | { kind: 'error'; error: RunError; final: boolean; retryAfter?: string }

export type Call = {
  runId: string
  functionId: string
  /** `step` is the run's next call, anything else a planned step. */
  stepId: string
  attempt: number
  maxAttempts: number
  events: Json[]
  /** Results of finished steps by step id, and the ids in order of completion. */
  steps: Json
  stack: string[]
  /** Other steps are pending, so a step that is found is reported rather than run. */
  planOnly: boolean
}

/** The configuration of every served function, by a signed in-band sync. */
export async function readConfigs(endpoint: Endpoint): Promise<Json[]> {
  const response = await send(
    endpoint,
    'PUT',
    endpoint.url,
    { url: endpoint.url },
    { 'x-inngest-sync-kind': 'in_band' },
  )
  const text = await response.text()
  if (response.status !== 200) {
    throw new Error(`The function handler refused to register: ${response.status} ${text.slice(0, 500)}`)
  }
  const body: unknown = JSON.parse(text)
  if (!isJson(body) || !Array.isArray(body.functions)) {
    throw new Error(
      'The function handler did not answer an in-band sync (INNGEST_ALLOW_IN_BAND_SYNC must not be false)',
    )
  }
  return body.functions.filter(isJson)
}

/** Calls a function once. What goes wrong on the way is an error of the call like any other, and is retried. */
export async function callFunction(endpoint: Endpoint, call: Call): Promise<Answer> {
  const url = new URL(endpoint.url)
  url.searchParams.set('fnId', call.functionId)
  url.searchParams.set('stepId', call.stepId)
  // Without ctx.fn_id the SDK does not checkpoint, which would need Inngest's API.
  const body = {
    version: -1,
    event: call.events[0],
    events: call.events,
    steps: call.steps,
    ctx: {
      run_id: call.runId,
      attempt: call.attempt,
      max_attempts: call.maxAttempts,
      disable_immediate_execution: call.planOnly,
      use_api: false,
      stack: { stack: call.stack, current: Math.max(call.stack.length - 1, 0) },
    },
  }
  try {
    const headers = { 'x-run-id': call.runId, 'x-inngest-req-version': '-1' }
    return await understand(await send(endpoint, 'POST', url.href, body, headers))
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    return { kind: 'error', error: { name: error.name, message: error.message, stack: error.stack }, final: false }
  }
}

async function send(endpoint: Endpoint, method: string, url: string, body: unknown, headers: Record<string, string>) {
  const text = canonical(body)
  const signature = await sign(text, endpoint.signingKey)
  return endpoint.handler(
    new Request(url, {
      method,
      body: text,
      headers: { ...headers, 'content-type': 'application/json', 'x-inngest-signature': signature },
    }),
  )
}

/** `t=<seconds>&s=<hmac of the canonical body and t>`. The SDK compares `t` with the true clock, so this does as well. */
export async function sign(text: string, signingKey: string): Promise<string> {
  const seconds = Math.round(Date.now() / 1_000)
  const secret = new TextEncoder().encode(signingKey.replace(/^signkey-\w+-/, ''))
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${text}${seconds}`))
  return `t=${seconds}&s=${Buffer.from(mac).toString('hex')}`
}

async function understand(response: Response): Promise<Answer> {
  const text = await response.text()
  const retryAfter = response.headers.get('retry-after') ?? undefined
  const final = response.headers.get('x-inngest-no-retry') === 'true'
  const body = parse(text)
  if (response.status === 200 && body.ok) return { kind: 'done', output: body.value }
  if (response.status === 206 && body.ok) {
    // Version 1 is `optimizeParallelism: false`: the run is called again after each parallel step.
    const racing = response.headers.get('x-inngest-req-version') === '1'
    const ops = Array.isArray(body.value) ? body.value : [body.value]
    return { kind: 'ops', ops: ops.filter(isJson).map(op => toOp(op, racing)), final, retryAfter }
  }
  return { kind: 'error', error: toError(body.value, `${response.status} ${text.slice(0, 500)}`), final, retryAfter }
}

function parse(text: string): { ok: boolean; value: unknown } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, value: undefined }
  }
}

function toOp(op: Json, racing: boolean): Op {
  const opts = asJson(op.opts)
  const displayName = cleanText(op.displayName ?? op.name)
  return {
    id: String(op.id),
    op: String(op.op),
    name: op.name === undefined ? displayName : cleanText(op.name),
    displayName,
    opts,
    race: racing || opts.parallelMode === 'race',
    data: op.data ?? null,
    error: op.error,
  }
}

/** Postgres text takes no U+0000. */
export function cleanText(value: unknown): string {
  return (textOf(value) ?? '').replaceAll('\u0000', '')
}

/** The error in an answer's body, in any of the shapes that the SDK sends. */
export function toError(value: unknown, otherwise: string): RunError {
  if (!isJson(value)) return { name: 'Error', message: typeof value === 'string' ? value : otherwise }
  const message = textOf(value.message) ?? textOf(value.error) ?? otherwise
  return { ...value, name: textOf(value.name) ?? 'Error', message, stack: textOf(value.stack) }
}
