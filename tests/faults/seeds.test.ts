/**
 * Many small lives of the product, each drawn by a seed and struck by a fault at a statement the seed chooses: a few
 * here, a thousand by `npm run test:faults`. FAULT_FIRST=n FAULT_SEEDS=1 runs that one alone.
 */
import { afterAll, beforeAll, it, onTestFinished } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { randomOf } from '../support/faults/acts.ts'
import { faults } from '../support/faults/kinds.ts'
import { live } from '../support/faults/life.ts'
import { makeOrigin, type Origin, openWorld } from '../support/faults/world.ts'

const { FAULT_SEEDS = '7', FAULT_FIRST = '0' } = process.env
const lives = Array.from({ length: Number(FAULT_SEEDS) }, (_, n) => {
  const seed = Number(FAULT_FIRST) + n
  const fault = faults[seed % faults.length]
  if (!fault) throw new Error('There are no faults')
  return { seed, fault, name: fault.name }
})

let made: TestDatabase
let origin: Origin

beforeAll(async () => {
  made = await testDatabase()
  origin = await makeOrigin(made)
  await made.disconnect()
})
afterAll(async () => {
  origin.close()
  await made.close()
})

it.each(lives)(
  'seed $seed, $name: nothing lost, nothing doubled, both sides equal',
  {
    timeout: 60_000,
  },
  async ({ seed, fault }) => {
    const world = await openWorld(origin, await testDatabase(origin.name), fault.services)
    // Also where it comes to no end.
    onTestFinished(world.close)
    await live(world, fault, randomOf(seed), String(seed))
  },
)
