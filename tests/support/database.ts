import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { Db } from '../../src/db/client.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { withDatabase } from './global-setup.ts'

export type TestDatabase = {
  /** As the hub works: the unprivileged role. */
  db: Db
  /** As the owner, for looking at what no workspace may see. */
  owner: Db
  url: string
  /** Nobody may be connected to a database that is cloned. */
  disconnect(): Promise<void>
  close(): Promise<void>
}

/** A migrated database of the test's own: empty, or as `template` is; on the run's server, or on `server`. */
export async function testDatabase(template = 'template_buzon', server = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${template} strategy file_copy`)
  const opened = openTestDatabase(withDatabase(server, name))
  return {
    ...opened,
    async close() {
      await opened.disconnect()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

/** One that was there before, and stays when it is closed. */
export function openTestDatabase(url: string): TestDatabase {
  const [db, owner] = [openDatabase(url), openDatabase(url, { asOwner: true, max: 2 })]
  const disconnect = async () => void (await Promise.all([db.end({ timeout: 1 }), owner.end({ timeout: 1 })]))
  return { db, owner, url, disconnect, close: disconnect }
}
