import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { type GoogleLimiter, googleDoor, refuse } from './door.ts'
import { mountDrive } from './drive-routes.ts'
import { missing } from './errors.ts'
import { mountGoogleOAuth } from './oauth.ts'
import { mountSheets } from './sheet-routes.ts'

/** Google Sheets and what belongs to it of Drive and of sign-in, as far as the hub uses them. */
export function mountGoogle(app: Hono<SandboxEnv>, runtime: Runtime, limiter: GoogleLimiter) {
  mountGoogleOAuth(app, runtime)
  for (const path of ['/google/v4/*', '/google/drive/*']) app.use(path, googleDoor(runtime, limiter))
  mountSheets(app, runtime)
  mountDrive(app, runtime)
  app.all('/google/*', c => refuse(c, missing()))
}
