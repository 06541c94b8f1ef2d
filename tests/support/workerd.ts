/**
 * The service in workerd, with the embedded engine of this process driving it. A process that runs test files keeps one of the
 * run's Workers (workerd-setup.ts); each test gets a database that is new, under the name that the Worker knows.
 */
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { inject, vi } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import { driveWorker } from '../../src/node/drive-worker.ts'
import { createHub } from '../../src/node/hub.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'
import type { Side, SideOptions } from './hub.ts'

type Machine = { config: Config; database: TestDatabase; login: string }

let machine: Promise<Machine> | undefined

export async function startInWorkerd({ sandbox, now, onError }: SideOptions): Promise<Side> {
  machine ??= takeMachine()
  const { config, database, login } = await machine
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
      await atRest(database, login)
      await hub.settle()
      await driver.engine.settle()
      await atRest(database, login)
    },
    async close() {
      await simulated.close()
      await atRest(database, login)
      await driver.close()
    },
  }
}

/** A Worker that no other process of the run has: held by a lock of this process's own connection, and so until it ends. */
async function takeMachine(): Promise<Machine> {
  const lock = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} })
  for (;;) {
    for (const { id, login, vars, databaseUrl } of inject('workers')) {
      const [row] = await lock<{ isMine: boolean }[]>`select pg_try_advisory_lock(${id}) as "isMine"`
      if (row?.isMine) return { config: readConfig(vars), database: openTestDatabase(databaseUrl), login }
    }
    await delay(50)
  }
}

async function renew({ url }: TestDatabase) {
  const name = new URL(url).pathname.slice(1)
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} })
  await admin.unsafe(`drop database ${name} with (force)`)
  await admin.unsafe(`create database ${name} template template_buzon strategy file_copy`)
  await admin.end()
}

/** A request holds its connections until the work after its answer is done. */
async function atRest({ owner }: TestDatabase, login: string) {
  const until = performance.now() + 30_000
  for (;;) {
    const rows = await owner`
      select 1 from pg_stat_activity where usename = ${login} and datname = current_database() limit 1`
    if (rows.length === 0) return
    if (performance.now() > until) throw new Error('The Worker does not come to rest')
    await delay(3)
  }
}
