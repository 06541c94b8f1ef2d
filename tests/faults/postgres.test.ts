/** Postgres itself falls, and recovers from its log, while the service goes on. FAULT_RESTARTS=n for more lives. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Random, randomOf } from '../support/faults/acts.ts'
import type { Fault } from '../support/faults/kinds.ts'
import { live } from '../support/faults/life.ts'
import { makeOrigin, type Origin, openWorld, type World } from '../support/faults/world.ts'
import { withDatabase } from '../support/global-setup.ts'
import { waitFor } from '../support/wait-for.ts'

const LIVES = Number(process.env.FAULT_RESTARTS ?? '3')

let folder: string
let server: EmbeddedPostgres
let made: TestDatabase
let origin: Origin

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'buzon-falls-'))
  // fsync is off for speed: it is a process that dies here, not the machine.
  server = await startEmbeddedPostgres(folder, { settings: { fsync: 'off' } })
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  await admin`create database template_buzon`
  await admin.end()
  await migrateDatabase(withDatabase(server.url, 'template_buzon'), 'migrations')
  made = await testDatabase('template_buzon', server.url)
  origin = await makeOrigin(made)
  await made.disconnect()
})
afterAll(async () => {
  origin.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

let falls = 0
/** When the checkpointer that fell with it had started: one that recovers starts another. */
let fallen: Date | undefined

/** One of its processes is killed at a statement, so that Postgres ends all the others and recovers (manual, 34.7). */
const fall: Fault = {
  name: 'Postgres falls',
  services: 1,
  async before({ members, database }: World, random: Random) {
    const [member] = members
    if (!member || !random.chance(0.5)) return
    await isBack(database)
    const [row] = await database.owner<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`
    const started = await checkpointerStart(database)
    const kill = () => {
      falls++
      fallen = started
      process.kill(row?.pid ?? 0, 'SIGKILL')
    }
    void member.proxy.strike(1 + random.int(60), random.chance(0.5) ? 'before' : 'after', kill)
  },
  async lift({ members, database }) {
    for (const { proxy } of members) proxy.disarm()
    await isBack(database)
  },
}

async function isBack(database: TestDatabase) {
  const hasRecovered = async () => {
    const started = await checkpointerStart(database)
    return started !== undefined && started.getTime() !== fallen?.getTime()
  }
  await waitFor('Postgres to have recovered', () => hasRecovered().catch(() => false), 30_000)
}

async function checkpointerStart({ owner }: TestDatabase): Promise<Date | undefined> {
  const [row] = await owner<{ at: Date }[]>`
    select backend_start as at from pg_stat_activity where backend_type = 'checkpointer'`
  return row?.at
}

it.each(Array.from({ length: LIVES }, (_, n) => n))(
  'life %i goes on, by the same process',
  { timeout: 90_000 },
  async seed => {
    const world = await openWorld(origin, await testDatabase(origin.name, server.url), fall.services)
    onTestFinished(world.close)
    const born = world.members.map(({ service }) => service.pid())
    await live(world, fall, randomOf(7_000 + seed), `falls-${seed}`)
    expect(world.members.map(({ service }) => service.pid())).toEqual(born)
  },
)

it('fell in most of these lives', () => {
  expect(falls).toBeGreaterThan(LIVES / 2)
})
