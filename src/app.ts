/** The service as one Hono app, the same on Node and Workers; each hands it its runtime. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { AppError } from './core/errors.ts'
import { api, openApiInfo } from './http/api/index.ts'
import { onError, problem } from './http/errors.ts'
import { health } from './http/health.ts'
import { createHooks } from './http/hooks.ts'
import type { HttpEnv, HttpRuntime } from './http/runtime.ts'

export type AppOptions = {
  /** Asked once per request. */
  runtime: (c: Context) => HttpRuntime
  /** The handler of `/api/inngest`. */
  inngest?: (c: Context) => Promise<Response>
}

export function createApp({ runtime, inngest }: AppOptions) {
  const app = new OpenAPIHono<HttpEnv>()
  app.use(async (c, next) => {
    c.set('runtime', runtime(c))
    await next()
  })
  app.onError((error, c) => onError(c.var.runtime.onError)(error, c))
  app.notFound(c => problem(c, new AppError('no such route')))
  if (inngest) app.all('/api/inngest', c => inngest(c))
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' })
  const routed = app.route('/hooks', createHooks()).route('/', health).route('/api/v1', api)
  app.doc31('/openapi.json', openApiInfo)
  return routed
}

export type AppType = ReturnType<typeof createApp>
