/** The service as one Hono app, the same on Node and Workers; each hands it its runtime. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'
import { AppError } from './core/errors.ts'
import { SERVE_PATH } from './functions/index.ts'
import { api, openApiInfo } from './http/api/index.ts'
import { embed } from './http/embed.ts'
import { embedApp } from './http/embed-app.ts'
import { onError, problem } from './http/errors.ts'
import { health } from './http/health.ts'
import { createHooks } from './http/hooks.ts'
import { join } from './http/join.ts'
import { media } from './http/media.ts'
import { oauth } from './http/oauth.ts'
import { operator } from './http/operator/index.ts'
import type { HttpEnv, HttpRuntime } from './http/runtime.ts'
import { signIn } from './http/sign-in.ts'

export type AppOptions = {
  /** Asked once per request. */
  runtime: (c: Context) => HttpRuntime
  /** The handler of `/api/inngest`, where calls come from outside. Without one, each is refused. */
  inngest?: (c: Context) => Promise<Response>
  /** Pages and their files, where no route is: null for what is none of them. */
  pages?: (c: Context) => Response | Promise<Response> | null
}

export function createApp({ runtime, inngest, pages }: AppOptions) {
  const app = new OpenAPIHono<HttpEnv>()
  app.use(async (c, next) => {
    c.set('runtime', runtime(c))
    await next()
  })
  app.onError((error, c) => onError(c.var.runtime.onError)(error, c))
  app.notFound(async c => (mayBePage(c) && (await pages?.(c))) || problem(c, new AppError('no such route')))
  app.all(SERVE_PATH, async c => (inngest && (await mayBeSigned(c)) ? inngest(c) : unsigned(c)))
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' })
  const session = { type: 'apiKey', in: 'cookie', name: 'buzon.session_token' } as const
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', session)
  const routed = app
    .route('/api/auth', signIn)
    .route('/api/join', join)
    .route('/', health)
    .route('/media', media)
    .route('/oauth', oauth)
    .route('/embed', embedApp)
    .route('/embed', embed)
    .route('/api/v1', api)
  app.doc31('/openapi.json', openApiInfo)
  // Not of the documented routes: tenants are told nothing of it.
  app.route('/operator', operator)
  const hooks = createHooks(runtime)
  const { fetch } = routed
  routed.fetch = (request, ...rest) => (isHook(request) ? hooks.fetch(request, ...rest) : fetch(request, ...rest))
  return routed
}

/** `/hooks` is an app of its own. */
function isHook(request: Request): boolean {
  return getPath(request).startsWith('/hooks/')
}

/** Below these nothing is a page. */
const NO_PAGES = /^\/(api|media|embed|oauth|operator)\//

function mayBePage({ req }: Context): boolean {
  return (req.method === 'GET' || req.method === 'HEAD') && !NO_PAGES.test(req.path)
}

/** The SDK reads a body as JSON before it looks at the signature. What has none, or is no JSON, nobody has signed. */
async function mayBeSigned(c: Context): Promise<boolean> {
  if (!c.req.header('x-inngest-signature')) return false
  const text = await c.req.text()
  try {
    if (text !== '') JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** As the SDK says it. */
function unsigned(c: Context): Response {
  return c.json({ message: 'Unauthorized' }, 401)
}

export type AppType = ReturnType<typeof createApp>
