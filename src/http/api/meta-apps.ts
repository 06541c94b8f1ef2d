/** Meta apps of a workspace's own: each has its secret, its verify token and its own webhook address. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { listMetaApps } from '../../db/channels.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { webhookUrl } from '../../inbox/meta-app.ts'
import { keepMetaApp, rotateAppSecret } from '../../inbox/save-meta-app.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { appKey, digits } from './channels.ts'
import { instant, iso, jsonBody, route } from './shapes.ts'

const ownKey = appKey.refine(key => key !== 'default', 'default is the app of the configuration')
const appBody = z.object({
  appKey: ownKey,
  appId: digits('the id of the Meta app (App settings › Basic)').optional(),
  appSecrets: z.array(z.string().min(1)).min(1).max(2).openapi({ description: 'The secret; during a rotation both' }),
  verifyToken: z.string().min(1),
})
const rotateBody = z.object({
  appSecret: z.string().min(1),
  keepOldHours: z.number().int().min(0).max(168).default(24).openapi({ description: 'How long the old one holds too' }),
})
const appShape = z
  .object({
    appKey: z.string(),
    appId: z.string().nullable(),
    webhookUrl: z.string(),
    channels: z.number().int(),
    oldSecretUntil: instant,
  })
  .openapi('MetaApp')

const routes = {
  list: route(
    'channels.read',
    'get',
    '/meta-apps',
    'Meta apps of your own',
    {},
    z.object({ items: z.array(appShape) }),
  ),
  keep: route(
    ...([
      'channels.manage',
      'post',
      '/meta-apps',
      'Keep a Meta app of your own, with its own webhook address',
    ] as const),
    jsonBody(appBody),
    z.object({ appKey: z.string(), webhookUrl: z.string() }),
    201,
  ),
  rotate: route(
    ...([
      'channels.manage',
      'post',
      '/meta-apps/{appKey}/rotate-secret',
      'Change the secret of an app without a gap',
    ] as const),
    { params: z.object({ appKey: ownKey }), ...jsonBody(rotateBody) },
    z.object({ appKey: z.string(), oldSecretUntil: instant }),
  ),
}

export const metaApps = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { services, appUrl } = c.var.runtime
    const rows = await inWorkspace(services.db, c.var.caller.workspaceId, tx => listMetaApps(tx))
    const items = rows.map(({ appKey: key, appId, channels, oldSecretUntil }) => ({
      ...{ appKey: key, appId, channels, webhookUrl: webhookUrl(appUrl, key), oldSecretUntil: iso(oldSecretUntil) },
    }))
    return c.json({ items }, 200)
  })
  .openapi(routes.keep, async c => {
    const { runtime, caller } = c.var
    const app = c.req.valid('json')
    await keepMetaApp({ ...inboxContext(runtime, caller), sealing: runtime.services.sealing }, app)
    return c.json({ appKey: app.appKey, webhookUrl: webhookUrl(runtime.appUrl, app.appKey) }, 201)
  })
  .openapi(routes.rotate, async c => {
    const { runtime, caller } = c.var
    const { appKey: key } = c.req.valid('param')
    const context = { ...inboxContext(runtime, caller), sealing: runtime.services.sealing }
    const until = await rotateAppSecret(context, key, c.req.valid('json'))
    return c.json({ appKey: key, oldSecretUntil: iso(until) }, 200)
  })
