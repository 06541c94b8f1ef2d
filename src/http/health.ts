import { Hono } from 'hono'
import type { HttpEnv } from './runtime.ts'

/** `/healthz`: the process answers. `/readyz`: its database does too, so it may be sent traffic. */
export const health = new Hono<HttpEnv>()
  .get('/healthz', c => c.json({ status: 'ok' }))
  .get('/readyz', async c => {
    const { services, onError } = c.var.runtime
    try {
      await services.db`select 1`
      return c.json({ status: 'ok', database: 'ok' })
    } catch (error) {
      onError(error)
      return c.json({ status: 'unavailable', database: 'no answer' }, 503)
    }
  })
  .get('/', c => {
    if (c.req.header('accept')?.includes('text/html')) return c.redirect('/inbox')
    const { appUrl, sandboxUrl } = c.var.runtime
    return c.json({ name: 'Buzón', api: `${appUrl}/api/v1`, openapi: `${appUrl}/openapi.json`, sandbox: sandboxUrl })
  })
