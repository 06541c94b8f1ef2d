/** Workers for the whole run, as many as there are processes to run its files: each takes seconds to be bundled and started. */
import net, { type AddressInfo } from 'node:net'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../src/node/open-database.ts'
import { memberUrl, startEdge } from './edge.ts'
import { withDatabase } from './global-setup.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What each was given: `id` is the key of the lock of whoever uses it, and `login` is at work for its requests. */
    workers: { id: number; login: string; vars: Record<string, string>; databaseUrl: string }[]
  }
}

const LOGIN = 'workerd_test_login'

export default async function setup(project: TestProject) {
  const { postgresUrl } = project.getProvidedContext()
  const count = Number(project.config.maxWorkers)
  const started: Awaited<ReturnType<typeof start>>[] = []
  // One after the other: each would bundle on both processors.
  for (let id = 1; id <= count; id++) started.push(await start(id, postgresUrl))
  project.provide(
    'workers',
    started.map(({ id, vars, databaseUrl }) => ({ id, login: LOGIN, vars, databaseUrl })),
  )
  return async () => {
    for (const { edge } of started) await edge.stop()
  }
}

/** The sandbox takes the port after PORT, whoever has PORT. */
async function start(id: number, postgresUrl: string) {
  const [port, sandboxPort, enginePort] = await freePorts()
  const vars = {
    PORT: String(sandboxPort - 1),
    APP_URL: `http://127.0.0.1:${port}`,
    INNGEST_BASE_URL: `http://127.0.0.1:${enginePort}`,
  }
  const name = `workerd_${id}`
  const admin = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template template_buzon strategy file_copy`)
  await admin.end()
  const databaseUrl = withDatabase(postgresUrl, name)
  const owner = openDatabase(databaseUrl, { asOwner: true, max: 1 })
  // This process's own output is what a run prints: tests make errors on purpose.
  const logLevel = process.env.CI ? 'none' : 'error'
  const edge = await startEdge(await memberUrl({ owner, url: databaseUrl }, LOGIN), vars, logLevel, port)
  await owner.end()
  return { id, vars, databaseUrl, edge }
}

/** Held together, so that they differ. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = await Promise.all(
    Array.from(
      { length: 3 },
      () =>
        new Promise<net.Server>(resolve => {
          const server = net.createServer().listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(server => new Promise(done => server.close(done))))
  return ports as [number, number, number]
}
