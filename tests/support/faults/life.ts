/** One small life of the product: things happen, a fault strikes, and in the end all must be as if none had. */
import { expect } from 'vitest'
import { act, nothingDone, type Random } from './acts.ts'
import type { Fault } from './kinds.ts'
import { comeToRest, faultsFound } from './truth.ts'
import type { World } from './world.ts'

/** Things that happen in a life, each with some seconds after it. */
const BEATS = 6

/** `name` tells this life's texts from others'. */
export async function live(world: World, fault: Fault, random: Random, name: string) {
  const done = nothingDone()
  for (let beat = BEATS - 1; beat >= 0; beat--) {
    await fault.before(world, random, beat)
    await act(world, done, random, `${name}.${BEATS - beat}`)
    await world.pass(random.int(6))
  }
  await fault.lift(world)
  const left = await comeToRest(world)
  const wrong = await faultsFound(world, done)
  const said = world.members.map(({ service }) => service.complaints()).join('\n')
  expect({ left, wrong }, `${fault.name}; the services said:\n${said}`).toEqual({
    left: Object.fromEntries(Object.keys(left).map(what => [what, 0])),
    wrong: [],
  })
}
