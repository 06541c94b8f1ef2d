import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { mountAccount } from './account-routes.ts'
import type { ChangeFeed } from './changes.ts'
import { mountChannels } from './channel-routes.ts'
import { hubspotDoor, refuse } from './door.ts'
import { notFound } from './errors.ts'
import { mountFiles } from './file-routes.ts'
import { mountJournal } from './journal-routes.ts'
import { mountOAuth } from './oauth.ts'
import { mountObjects } from './object-routes.ts'
import type { Limiter } from './rate-limit.ts'
import { mountAssociations, mountPipelinesAndOwners, mountProperties } from './schema-routes.ts'

/** HubSpot's API, as far as the hub uses it. */
export function mountHubSpot(app: Hono<SandboxEnv>, runtime: Runtime, feed: ChangeFeed, limiter: Limiter) {
  mountOAuth(app, runtime)
  app.use('/hubspot/*', hubspotDoor(runtime, limiter))
  mountAccount(app)
  mountJournal(app, runtime)
  mountFiles(app, runtime)
  mountProperties(app, runtime)
  mountPipelinesAndOwners(app)
  mountAssociations(app, runtime)
  mountChannels(app, runtime, feed)
  mountObjects(app, runtime, feed)
  app.all('/hubspot/*', c => refuse(c, notFound()))
}
