/** One throw-away Postgres for the whole run, with a migrated template that each test's database is cloned from. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { buildConsole } from '../../src/node/build-console.ts'
import { startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the test server's superuser. */
    postgresUrl: string
  }
}

type Run = { users: number; server?: Promise<{ url: string; stop(): Promise<void> }>; built?: Promise<void> }

/** Vitest reads this file anew for each project; the run is one all the same. */
const place = Symbol.for('buzon: test run')
const shared = globalThis as { [place]?: Run }
shared[place] ??= { users: 0 }
const run = shared[place]

export default async function setup(project: TestProject) {
  // What the Worker and the browser are given beside the service.
  if (project.name !== 'node') {
    run.built ??= asProduction(() => buildConsole(() => {}))
    await run.built
  }
  run.server ??= start()
  run.users++
  const server = await run.server
  project.provide('postgresUrl', server.url)
  return async () => {
    if (--run.users > 0) return
    delete run.server
    await server.stop()
  }
}

/** Vite takes React's slow half where the environment says `test`, and what tests build is served afterwards. */
async function asProduction(work: () => Promise<void>): Promise<void> {
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  await work().finally(() => {
    process.env.NODE_ENV = NODE_ENV
  })
}

async function start() {
  const dir = mkdtempSync(path.join(tmpdir(), 'buzon test '))
  const server = await startEmbeddedPostgres(dir, {
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  })
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  await admin`create database template_buzon`
  await admin.end()
  await migrateDatabase(withDatabase(server.url, 'template_buzon'), 'migrations')
  return {
    url: server.url,
    async stop() {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
