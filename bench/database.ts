/** A durable Postgres of its own, for the length of a benchmark. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { migrateDatabase } from '../src/db/migrate.ts'
import { startEmbeddedPostgres } from '../src/node/embedded-postgres.ts'

const migrations = fileURLToPath(new URL('../migrations', import.meta.url))

export type BenchPostgres = {
  /** Its folder. */
  home: string
  /** A new database; its connection string. */
  create(name: string): Promise<string>
  /** A new database with the tables of the hub. */
  createMigrated(name: string): Promise<string>
  stop(): Promise<void>
}

/** Throws where the server would answer before it has written to disk: the numbers would lie. */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const home = mkdtempSync(path.join(tmpdir(), 'buzon-bench-'))
  const server = await startEmbeddedPostgres(home)
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  const stop = async () => {
    await admin.end({ timeout: 2 })
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  }
  const create = async (name: string) => {
    await admin.unsafe(`create database ${name}`)
    const url = new URL(server.url)
    url.pathname = `/${name}`
    return url.href
  }
  const createMigrated = async (name: string) => {
    const url = await create(name)
    await migrateDatabase(url, migrations)
    return url
  }
  const [row] = await admin<{ fsync: string; commit: string }[]>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`
  if (row?.fsync !== 'on' || row.commit !== 'on') {
    await stop()
    throw new Error('Postgres is not durable: the numbers would lie')
  }
  return { home, create, createMigrated, stop }
}
