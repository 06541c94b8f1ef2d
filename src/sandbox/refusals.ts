import type { Hono } from 'hono'
import { refuse as refuseAsGoogle } from './google-sheets/door.ts'
import { GoogleRefused } from './google-sheets/errors.ts'
import { refuse as refuseAsHubSpot } from './hubspot/door.ts'
import { Refused } from './hubspot/errors.ts'
import type { SandboxEnv } from './runtime.ts'
import { refuse as refuseAsZendesk } from './zendesk/door.ts'
import { ZendeskRefused } from './zendesk/errors.ts'

/** Refusals thrown below become the vendor's own answers; anything else is a bug of ours. */
export function refuseOnError(app: Hono<SandboxEnv>) {
  app.onError((error, c) => {
    if (error instanceof Refused) return refuseAsHubSpot(c, error.refusal)
    if (error instanceof ZendeskRefused) return refuseAsZendesk(c, error.refusal)
    if (error instanceof GoogleRefused) return refuseAsGoogle(c, error)
    console.error(error)
    return c.json({ status: 'error', message: 'internal error', category: 'INTERNAL_ERROR' }, 500)
  })
}
