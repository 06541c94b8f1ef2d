/**
 * Each case, killed at drawn statements. CONFORMANCE_SEEDS=n draws n times for each case, CONFORMANCE_CASE=text takes the
 * cases whose name contains it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Case, ordered } from './case.ts'
import { groups } from './cases/index.ts'
import { countStatements, type Kill, runWithKills } from './kill.ts'

const SEEDS = Number(process.env.CONFORMANCE_SEEDS ?? 1)
const KILLS = 2
/** How far a case surely gets: what goes on at once shares statements, more or fewer of them. */
const REACHED = 0.7
const chosen = Object.values(groups)
  .flat()
  .filter(({ name }) => name.includes(process.env.CONFORMANCE_CASE ?? ''))

/** For counting: nothing there depends on what others do. */
let shared: TestDatabase
beforeAll(async () => {
  shared = await testDatabase()
})
afterAll(() => shared.close())

describe('killed at any statement, each step takes effect once, in', () => {
  it.concurrent.each(chosen)('$name', { timeout: 60_000 * SEEDS }, async testCase => {
    const statements = await countStatements(shared, testCase)
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = sequence(seed, testCase.name)
      // The first anywhere; the others come only where the run is long enough.
      const kills = Array.from({ length: KILLS }, (_, n): Kill => {
        const within = statements * (n === 0 ? REACHED : 0.5)
        return { nth: 1 + Math.floor(random() * within), moment: random() < 0.5 ? 'before' : 'after' }
      })
      const { lines, killed, repeated } = await withDatabase(database => runWithKills(database, testCase, kills))
      const where = `killed ${killed.join('; ')} (seed ${seed})`
      expect(compared(testCase, lines), where).toEqual(
        compared(testCase, testCase.expectedAfterKills ?? testCase.expected),
      )
      expect(repeated, where).toEqual([])
      expect(killed, where).not.toEqual([])
    }
  })
})

async function withDatabase<T>(use: (database: TestDatabase) => Promise<T>): Promise<T> {
  const database = await testDatabase()
  try {
    return await use(database)
  } finally {
    await database.close()
  }
}

function compared(testCase: Case, lines: string[]): string[] {
  return ordered(testCase, testCase.toTheSecond ? lines.filter(line => !line.startsWith('-- ')) : lines)
}

/** Numbers between 0 and 1, the same for the same seed and case. */
function sequence(seed: number, name: string) {
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 31, seed * 7_919)
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
