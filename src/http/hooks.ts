/**
 * The doors of webhooks: the raw body once, its signature, the ledger, and 200 after commit. Understanding comes after
 * the answer.
 */
import { type Context, Hono } from 'hono'
import type { Connector } from '../connectors/contract.ts'
import { connectors } from '../connectors/registry.ts'
import { AppError } from '../core/errors.ts'
import { findConnectionsOfAccount } from '../db/access.ts'
import { findConnection } from '../db/connections.ts'
import { findMetaApp } from '../db/workspaces.ts'
import { newId } from '../inbox/context.ts'
import { DEFAULT_APP, openSecrets } from '../inbox/meta-app.ts'
import { WHATSAPP } from '../inbox/process-deliveries.ts'
import { createVerifier, isSignature, sameToken, type Verifier } from '../inbox/whatsapp/verify.ts'
import { onError, problem } from './errors.ts'
import type { HttpRuntime } from './runtime.ts'

/** Meta's largest bodies are 3 MB (history chunks). */
const LIMIT_BYTES = 3 * 1024 * 1024

const tooLarge = (c: Context) => problem(c, new AppError('too large', { limit: '3 MiB' }))

/**
 * Undefined for a body that is too large. A declared length is judged as declared: HTTP holds the sender to it. Another
 * body is counted while it is read.
 */
async function readBody(c: Context): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const declared = c.req.header('content-length')
  if (declared !== undefined && c.req.header('transfer-encoding') === undefined) {
    return Number(declared) > LIMIT_BYTES ? undefined : new Uint8Array(await c.req.arrayBuffer())
  }
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of c.req.raw.body ?? []) {
    length += part.length
    if (length > LIMIT_BYTES) return undefined
    parts.push(part)
  }
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}

/**
 * An app of their own, without middleware: among the hundreds of routes of the API theirs would be searched for, here they
 * are matched. Each CRM has a path of its own for the same reason.
 */
export function createHooks(runtimeOf: (c: Context) => HttpRuntime) {
  const hooks = new Hono().basePath('/hooks')
  hooks.onError((error, c) => onError(runtimeOf(c).onError)(error, c))
  hooks.notFound(c => problem(c, new AppError('no such route')))
  hooks
    .post('/whatsapp', c => {
      const runtime = runtimeOf(c)
      return receive(c, runtime, DEFAULT_APP, runtime.whatsapp.verify)
    })
    .get('/whatsapp', c => handshake(c, runtimeOf(c).whatsapp.verifyToken))
    .post('/whatsapp/:appKey', async c => {
      const runtime = runtimeOf(c)
      const app = await metaApp(runtime, c.req.param('appKey'))
      return receive(c, runtime, c.req.param('appKey'), app ? createVerifier(app.appSecrets) : () => false)
    })
    .get('/whatsapp/:appKey', async c => {
      const app = await metaApp(runtimeOf(c), c.req.param('appKey'))
      return app ? handshake(c, app.verifyToken) : c.body(null, 403)
    })
  for (const connector of Object.values(connectors)) {
    const { webhook } = connector
    if (!webhook) continue
    hooks.post(`/${connector.id}/:connectionId`, c => receiveFromCrm(c, runtimeOf(c), connector, webhook))
    if (webhook.byAccount) hooks.post(`/${connector.id}`, c => receiveOfAccounts(c, runtimeOf(c), connector, webhook))
  }
  return hooks
}

async function receive(c: Context, runtime: HttpRuntime, appKey: string, verify: Verifier) {
  const header = c.req.header('x-hub-signature-256')
  // A header that cannot be right is refused before the body is read.
  if (!isSignature(header)) return problem(c, new AppError('bad signature'))
  const bytes = await readBody(c)
  if (!bytes) return tooLarge(c)
  if (!(await verify(bytes, header))) return problem(c, new AppError('bad signature'))
  const delivery = { id: newId(), source: WHATSAPP + appKey, body: readable(bytes), workspaceId: null }
  if (await runtime.store(delivery)) runtime.process(delivery)
  return c.body(null, 200)
}

