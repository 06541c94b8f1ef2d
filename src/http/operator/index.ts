/** `/operator`: for whoever operates the installation, not for the people of a workspace. Runs belong to none. */
import { Hono } from 'hono'
import type { HttpEnv } from '../runtime.ts'
import { operatorApi } from './api.ts'
import { requireOperator } from './guard.ts'
import { runPages } from './page.ts'

export const operator = new Hono<HttpEnv>()
  .use('*', requireOperator)
  .get('/', c => c.redirect('/operator/runs'))
  .route('/runs', runPages)
  .route('/api', operatorApi)
