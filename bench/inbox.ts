/**
 * What lists, boards, search and reports cost as tickets grow: p95 at 1 k, 100 k and 1 M tickets, and whether anything was
 * read from end to end. Promised are lists and the board: at 1 M at most three times what they take at 1 k.
 */

import { inWorkspace } from '../src/db/tenancy.ts'
import { openDatabase } from '../src/node/open-database.ts'
import { startBenchPostgres } from './database.ts'
import { actsOf } from './inbox/acts.ts'
import { generate } from './inbox/generate.ts'

const sizes = (process.argv[2] ?? '1000,100000,1000000').split(',').map(Number)
const RUNS = 120
const WARM_UP = 20
const TABLES = ['tickets', 'search_documents', 'ticket_facts', 'contacts', 'conversations', 'messages']

const server = await startBenchPostgres()
const results = new Map<string, number[]>()
const scanned = new Map<string, string[]>()
try {
  for (const size of sizes) {
    const url = await server.createMigrated(`inbox_${size}`)
    const [db, owner] = [openDatabase(url, { max: 1 }), openDatabase(url, { asOwner: true, max: 1 })]
    const began = performance.now()
    const world = await generate(owner, size)
    console.log(`${size} tickets in ${((performance.now() - began) / 1000).toFixed(0)} s`)
    for (const { name, run } of actsOf(world)) {
      const before = await sequential()
      const times: number[] = []
      for (let nth = 0; nth < RUNS; nth++) {
        const at = performance.now()
        await inWorkspace(db, world.workspaceId, tx => run(tx, nth))
        if (nth >= WARM_UP) times.push(performance.now() - at)
      }
      await db`select pg_stat_force_next_flush()`
      const after = await sequential()
      const tables = TABLES.filter(table => (after.get(table) ?? 0) > (before.get(table) ?? 0))
      if (tables.length > 0 && size >= 100_000) scanned.set(`${name} at ${size}`, tables)
      times.sort((a, b) => a - b)
      results.set(name, [...(results.get(name) ?? []), times[Math.floor(times.length * 0.95)] ?? 0])
    }
    await Promise.all([db.end(), owner.end()])

    async function sequential() {
      const rows = await owner<{ relname: string; scans: number }[]>`
        select relname, seq_scan::integer as scans from pg_stat_user_tables where relname = any(${TABLES}::text[])`
      return new Map(rows.map(row => [row.relname, row.scans]))
    }
  }
} finally {
  await server.stop()
}

console.log(`\np95 in ms at ${sizes.join(', ')} tickets, and the last to the first`)
for (const [name, times] of results) {
  const ratio = (times.at(-1) ?? 0) / (times[0] || 1)
  console.log(`${name.padEnd(32)} ${times.map(time => time.toFixed(2).padStart(9)).join('')}   ×${ratio.toFixed(2)}`)
}
console.log(scanned.size === 0 ? '\nNo table was read from end to end.' : '\nRead from end to end:')
for (const [name, tables] of scanned) console.log(`  ${name}: ${tables.join(', ')}`)
