import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { beginConsent } from '../../sync/consent.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import { CALLBACK_PATH, consentCookie } from '../oauth.ts'
import type { HttpEnv } from '../runtime.ts'
import { jsonBody, route } from './shapes.ts'

const beginBody = z.object({
  connector: z.string(),
  clientId: z.string().trim().min(1).max(200),
  clientSecret: z.string().trim().min(1).max(200),
  connectionId: z.uuid().optional().openapi({ description: 'Of a connection that gets other credentials' }),
  name: z.string().trim().min(1).max(100).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
})

const begin = route(
  'connections.manage',
  'post',
  '/connections/consent',
  'Begin to connect a CRM account by consent: where to go, and the address to register with the app there',
  jsonBody(beginBody),
  z.object({ url: z.url(), redirectUri: z.url() }),
)

export const consent = new OpenAPIHono<HttpEnv>({ defaultHook: invalid }).openapi(begin, async c => {
  const { runtime, caller } = c.var
  if (!caller.session) throw new AppError('sign in to consent')
  const redirectUri = `${runtime.appUrl}${CALLBACK_PATH}`
  const place = { sessionId: caller.session.id, redirectUri }
  const { url, kept, lastsMs } = await beginConsent(syncContextOf(runtime, caller), c.req.valid('json'), place)
  c.header('set-cookie', consentCookie(runtime.appUrl, kept, lastsMs))
  c.header('cache-control', 'no-store')
  return c.json({ url, redirectUri }, 200)
})