/** Meta asks once, when the webhook is set up (Graph API, "Webhooks › Verification requests"). */
async function handshake(c: Context, token: string) {
  const { 'hub.mode': mode, 'hub.verify_token': given = '', 'hub.challenge': challenge = '' } = c.req.query()
  if (mode !== 'subscribe' || !(await sameToken(given, token))) return c.body(null, 403)
  return c.text(challenge)
}

async function metaApp({ services }: HttpRuntime, appKey: string) {
  const app = await findMetaApp(services.db, appKey)
  return app && openSecrets(services.sealing, app, services.now())
}

async function receiveFromCrm(
  c: Context,
  runtime: HttpRuntime,
  connector: Connector,
  webhook: NonNullable<Connector['webhook']>,
) {
  const { services } = runtime
  const connectionId = c.req.param('connectionId') ?? ''
  const connection = isUuid(connectionId) ? await findConnection(services.db, connectionId) : undefined
  if (connection?.connector !== connector.id) return problem(c, new AppError('no such route'))
  const body = await readBody(c)
  if (!body) return tooLarge(c)
  const { pathname, search } = new URL(c.req.url)
  const request = {
    method: c.req.method,
    url: `${runtime.appUrl}${pathname}${search}`,
    headers: c.req.raw.headers,
    body,
  }
  const credentials = connector.credentials.parse(await services.sealing.open(connection.credentials))
  if ((await webhook.verify(credentials, request, services.now())) !== 'valid') {
    return problem(c, new AppError('bad signature'))
  }
  const { workspaceId } = connection
  const source = `${connector.id}:${connectionId}`
  const kept = webhook.record?.(request, readable(body)) ?? readable(body)
  const isNew = await runtime.store({ id: newId(), source, body: kept, workspaceId })
  if (isNew) {
    runtime.background(services.emit([{ name: 'sync/delivery.received', data: { workspaceId, connectionId } }]))
  }
  return c.body(null, 200)
}

/** Accounts that a body may name before it is known to be signed. */
const MOST_ACCOUNTS = 20

/** The one address of an app: each connection that has the secret which signed it gets what is of its account. */
async function receiveOfAccounts(
  c: Context,
  runtime: HttpRuntime,
  connector: Connector,
  webhook: NonNullable<Connector['webhook']>,
) {
  const { services } = runtime
  const body = await readBody(c)
  if (!body) return tooLarge(c)
  const { pathname, search } = new URL(c.req.url)
  const request = {
    method: c.req.method,
    url: `${runtime.appUrl}${pathname}${search}`,
    headers: c.req.raw.headers,
    body,
  }
  const parts = webhook.byAccount?.(jsonOf(readable(body))) ?? []
  let isSigned = false
  for (const part of parts.slice(0, MOST_ACCOUNTS)) {
    for (const { id: connectionId, workspaceId, credentials: sealed } of await findConnectionsOfAccount(
      services.db,
      connector.id,
      part.account,
    )) {
      const credentials = connector.credentials.parse(await services.sealing.open(sealed))
      if ((await webhook.verify(credentials, request, services.now())) !== 'valid') continue
      isSigned = true
      const source = `${connector.id}:${connectionId}`
      const isNew = await runtime.store({ id: newId(), source, body: JSON.stringify(part.body), workspaceId })
      if (!isNew) continue
      runtime.background(services.emit([{ name: 'sync/delivery.received', data: { workspaceId, connectionId } }]))
    }
  }
  return isSigned ? c.body(null, 200) : problem(c, new AppError('bad signature'))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const decoder = new TextDecoder()

/**
 * The body as text, as the ledger keeps it. JSON is UTF-8 and has no raw U+0000 (RFC 8259), so nothing that can be
 * understood is altered; what cannot is kept as it can be shown.
 */
function readable(bytes: Uint8Array): string {
  const text = decoder.decode(bytes)
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
