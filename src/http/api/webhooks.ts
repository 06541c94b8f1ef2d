/** Webhooks to the customer's own systems: endpoints, what went to them, and sending it again. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { invalidInput } from '../../core/invalid-input.ts'
import { webhookEvents, webhookUrlProblem } from '../../core/webhook.ts'
import type { AuditEntry } from '../../db/audit.ts'
import type { Tx } from '../../db/client.ts'
import * as db from '../../db/webhooks.ts'
import { newId } from '../../inbox/context.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { there } from './collaboration.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'
import { audit, changed, type Vars, within } from './within.ts'

const body = z.object({
  url: z.string().max(2000),
  description: z.string().trim().max(200).default(''),
  events: z.array(z.enum(webhookEvents)).min(1),
})
const endpointShape = z
  .object({
    ...{ id: z.uuid(), url: z.string(), description: z.string(), events: z.array(z.string()) },
    ...{ state: z.enum(['active', 'disabled', 'failing']), failingSince: instant, createdAt: instant },
  })
  .openapi('WebhookEndpoint')
const withSecret = endpointShape.extend({ secret: z.string().openapi({ description: 'Shown once' }) })
const deliveryShape = z
  .object({
    ...{ id: z.uuid(), event: z.string(), state: z.enum(['pending', 'delivered', 'failed']), attempts: z.number() },
    ...{ nextAt: instant, createdAt: instant, deliveredAt: instant, payload: z.unknown() },
    answer: z.object({ status: z.number().nullable(), text: z.string().nullable() }),
  })
  .openapi('WebhookDelivery')
const params = { params: idParam }
const count = z.object({ replayed: z.number().int() })
const need = 'webhooks.manage'

const routes = {
  list: route(need, 'get', '/webhook-endpoints', 'Endpoints', {}, z.object({ items: z.array(endpointShape) })),
  add: route(
    need,
    'post',
    '/webhook-endpoints',
    'Add an endpoint; its secret is shown once',
    jsonBody(body),
    withSecret,
    201,
  ),
  change: route(
    ...([need, 'patch', '/webhook-endpoints/{id}', 'Change it, switch it off or on again'] as const),
    { ...params, ...jsonBody(body.partial().extend({ active: z.boolean().optional() })) },
    endpointShape,
  ),
  renew: route(need, 'post', '/webhook-endpoints/{id}/renew-secret', 'Give it another secret', params, withSecret),
  remove: route(need, 'delete', '/webhook-endpoints/{id}', 'Delete it, with what went to it', params, endpointShape),
  test: route(need, 'post', '/webhook-endpoints/{id}/test', 'Send it a test', params, count, 202),
  deliveries: route(
    ...([need, 'get', '/webhook-endpoints/{id}/deliveries', 'What went to it, newest first'] as const),
    { ...params, query: pageQuery.extend({ state: z.enum(['pending', 'delivered', 'failed']).optional() }) },
    pageOf(deliveryShape),
  ),
  replay: route(
    ...([need, 'post', '/webhook-endpoints/{id}/replay', 'Send one again, or all that failed since'] as const),
    {
      ...params,
      ...jsonBody(z.union([z.strictObject({ deliveryId: z.uuid() }), z.strictObject({ since: z.iso.datetime() })])),
    },
    count,
  ),
}

export const webhooks = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => c.json({ items: (await within(c.var, db.listEndpoints)).map(show) }, 200))
  .openapi(routes.add, async c => {
    const given = c.req.valid('json')
    checkUrl(c.var, given.url)
    const { services } = c.var.runtime
    const secret = newSecret()
    const row: db.EndpointRow = {
      ...{ id: newId(), workspaceId: c.var.caller.workspaceId, ...given, secret: await services.sealing.seal(secret) },
      ...{ state: 'active', failingSince: null, createdAt: services.now() },
    }
    await within(c.var, tx => save(tx, c.var, 'webhook endpoint added', undefined, row))
    return c.json({ ...show(row), secret }, 201)
  })
  .openapi(routes.change, async c => {
    const { active, ...given } = c.req.valid('json')
    if (given.url !== undefined) checkUrl(c.var, given.url)
    const row = await within(c.var, async tx => {
      const known = there(await db.endpointById(tx, c.req.valid('param').id), 'webhook endpoint')
      const { url = known.url, description = known.description, events = known.events } = given
      const state = active === undefined ? known.state : active ? 'active' : 'disabled'
      const failingSince = active ? null : known.failingSince
      const changed: db.EndpointRow = { ...known, url, description, events, state, failingSince }
      await save(tx, c.var, 'webhook endpoint changed', known, changed)
      return changed
    })
    return c.json(show(row), 200)
  })
  .openapi(routes.renew, async c => {
    const secret = newSecret()
    const sealed = await c.var.runtime.services.sealing.seal(secret)
    const row = await within(c.var, async tx => {
      const known = there(await db.endpointById(tx, c.req.valid('param').id), 'webhook endpoint')
      await save(tx, c.var, 'webhook secret renewed', known, { ...known, secret: sealed })
      return known
    })
    return c.json({ ...show(row), secret }, 200)
  })
  .openapi(routes.remove, async c => {
    const row = await within(c.var, async tx => {
      const known = there(await db.endpointById(tx, c.req.valid('param').id), 'webhook endpoint')
      await db.deleteEndpoint(tx, known.id)
      await note(tx, c.var, 'webhook endpoint deleted', known.id, { before: show(known) })
      return known
    })
    return c.json(show(row), 200)
  })
  .openapi(routes.test, async c => {
    const now = c.var.runtime.services.now()
    await within(c.var, async tx => {
      const { id: endpointId, workspaceId } = there(
        await db.endpointById(tx, c.req.valid('param').id),
        'webhook endpoint',
      )
      const id = newId()
      const payload = { type: 'webhook.test', timestamp: now.toISOString(), data: { endpointId } }
      const row: db.DeliveryRow = {
        ...{ id, workspaceId, endpointId, eventId: `test ${id}`, eventType: 'webhook.test', payload, state: 'pending' },
        ...{ attempts: 0, nextAt: now, lastStatus: null, lastAnswer: null, createdAt: now, deliveredAt: null },
      }
      await db.insertDeliveries(tx, [row])
      await note(tx, c.var, 'webhook test sent', endpointId, { data: { deliveryId: id } })
    })
    await due(c.var)
    return c.json({ replayed: 1 }, 202)
  })
  .openapi(routes.deliveries, async c => {
    const { limit, cursor, state } = c.req.valid('query')
    const rows = await within(c.var, async tx => {
      const { id } = there(await db.endpointById(tx, c.req.valid('param').id), 'webhook endpoint')
      return db.listDeliveries(tx, id, state, { limit: limit + 1, after: readCursor(cursor) })
    })
    return c.json(
      toPage(rows, limit, row => ({ at: row.createdAt, id: row.id }), showDelivery),
      200,
    )
  })
  .openapi(routes.replay, async c => {
    const which = c.req.valid('json')
    const now = c.var.runtime.services.now()
    const replayed = await within(c.var, async tx => {
      const { id } = there(await db.endpointById(tx, c.req.valid('param').id), 'webhook endpoint')
      const wanted = 'deliveryId' in which ? { id: which.deliveryId } : { since: new Date(which.since) }
      const count = await db.replayDeliveries(tx, id, wanted, now)
      if (count === 0 && 'id' in wanted) throw new AppError('not found', { what: 'delivery' })
      await note(tx, c.var, 'webhooks replayed', id, { data: { ...which, count } })
      return count
    })
    await due(c.var)
    return c.json({ replayed }, 200)
  })

function checkUrl({ runtime }: Vars, url: string) {
  // A sandbox is on this machine, as are those who try it.
  const problem = webhookUrlProblem(url, runtime.sandboxUrl !== null)
  if (problem) throw invalidInput('url', problem)
}

function newSecret(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))}`
}

async function save(tx: Tx, vars: Vars, action: string, before: db.EndpointRow | undefined, after: db.EndpointRow) {
  await db.saveEndpoint(tx, after)
  await note(tx, vars, action, after.id, changed(before, after, show))
}

function note(
  tx: Tx,
  vars: Vars,
  action: string,
  subjectId: string,
  rest: Omit<AuditEntry, 'action' | 'subjectKind' | 'subjectId'>,
) {
  return audit(tx, vars, { action, subjectKind: 'webhook endpoint', subjectId, ...rest })
}

function due({ runtime, caller }: Vars) {
  return runtime.services.emit([{ name: 'inbox/webhooks.due', data: { workspaceId: caller.workspaceId } }])
}

function show({ id, url, description, events, state, failingSince, createdAt }: db.EndpointRow) {
  return { id, url, description, events, state, failingSince: iso(failingSince), createdAt: iso(createdAt) }
}

function showDelivery(row: db.DeliveryRow) {
  const { id, eventType: event, state, attempts, payload } = row
  return {
    ...{ id, event, state, attempts, payload, nextAt: iso(row.nextAt), createdAt: iso(row.createdAt) },
    ...{ deliveredAt: iso(row.deliveredAt), answer: { status: row.lastStatus, text: row.lastAnswer } },
  }
}
