/** A queue as one writes it in an afternoon: a table, SKIP LOCKED, a job done and deleted in one transaction, NOTIFY. */
import { type Db, openDb } from '../../src/db/client.ts'
import { type Watch, watchWork } from './watch.ts'

export type PlainQueue = Pick<Watch, 'ended' | 'begun'> & {
  send(jobs: object[]): Promise<void>
  stop(): Promise<void>
}

/** As many as the engine executes at once. */
const WORKERS = 8

export async function openPlainQueue(databaseUrl: string): Promise<PlainQueue> {
  const db: Db = openDb(databaseUrl, { asOwner: true, max: 16 })
  await db`create table plain_jobs (id bigint generated always as identity primary key, payload json not null)`
  const watch = watchWork()
  let stopping = false
  const idle = new Set<() => void>()

  async function work() {
    while (!stopping) {
      const found = await db.begin(async tx => {
        const [job] = await tx<{ id: string; payload: object }[]>`
          select id, payload from plain_jobs order by id limit 1 for update skip locked`
        if (job === undefined) return false
        watch.begin()
        await tx`delete from plain_jobs where id = ${job.id}`
        return true
      })
      if (!found) await new Promise<void>(resolve => idle.add(resolve))
      else watch.end()
    }
  }
  function wake() {
    for (const resolve of idle) resolve()
    idle.clear()
  }
  await db.listen('plain_jobs', wake)
  const workers = Array.from({ length: WORKERS }, work)

  return {
    async send(jobs) {
      const payloads = jobs.map(job => JSON.stringify(job))
      await db`
        with added as (insert into plain_jobs (payload) select unnest(${payloads}::text[])::json returning 1)
        select count(*), pg_notify('plain_jobs', '') from added`
    },
    ended: watch.ended,
    begun: watch.begun,
    async stop() {
      stopping = true
      wake()
      await Promise.all(workers)
      await db.end({ timeout: 2 })
    },
  }
}
