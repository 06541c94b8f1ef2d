/**
 * The service in workerd, with the embedded engine of this process driving it. It takes seconds to start, so a test file
 * has one Worker; each test gets a database that is new, under the name that the Worker knows.
 */
import net, { type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, inject, vi } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import { driveWorker } from '../../src/node/drive-worker.ts'
import { createHub } from '../../src/node/hub.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { type Edge, memberUrl, startEdge } from './edge.ts'
import type { Side, SideOptions } from './hub.ts'

/** The Worker's login: what is connected as this is at work for a request. */
const LOGIN = 'workerd_test_login'

type Machine = { edge: Edge; config: Config; database: TestDatabase }

let machine: Promise<Machine> | undefined

afterAll(async () => {
  const started = await machine?.catch(() => undefined)
  await started?.edge.stop()
  await started?.database.close()
})

export async function startInWorkerd({ sandbox, now, onError }: SideOptions): Promise<Side> {
  machine ??= startMachine()
  const { config, database } = await machine
  await renew(database)
  const simulated = await sandbox.listen(config.sandboxPort)
  const { db } = database
  const hub = createHub({ config, db, now, onError, background: false })
  const driver = await driveWorker({ config, db, now, onError, background: false })
  const sent = vi.spyOn(driver.engine, 'fetch')
  return {
    ...{ hub, url: config.appUrl, database },
    events: () => sent.mock.calls.flatMap(([, init]) => JSON.parse(String(init?.body)) as unknown[]),
    async settle() {
      await atRest(database)
      await hub.settle()
      await driver.engine.settle()
      await atRest(database)
    },
    async close() {
      await simulated.close()
      await atRest(database)
      await driver.close()
    },
  }
}

/** The sandbox takes the port after PORT, whoever has PORT. */
async function startMachine(): Promise<Machine> {
  const [port, sandboxPort, enginePort] = await freePorts()
  const vars = {
    PORT: String(sandboxPort - 1),
    APP_URL: `http://127.0.0.1:${port}`,
    INNGEST_BASE_URL: `http://127.0.0.1:${enginePort}`,
  }
  const database = await testDatabase()
  const edge = await startEdge(await memberUrl(database, LOGIN), vars, 'error', port)
  return { edge, config: readConfig(vars), database }
}

async function renew({ url }: TestDatabase) {
  const name = new URL(url).pathname.slice(1)
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} })
  await admin.unsafe(`drop database ${name} with (force)`)
  await admin.unsafe(`create database ${name} template template_buzon strategy file_copy`)
  await admin.end()
}

/** A request holds its connections until the work after its answer is done. */
async function atRest({ owner }: TestDatabase) {
  const until = performance.now() + 30_000
  for (;;) {
    const rows = await owner`
      select 1 from pg_stat_activity where usename = ${LOGIN} and datname = current_database() limit 1`
    if (rows.length === 0) return
    if (performance.now() > until) throw new Error('The Worker does not come to rest')
    await delay(3)
  }
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
