/** Lists, the board, the next ticket and search read by an index, on a small workspace that looks like a large one. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { actsOf } from '../../bench/inbox/acts.ts'
import { type Generated, generate } from '../../bench/inbox/generate.ts'
import { openDb } from '../../src/db/client.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const TABLES = ['tickets', 'search_documents', 'contacts', 'conversations']

let database: TestDatabase
let world: Generated
beforeAll(async () => {
  database = await testDatabase()
  world = await generate(database.owner, 4000)
})
afterAll(() => database.close())

/** Postgres counts what it reads from end to end, by table; a small table it would rather read so, were it allowed to. */
it('read no table from end to end', async () => {
  const db = openDb(database.url, { max: 1 })
  try {
    for (const { name, run } of actsOf(world).filter(act => !act.name.startsWith('report'))) {
      const before = await scans()
      await inWorkspace(db, world.workspaceId, async tx => {
        await tx`select set_config('enable_seqscan', 'off', true)`
        await run(tx, 3)
      })
      await db`select pg_stat_force_next_flush()`
      expect(await scans(), name).toEqual(before)
    }
  } finally {
    await db.end()
  }
})

async function scans() {
  const rows = await database.owner`
    select relname, seq_scan::integer from pg_stat_user_tables where relname = any(${TABLES}::text[]) order by relname`
  return [...rows]
}
