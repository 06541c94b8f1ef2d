import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { refuse, zendeskDoor } from './door.ts'
import { notFound } from './errors.ts'
import { createTelling, type Tell } from './events.ts'
import { mountExports } from './export-routes.ts'
import { mountAttachments, mountUploads } from './file-routes.ts'
import { mountJobs } from './jobs.ts'
import { createZendeskLimiter, type Limiter } from './limits.ts'
import { mountMeta } from './meta-routes.ts'
import { mountZendeskOAuth } from './oauth.ts'
import { mountTickets } from './ticket-routes.ts'
import { mountUsers } from './user-routes.ts'

export type Zendesk = { tell: Tell; limiter: Limiter; mount(app: Hono<SandboxEnv>): void }

/** Zendesk's Support API, as far as the hub uses it. */
export function createZendesk(runtime: Runtime): Zendesk {
  const tell = createTelling(runtime.courier, runtime.clock.now)
  const limiter = createZendeskLimiter(() => runtime.world.clock.offsetMs)
  return {
    tell,
    limiter,
    mount(app) {
      mountZendeskOAuth(app, runtime)
      mountAttachments(app, runtime)
      app.use('/zendesk/*', zendeskDoor(runtime, limiter))
      mountJobs(app, runtime)
      mountUsers(app, runtime, tell)
      mountTickets(app, runtime, tell)
      mountExports(app, runtime)
      mountMeta(app, runtime)
      mountUploads(app, runtime)
      app.all('/zendesk/*', c => refuse(c, notFound))
    },
  }
}

/** Both spellings of a path are one: `.json` is taken off before routing. */
export function withoutJson(path: string): string {
  return path.startsWith('/zendesk/') ? path.replace(/\.json$/, '') : path
}
