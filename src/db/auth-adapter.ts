import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { drizzle } from 'drizzle-orm/pg-proxy'
import { asAuth } from './auth.ts'
import type { Db } from './client.ts'
import * as schema from './schema/auth.ts'

/** Where better-auth keeps its things. Each statement takes the role for itself. */
export function authAdapter(db: Db) {
  const remote = drizzle(
    async (statement, params) => {
      const rows = await asAuth(db, sql => sql.unsafe(statement, params as never[]).values())
      return { rows: [...rows], rowCount: rows.count } as { rows: unknown[] }
    },
    { casing: 'snake_case' },
  )
  return drizzleAdapter(remote, { provider: 'pg', schema: models })
}

/** As better-auth calls them. */
const models = {
  ...{ user: schema.users, session: schema.sessions, account: schema.accounts, verification: schema.verifications },
  ...{ twoFactor: schema.twoFactors, rateLimit: schema.rateLimits },
}
