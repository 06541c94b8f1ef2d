import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { type Db, openDb } from '../../src/db/client.ts'
import { withDatabase } from './global-setup.ts'

export type TestDatabase = {
  /** As the hub works: the unprivileged role. */
  db: Db
  /** As the owner, for looking at what no workspace may see. */
  owner: Db
  url: string
  close(): Promise<void>
}

/** A migrated database of the test's own. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template template_buzon strategy file_copy`)
  const url = withDatabase(server, name)
  const [db, owner] = [openDb(url), openDb(url, { asOwner: true, max: 2 })]
  return {
    db,
    owner,
    url,
    async close() {
      await Promise.all([db.end({ timeout: 1 }), owner.end({ timeout: 1 })])
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
