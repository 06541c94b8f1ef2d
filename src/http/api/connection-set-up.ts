import { OpenAPIHono, z } from '@hono/zod-openapi'
import { changeSettings, settingsOf } from '../../sync/change-settings.ts'
import { planSetUp, rereadSettings } from '../../sync/set-up-again.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, jsonBody, route } from './shapes.ts'

const makingShape = z
  .object({ what: z.string(), name: z.string(), label: z.string(), detail: z.string() })
  .openapi('Making')

const planBody = z.object({
  connector: z.string(),
  credentials: z.record(z.string(), z.unknown()),
  settings: z.record(z.string(), z.unknown()).optional(),
})

const settings = z.record(z.string(), z.unknown())
const settingsShape = z
  .object({
    values: settings,
    schema: z.record(z.string(), settings).openapi({ description: 'A JSON Schema of each, with its title' }),
  })
  .openapi('ConnectionSettings')

const routes = {
  settings: route(
    ...(['connections.read', 'get', '/connections/{id}/settings', 'What may be set of a connection'] as const),
    { params: idParam },
    settingsShape,
  ),
  change: route(
    ...(['connections.manage', 'patch', '/connections/{id}/settings', 'Set some of it; the rest stays'] as const),
    { params: idParam, ...jsonBody(settings) },
    settingsShape,
  ),
  plan: route(
    ...(['connections.manage', 'post', '/connections/set-up', 'What connecting would make in the CRM'] as const),
    jsonBody(planBody),
    z.object({ items: z.array(makingShape) }),
  ),
  reread: route(
    ...(['connections.manage', 'post', '/connections/{id}/reread', 'Read owners and stages of the CRM again'] as const),
    { params: idParam },
    z.object({ changed: z.boolean() }),
  ),
}

export const connectionSetUp = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.plan, async c => {
    const { runtime, caller } = c.var
    return c.json({ items: await planSetUp(syncContextOf(runtime, caller), c.req.valid('json')) }, 200)
  })
  .openapi(routes.settings, async c => {
    const { runtime, caller } = c.var
    return c.json(await settingsOf(syncContextOf(runtime, caller), c.req.valid('param').id), 200)
  })
  .openapi(routes.change, async c => {
    const { runtime, caller } = c.var
    const [{ id }, given] = [c.req.valid('param'), c.req.valid('json')]
    return c.json(await changeSettings(syncContextOf(runtime, caller), id, given, caller.actor), 200)
  })
  .openapi(routes.reread, async c => {
    const { runtime, caller } = c.var
    return c.json(await rereadSettings(syncContextOf(runtime, caller), c.req.valid('param').id, caller.actor), 200)
  })
