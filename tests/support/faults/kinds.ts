/** The faults themselves: each is armed before something happens, and lifted before the world comes to rest. */
import type { Random } from './acts.ts'
import type { Member, World } from './world.ts'

export type Fault = {
  name: string
  /** Services of the world it wants. */
  services: 1 | 2
  /** Called before each of a run's beats; `beat` counts down to the last one, 0. */
  before(world: World, random: Random, beat: number): Promise<void>
  /** Back to a good world. */
  lift(world: World): Promise<void>
}

/** Statements of a beat, roughly: a strike lands within them, or in a later beat's. */
const STATEMENTS = 90

/** SIGKILL before a statement, or after it and before its answer: twice in a run, so that recovery is struck as well. */
export const kill: Fault = {
  name: 'killed',
  services: 1,
  async before({ members }, random) {
    const member = random.pick(members)
    if (member && random.chance(0.6)) strike(member, random, () => member.service.kill())
  },
  lift: disarm,
}

/** Two share the work, and either is killed. */
export const killOneOfTwo: Fault = { ...kill, name: 'one of two killed', services: 2 }

/** Every connection to the database is cut at a statement, and the process lives on. */
export const cut: Fault = {
  name: 'cut off from the database',
  services: 1,
  async before({ members: [member] }, random) {
    if (member && random.chance(0.6)) strike(member, random, () => {})
  },
  lift: disarm,
}

/** HubSpot leaves us without an answer, then it is away for an hour; sometimes the process dies meanwhile. */
export const vendorDown: Fault = {
  name: 'HubSpot down for an hour',
  services: 1,
  async before(world, random, beat) {
    const { faults } = world.sandbox
    faults.clear()
    const unheard = random.pick(['store_then_hang', 'store_then_500', 'hang'] as const) ?? 'hang'
    faults.add({ vendor: 'hubspot', kind: unheard, times: 1 + random.int(2) })
    if (beat > 0) faults.add({ vendor: 'hubspot', kind: 'status', status: 503, times: 1_000 })
    if (beat === 1) for (let n = 0; n < 6; n++) await world.pass(600)
    if (beat > 0 && random.chance(0.3)) await kill.before(world, random, beat)
  },
  async lift(world) {
    world.sandbox.faults.clear()
    await disarm(world)
  },
}

/** The clock jumps hours ahead; or ours is minutes behind the vendors', and is set right in between. */
export const jump: Fault = {
  name: 'clock jumps',
  services: 1,
  async before(world, random) {
    if (random.chance(0.3)) await world.jump(random.int(20 * 3600))
    else await world.skew(random.chance(0.6) ? -random.int(240) : 0)
    if (random.chance(0.3)) await kill.before(world, random, 0)
  },
  async lift(world) {
    await world.skew(0)
    await disarm(world)
  },
}

export const faults = [kill, cut, killOneOfTwo, vendorDown, jump]

function strike({ proxy }: Member, random: Random, act: () => void) {
  void proxy.strike(1 + random.int(STATEMENTS), random.chance(0.5) ? 'before' : 'after', act)
}

async function disarm({ members }: World) {
  for (const { proxy } of members) proxy.disarm()
}
