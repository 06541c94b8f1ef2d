import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { DAY, type Functions, MINUTE, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** A parent invokes a child that waits for two events, both at once, then tells what it heard. */
const functions: Functions = inngest => {
  const child = inngest.createFunction(
    { id: 'child', cancelOn: [{ event: 'demo/stop', if: 'event.data.id == async.data.id' }], triggers: [] },
    async ({ event, step }) => {
      const wait = (name: string) =>
        step.waitForEvent(name, { event: `demo/${name}`, if: 'event.data.id == async.data.id', timeout: '10m' })
      const heard = await Promise.all([wait('a'), wait('b'), step.run('c', () => (event.data as { id: number }).id)])
      return heard.map(each => (typeof each === 'object' && each !== null ? each.id : each))
    },
  )
  return [
    child,
    inngest.createFunction({ id: 'parent', retries: 0, triggers: { event: 'demo/go' } }, async ({ event, step }) =>
      step
        .invoke('invoke', { function: child, data: { id: event.data.id }, timeout: '20m' })
        .catch((error: Error) => error.message),
    ),
  ]
}

const RUNS = 3
type Act =
  | { kind: 'send'; name: 'a' | 'b' | 'stop'; ids: number[] }
  | { kind: 'settle' | 'cancel' | 'retry' | 'pass'; engine: number; id: number }
const id = fc.integer({ min: 0, max: RUNS - 1 })
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      name: fc.constantFrom('a' as const, 'b' as const, 'a' as const, 'b' as const, 'stop' as const),
      ids: fc.array(id, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(...(['settle', 'settle', 'settle', 'cancel', 'retry', 'pass'] as const)),
      engine: fc.integer({ min: 0, max: 1 }),
      id,
    }),
  },
)

it('each wait and each run is over once, whatever comes at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(act, { minLength: 1, maxLength: 6 }), { maxLength: 6 }), async rounds => {
      const first = await startApp(database.db, functions)
      const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
      const ofChildren = { functionId: `${first.appId}-child` }
      await first.inngest.send(Array.from({ length: RUNS }, (_, id) => ({ name: 'demo/go', data: { id } })))
      await first.engine.settle()
      const children = (await first.engine.runs(ofChildren)).map(run => run.id)
      const sent = new Set<string>()
      const cancelled: string[] = []
      let serial = 0
      for (const round of rounds) {
        const before = new Map((await first.engine.runs(ofChildren)).map(run => [run.id, run]))
        await Promise.all(
          round.map(async each => {
            if (each.kind === 'send') {
              const events = each.ids.map(id => ({ id: `e${serial++}`, name: `demo/${each.name}`, data: { id } }))
              for (const event of events) sent.add(event.id)
              await (serial % 2 === 0 ? first : second).inngest.send(events)
              return
            }
            const { engine } = each.engine === 0 ? first : second
            const run = children[each.id] ?? ''
            if (each.kind === 'settle') await engine.settle()
            if (each.kind === 'pass') first.clock.advance(4 * MINUTE)
            if (each.kind === 'retry') await engine.retryNow(run)
            if (each.kind === 'cancel' && (await engine.cancel(run)) === 'cancelled') cancelled.push(run)
          }),
        )
        // What was over stays as it was.
        for (const run of await first.engine.runs(ofChildren)) {
          if (before.get(run.id)?.finishedAt) expect(run).toEqual(before.get(run.id))
        }
      }
      for (let n = 0; n < 3; n++) {
        for (const { engine } of [first, second]) await engine.settle()
        first.clock.advance(DAY)
      }

      expect(new Set(cancelled).size).toBe(cancelled.length)
      const runs = await first.engine.runs({ limit: 1_000 })
      const mine = runs.filter(run => run.functionId.startsWith(first.appId))
      expect(mine).toHaveLength(2 * RUNS)
      for (const run of mine) {
        const isChild = run.functionId.endsWith('-child')
        expect(run.state).toBe(isChild && run.state === 'cancelled' ? 'cancelled' : 'completed')
        expect(new Set(run.steps).size).toBe(run.steps.length)
        if (!isChild || run.state === 'cancelled') continue
        const [a, b, c] = run.output as [string | null, string | null, number]
        for (const heard of [a, b]) if (heard !== null) expect(sent).toContain(heard)
        expect(c).toBeTypeOf('number')
        if (a !== null) expect(a).not.toBe(b)
      }
      const left = await database.owner`select id from engine.items where function_id like ${`${first.appId}-%`}`
      expect(left).toEqual([])
      expect(await database.owner`select id from engine.runs where pending <> 0`).toEqual([])
      expect(await database.owner`select id from engine.listeners`).toEqual([])
    }),
    { numRuns: 40 },
  )
}, 180_000)
