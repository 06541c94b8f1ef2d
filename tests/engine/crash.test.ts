import type postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/index.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { DAY, type Functions, MINUTE, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** One waits for a reply after it has invoked another; the reply cancels a third and starts a fourth. */
const functions: Functions = inngest => {
  const child = inngest.createFunction(
    { id: 'child', throttle: { limit: 1, period: '5s' }, triggers: [] },
    async ({ step }) => step.run('work', () => 'grown'),
  )
  return [
    child,
    inngest.createFunction({ id: 'parent', triggers: { event: 'demo/go' } }, async ({ step }) => {
      const [grown, reply] = await Promise.all([
        step.invoke('invoke', { function: child, timeout: '2d' }),
        step.waitForEvent('wait', { event: 'demo/reply', match: 'data.id', timeout: '7d' }),
      ])
      return [grown, reply?.id]
    }),
    inngest.createFunction(
      { id: 'victim', cancelOn: [{ event: 'demo/reply', match: 'data.id' }], triggers: { event: 'demo/go' } },
      async ({ step }) => {
        await step.sleep('nap', '30d')
      },
    ),
    inngest.createFunction({ id: 'fourth', triggers: { event: 'demo/reply' } }, () => 'started'),
  ]
}

const send = async (engine: Engine, event: { name: string; id: string }) => {
  const body = JSON.stringify([{ ...event, data: { id: 1 } }])
  const response = await engine.fetch('https://inn.gs/e/local', { method: 'POST', body })
  expect(response.status).toBe(200)
}
const acts: ((engine: Engine) => Promise<void>)[] = [
  engine => send(engine, { name: 'demo/go', id: 'go' }),
  engine => engine.settle(),
  engine => send(engine, { name: 'demo/reply', id: 'reply' }),
  engine => engine.settle(),
]

/** A connection that refuses every statement, `begin` and `commit` among them, from the moment that `live` throws. */
function mortal<Sql extends postgres.Sql | postgres.TransactionSql>(sql: Sql, live: () => void): Sql {
  return new Proxy(sql, {
    apply(target, self, given: unknown[]) {
      live()
      return Reflect.apply(target, self, given)
    },
    get(target, name) {
      if (name !== 'begin') return Reflect.get(target, name)
      return (work: (tx: postgres.TransactionSql) => unknown) => {
        live()
        return (target as postgres.Sql).begin(async tx => {
          const result = await work(mortal(tx, live))
          const results = Array.isArray(result) ? await Promise.all(result) : result
          live()
          return results
        })
      }
    },
  })
}

/** Acts on an engine that dies before its `nth` statement, and goes on with another one; answers whether it did die. */
async function crashBefore(nth: number): Promise<boolean> {
  let statements = -1
  const live = () => {
    if (statements >= 0 && ++statements >= nth) throw new Error('The process is dead')
  }
  const first = await startApp(mortal(database.db, live), functions)
  statements = 0
  const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
  for (const act of acts) {
    if (statements < nth) await act(first.engine).catch(() => {})
    if (statements < nth) continue
    // Whoever sent does not know whether it was heard, and sends again.
    await second.engine.settle()
    first.clock.advance(MINUTE)
    await act(second.engine)
  }
  for (let n = 0; n < 3; n++) {
    await second.engine.settle()
    first.clock.advance(MINUTE)
  }

  const outcome = async (name: string) =>
    (await second.engine.runs({ functionId: `${first.appId}-${name}` })).map(run => [run.state, run.output, run.steps])
  expect(await outcome('child')).toEqual([['completed', 'grown', ['work']]])
  expect((await outcome('parent')).map(([state, output]) => [state, output])).toEqual([
    ['completed', ['grown', 'reply']],
  ])
  expect(await outcome('victim')).toEqual([['cancelled', null, []]])
  expect(await outcome('fourth')).toEqual([['completed', 'started', []]])
  expect(await database.owner`select id from engine.items`).toEqual([])
  expect(await database.owner`select id from engine.listeners`).toEqual([])
  await database.owner`truncate engine.once`
  return statements >= nth
}

it('a death between any two statements loses nothing, starts nothing twice and leaves nothing behind', async () => {
  let nth = 1
  while (await crashBefore(nth)) nth++
  expect(nth).toBeGreaterThan(30)
}, 120_000)

it('a wait that is over is not over again for an event that was sent twice', async () => {
  const { engine, clock, inngest } = await startApp(database.db, functions)
  for (const act of [...acts, ...acts.slice(2)]) await act(engine)
  clock.advance(DAY)
  await engine.settle()
  expect(await engine.runs({ functionId: `${inngest.id}-parent` })).toMatchObject([{ steps: ['invoke', 'wait'] }])
})
