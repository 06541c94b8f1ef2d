import { OpenAPIHono, z } from '@hono/zod-openapi'
import { connectors } from '../../connectors/registry.ts'
import {
  type AttemptRow,
  type ConnectionRow,
  connectionCounts,
  listAttempts,
  listConnections,
} from '../../db/connections.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { check, connect, pause, reconnect, resume } from '../../sync/connect.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv, HttpRuntime } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'

const connectionShape = z
  .object({
    id: z.uuid(),
    connector: z.string(),
    name: z.string(),
    state: z.enum(['active', 'paused', 'unauthorized']),
    stateReason: z.string().nullable(),
    /** Records that wait to be told, and how many of them failed at least once. */
    waiting: z.number().int(),
    failing: z.number().int(),
    nearMisses: z.number().int(),
    webhookUrl: z.string(),
    createdAt: instant,
  })
  .openapi('Connection')

const attemptShape = z
  .object({
    id: z.uuid(),
    connectionId: z.uuid(),
    method: z.string(),
    path: z.string(),
    items: z.number().int().nullable(),
    status: z.number().int().nullable(),
    durationMs: z.number().int(),
    answer: z.string().nullable(),
    at: instant,
  })
  .openapi('Attempt')

const checkShape = z
  .object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string().optional() })
  .openapi('Check')

const createBody = z.object({
  connector: z.string(),
  name: z.string().trim().min(1).max(100).optional(),
  credentials: z.record(z.string(), z.unknown()),
  settings: z.record(z.string(), z.unknown()).optional(),
})
const attemptsQuery = pageQuery.extend({
  connectionId: z.uuid().optional(),
  status: z
    .enum(['ok', 'failed', 'unanswered'])
    .optional()
    .openapi({ description: '`failed`: answered otherwise than 2xx; `unanswered`: no answer came' }),
  path: z.string().min(1).max(200).optional().openapi({ description: 'A part of the address' }),
  recordId: z.uuid().optional().openapi({ description: 'A contact, ticket or message that the call named' }),
})

const routes = {
  connectors: route(
    ...(['connections.read', 'get', '/connectors', 'The CRMs that can be connected'] as const),
    {},
    z.object({
      items: z.array(
        z.object({
          ...{ id: z.string(), name: z.string() },
          consent: z.boolean().openapi({ description: 'An admin may consent there instead of pasting a token' }),
        }),
      ),
    }),
  ),
  list: route(
    'connections.read',
    'get',
    '/connections',
    'CRM accounts',
    {},
    z.object({ items: z.array(connectionShape) }),
  ),
  create: route(
    'connections.manage',
    'post',
    '/connections',
    'Connect a CRM account',
    jsonBody(createBody),
    connectionShape,
    201,
  ),
  resume: route(
    'connections.manage',
    'post',
    '/connections/{id}/resume',
    'Resume after a pause or a refusal',
    { params: idParam },
    connectionShape,
  ),
  reconnect: route(
    'connections.manage',
    'post',
    '/connections/{id}/reconnect',
    'Give other credentials; what waited goes on',
    { params: idParam, ...jsonBody(z.object({ credentials: z.record(z.string(), z.unknown()) })) },
    connectionShape,
  ),
  pause: route(
    'connections.manage',
    'post',
    '/connections/{id}/pause',
    'Let everything wait until it is resumed',
    { params: idParam },
    connectionShape,
  ),
  check: route(
    'connections.read',
    'get',
    '/connections/{id}/check',
    'What the connection needs in the CRM, and how to mend what is missing',
    { params: idParam },
    z.object({ items: z.array(checkShape) }),
  ),
  attempts: route(
    'connections.read',
    'get',
    '/attempts',
    'Calls to CRMs, newest first',
    { query: attemptsQuery },
    pageOf(attemptShape),
  ),
}

export const connections = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.connectors, c => {
    const items = Object.values(connectors).map(({ id, name, oauth }) => ({ id, name, consent: oauth !== undefined }))
    return c.json({ items }, 200)
  })
  .openapi(routes.list, async c => {
    const { services, appUrl } = c.var.runtime
    const rows = await inWorkspace(services.db, c.var.caller.workspaceId, tx => listConnections(tx))
    return c.json({ items: rows.map(row => showConnection(row, row, appUrl)) }, 200)
  })
  .openapi(routes.create, async c => {
    const { runtime, caller } = c.var
    const row = await connect(syncContextOf(runtime, caller), c.req.valid('json'), caller.actor)
    return c.json(showConnection(row, { waiting: 0, failing: 0 }, runtime.appUrl), 201)
  })
  .openapi(routes.resume, async c => {
    const { runtime, caller } = c.var
    const row = await resume(syncContextOf(runtime, caller), c.req.valid('param').id, caller.actor)
    return c.json(await showCounted(runtime, row), 200)
  })
  .openapi(routes.reconnect, async c => {
    const { runtime, caller } = c.var
    const { credentials } = c.req.valid('json')
    const row = await reconnect(syncContextOf(runtime, caller), c.req.valid('param').id, credentials, caller.actor)
    return c.json(await showCounted(runtime, row), 200)
  })
  .openapi(routes.pause, async c => {
    const { runtime, caller } = c.var
    const row = await pause(syncContextOf(runtime, caller), c.req.valid('param').id, caller.actor)
    return c.json(await showCounted(runtime, row), 200)
  })
  .openapi(routes.check, async c => {
    const items = await check(syncContextOf(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json({ items }, 200)
  })
  .openapi(routes.attempts, async c => {
    const { limit, cursor, connectionId = null, status, path, recordId } = c.req.valid('query')
    const rows = await inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, tx =>
      listAttempts(tx, { connectionId, status, path, recordId }, { limit: limit + 1, after: readCursor(cursor) }),
    )
    return c.json(
      toPage(rows, limit, row => ({ at: row.at, id: row.id }), showAttempt),
      200,
    )
  })

async function showCounted({ services, appUrl }: HttpRuntime, row: ConnectionRow) {
  const counts = await inWorkspace(services.db, row.workspaceId, tx => connectionCounts(tx, row.id))
  return showConnection(row, counts, appUrl)
}

function showConnection(row: ConnectionRow, counts: { waiting: number; failing: number }, appUrl: string) {
  const { id, connector, name, state, stateReason, nearMisses } = row
  const { waiting, failing } = counts
  const webhookUrl = `${appUrl}/hooks/${connector}/${id}`
  return {
    id,
    connector,
    name,
    state,
    stateReason,
    waiting,
    failing,
    nearMisses,
    webhookUrl,
    createdAt: iso(row.createdAt),
  }
}

function showAttempt({ workspaceId: _, recordIds: __, at, ...row }: AttemptRow): z.infer<typeof attemptShape> {
  return { ...row, at: iso(at) }
}
