import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { createApp, DAY, type Functions, MINUTE, SECOND, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** Counts its steps, and hangs in the step named `hang` until released. */
function countingFunctions(counts: Map<string, number>, hang: () => string | undefined): Functions {
  return inngest => [
    inngest.createFunction({ id: 'work', triggers: { event: 'demo/work' } }, async ({ step }) => {
      for (const name of ['one', 'two', 'three']) {
        await step.run(name, async () => {
          counts.set(name, (counts.get(name) ?? 0) + 1)
          if (hang() === name) await new Promise(() => {})
        })
      }
      return 'done'
    }),
  ]
}

describe('a crash', () => {
  it('loses nothing: another engine takes the call when its lease has run out, and repeats only the open step', async () => {
    const counts = new Map<string, number>()
    let hang: string | undefined = 'two'
    const functions = countingFunctions(counts, () => hang)
    const first = await startApp(database.db, functions)
    await first.inngest.send({ name: 'demo/work' })
    // Never settles: the process "dies" in step two.
    void first.engine.settle()
    await expect.poll(() => counts.get('two')).toBe(1)

    hang = undefined
    const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
    await second.engine.settle()
    expect(counts.get('two')).toBe(1)
    first.clock.advance(61 * SECOND)
    await second.engine.settle()
    expect(Object.fromEntries(counts)).toEqual({ one: 1, two: 2, three: 1 })
    expect(await second.engine.runs({ functionId: `${first.appId}-work` })).toMatchObject([
      { state: 'completed', output: 'done', steps: ['one', 'two', 'three'] },
    ])
  })

  it('drops the late result of a call that was given to another engine', async () => {
    const late = Promise.withResolvers<string>()
    let calls = 0
    const functions: Functions = inngest => [
      inngest.createFunction({ id: 'late', triggers: { event: 'demo/late' } }, ({ step }) =>
        step.run('answer', () => {
          calls++
          return calls === 1 ? late.promise : 'second'
        }),
      ),
    ]
    const first = await startApp(database.db, functions)
    const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
    await first.inngest.send({ name: 'demo/late' })
    const settled = first.engine.settle()
    await expect.poll(() => calls).toBe(1)
    first.clock.advance(61 * SECOND)
    await second.engine.settle()
    late.resolve('first')
    await settled
    expect(await first.engine.runs({ functionId: `${first.appId}-late` })).toMatchObject([{ output: 'second' }])
  })

  it('keeps sleeps, retries and debounces for the next process', async () => {
    const seen: string[] = []
    const functions: Functions = inngest => [
      inngest.createFunction({ id: 'slow', triggers: { event: 'demo/slow' } }, async ({ step }) => {
        await step.sleep('nap', '1h')
        seen.push('woke')
      }),
      inngest.createFunction({ id: 'shaky', triggers: { event: 'demo/slow' } }, ({ attempt }) => {
        if (attempt === 0) throw new Error('shaky')
        seen.push('retried')
      }),
      inngest.createFunction({ id: 'calm', debounce: { period: '5m' }, triggers: { event: 'demo/slow' } }, () => {
        seen.push('calm')
      }),
    ]
    const first = await startApp(database.db, functions)
    await first.inngest.send({ name: 'demo/slow' })
    await first.engine.settle()
    await first.engine.stop()
    const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
    for (let n = 0; n < 61; n++) {
      first.clock.advance(MINUTE)
      await second.engine.settle()
    }
    expect(seen).toEqual(['retried', 'calm', 'woke'])
  })
})

describe('several engines', () => {
  it('share the work and the limits, and execute each step once', async () => {
    const counts = new Map<string, number>()
    const executing = new Map<number, number>()
    let most = 0
    const functions: Functions = inngest => [
      inngest.createFunction(
        { id: 'shared', concurrency: { limit: 2, key: 'event.data.key' }, triggers: { event: 'demo/shared' } },
        async ({ event, step }) => {
          const count = async (name: string) => {
            counts.set(name, (counts.get(name) ?? 0) + 1)
            const now = (executing.get(event.data.key) ?? 0) + 1
            executing.set(event.data.key, now)
            most = Math.max(most, now)
            await new Promise(setImmediate)
            executing.set(event.data.key, (executing.get(event.data.key) ?? 0) - 1)
          }
          await Promise.all(['a', 'b'].map(name => step.run(name, () => count(`${event.data.n} ${name}`))))
          await step.run('c', () => count(`${event.data.n} c`))
        },
      ),
    ]
    const first = await startApp(database.db, functions)
    const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
    const third = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
    await first.inngest.send(Array.from({ length: 30 }, (_, n) => ({ name: 'demo/shared', data: { n, key: n % 4 } })))
    const engines = [first.engine, second.engine, third.engine]
    // One may find everything blocked by what the others execute, so all settle until all is done.
    for (let n = 0; n < 20; n++) await Promise.all(engines.map(engine => engine.settle()))
    expect(most).toBe(2)
    expect(counts.size).toBe(90)
    expect(new Set(counts.values())).toEqual(new Set([1]))
    const runs = await first.engine.runs({ functionId: `${first.appId}-shared`, state: 'completed' })
    expect(runs).toHaveLength(30)
  })

  it('wake each other by notification', async () => {
    const ran = Promise.withResolvers<string>()
    const functions: Functions = inngest => [
      inngest.createFunction({ id: 'wake', triggers: { event: 'demo/wake' } }, () => ran.resolve('ran')),
    ]
    const sender = await startApp(database.db, functions)
    const worker = createApp(database.db, functions, { appId: sender.appId, now: () => new Date() })
    await worker.engine.start(worker.handler)
    const begun = performance.now()
    await sender.inngest.send({ name: 'demo/wake' })
    expect(await ran.promise).toBe('ran')
    expect(performance.now() - begun).toBeLessThan(2_000)
    await worker.engine.stop()
  })
})

describe('a long call', () => {
  it('keeps its lease for as long as its process lives', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let calls = 0
    const functions: Functions = inngest => [
      inngest.createFunction({ id: 'long', triggers: { event: 'demo/long' } }, async () => {
        calls++
        begun.resolve()
        await release.promise
      }),
    ]
    const first = await startApp(database.db, functions)
    const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
    await first.inngest.send({ name: 'demo/long' })
    const settled = first.engine.settle()
    await begun.promise
    for (let n = 1; n <= 6; n++) {
      first.clock.advance(5 * SECOND)
      vi.advanceTimersByTime(5 * SECOND)
      const lease = new Date(first.clock.now().getTime() + 20 * SECOND)
      await expect
        .poll(async () => (await first.engine.runs({ functionId: `${first.appId}-long` }))[0]?.nextAt)
        .toEqual(lease)
      await second.engine.settle()
    }
    release.resolve()
    await settled
    expect(calls).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('stopping', () => {
  it('waits for calls that are out', async () => {
    const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { engine, inngest, handler, appId } = createApp(
      database.db,
      inngest => [
        inngest.createFunction({ id: 'long', triggers: { event: 'demo/long' } }, async ({ step }) => {
          await step.run('first', async () => {
            begun.resolve()
            await release.promise
          })
          await step.run('second', () => 2)
        }),
      ],
      { now: () => new Date() },
    )
    await engine.start(handler)
    await inngest.send({ name: 'demo/long' })
    await begun.promise
    const stopped = engine.stop()
    release.resolve()
    await stopped
    expect(await engine.runs({ functionId: `${appId}-long` })).toMatchObject([{ state: 'running', steps: ['first'] }])
    const next = createApp(
      database.db,
      inngest => [
        inngest.createFunction({ id: 'long', triggers: { event: 'demo/long' } }, async ({ step }) => {
          await step.run('first', () => 0)
          await step.run('second', () => 2)
        }),
      ],
      { appId, now: () => new Date() },
    )
    await next.engine.start(next.handler, { background: false })
    await next.engine.settle()
    expect(await engine.runs({ functionId: `${appId}-long` })).toMatchObject([{ state: 'completed' }])
  })

  it('hands back what does not end in time, for another engine to take at once', async () => {
    const begun = Promise.withResolvers<void>()
    let calls = 0
    const functions: Functions = inngest => [
      inngest.createFunction({ id: 'stuck', triggers: { event: 'demo/stuck' } }, () => {
        calls++
        begun.resolve()
        return calls === 1 ? new Promise(() => {}) : 'taken over'
      }),
    ]
    const first = await startApp(database.db, functions)
    await first.inngest.send({ name: 'demo/stuck' })
    void first.engine.settle()
    await begun.promise
    await first.engine.stop({ graceMs: 0 })
    const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
    await second.engine.settle()
    expect(await second.engine.runs({ functionId: `${first.appId}-stuck` })).toMatchObject([{ output: 'taken over' }])
  })
})

describe('cost', () => {
  it('is seven statements for a run of one step, and four for each look at an idle queue', async () => {
    const statements: string[] = []
    const db = postgres(database.url, {
      max: 1,
      debug: (_connection, query) => statements.push(query.trim().replace(/\s+/g, ' ').slice(0, 40)),
      transform: { undefined: null, column: { from: postgres.toCamel } },
    })
    const { engine, inngest } = await startApp(db, inngest => [
      inngest.createFunction({ id: 'cheap', concurrency: 2, triggers: { event: 'demo/cheap' } }, ({ step }) =>
        step.run('one', () => 1),
      ),
    ])
    await engine.settle()
    statements.length = 0
    await inngest.send({ name: 'demo/cheap' })
    await engine.settle()
    const claim = [
      'begin',
      'select pg_advisory_xact_lock(hashtext($1',
      'with leased as ( select function_id, keys',
      'commit',
    ]
    expect(statements).toEqual(
      [
        'with recursive heard as ( select name as event',
        ...claim,
        'with held as ( update engine.items set at',
        'with held as ( select run_id from engine.',
        // What `settle` adds to be sure.
        ...claim,
      ].map(text => expect.stringContaining(text.slice(0, 38))),
    )
    await db.end()
  })
})

describe('history', () => {
  it('forgets finished runs after a week', async () => {
    const { engine, inngest, clock } = await startApp(database.db, inngest => [
      inngest.createFunction({ id: 'old', triggers: { event: 'demo/old' } }, async ({ step }) => {
        await step.run('a', () => 1)
        await step.sleep('long', '30d')
      }),
      inngest.createFunction({ id: 'older', triggers: { event: 'demo/old' } }, () => 1),
    ])
    await inngest.send({ name: 'demo/old' })
    await engine.settle()
    clock.advance(7 * DAY + 1)
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-older` })).toEqual([])
    expect(await engine.runs({ functionId: `${inngest.id}-old` })).toMatchObject([{ state: 'running' }])
  })
})
