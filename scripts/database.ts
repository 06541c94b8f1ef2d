/** The database that scripts work on: DATABASE_URL, or the embedded one, started for as long as the script runs. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { migrateDatabase } from '../src/db/migrate.ts'
import { startEmbeddedPostgres } from '../src/node/embedded-postgres.ts'

const root = path.join(import.meta.dirname, '..')

/** Brings it up to date, hands over its address, and stops what was started. */
export async function withDatabase(act: (url: string) => Promise<void>): Promise<void> {
  if (existsSync(path.join(root, '.env'))) process.loadEnvFile(path.join(root, '.env'))
  const embedded = process.env.DATABASE_URL ? null : await startEmbeddedPostgres(path.join(root, '.data', 'postgres'))
  const url = process.env.DATABASE_URL ?? embedded?.url ?? ''
  try {
    await migrateDatabase(url, path.join(root, 'migrations'))
    await act(url)
  } finally {
    if (embedded && !embedded.adopted) await embedded.stop()
  }
}
