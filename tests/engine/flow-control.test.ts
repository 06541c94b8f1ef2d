import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type AppOptions, clockAt, DAY, type Functions, MINUTE, SECOND, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const start = (functions: Functions, options?: AppOptions) => startApp(database.db, functions, options)

describe('debounce', () => {
  const debounced =
    (seen: unknown[], timeout?: '50s'): Functions =>
    inngest => [
      inngest.createFunction(
        {
          id: 'debounced',
          debounce: { period: '30s', key: 'event.data.key', timeout },
          triggers: { event: 'demo/change' },
        },
        ({ event }) => seen.push(`${event.data.key}${event.data.n}`),
      ),
    ]

  it('runs once, with the last event, when its key has been quiet for the period', async () => {
    const seen: unknown[] = []
    const { engine, inngest, clock } = await start(debounced(seen))
    await inngest.send({ name: 'demo/change', data: { key: 'a', n: 1 } })
    clock.advance(20 * SECOND)
    await inngest.send([
      { name: 'demo/change', data: { key: 'a', n: 2 } },
      { name: 'demo/change', data: { key: 'b', n: 1 } },
      { name: 'demo/change', data: { key: 'a', n: 3 } },
    ])
    clock.advance(29 * SECOND)
    await engine.settle()
    expect(seen).toEqual([])
    clock.advance(SECOND)
    await engine.settle()
    expect(seen.sort()).toEqual(['a3', 'b1'])
  })

  it('is not put off beyond its timeout', async () => {
    const seen: unknown[] = []
    const { engine, inngest, clock } = await start(debounced(seen, '50s'))
    for (let n = 1; n <= 3; n++) {
      await inngest.send({ name: 'demo/change', data: { key: 'a', n } })
      clock.advance(20 * SECOND)
      if (n === 2) await engine.settle()
    }
    expect(seen).toEqual([])
    await engine.settle()
    expect(seen).toEqual(['a3'])
  })
})

describe('concurrency', () => {
  it('executes as many calls with the same key as allowed, in order', async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>()
    const begun: string[] = []
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction(
        { id: 'keyed', concurrency: { limit: 1, key: 'event.data.key' }, triggers: { event: 'demo/keyed' } },
        async ({ event }) => {
          const name = `${event.data.key}${event.data.n}`
          begun.push(name)
          const held = Promise.withResolvers<void>()
          gates.set(name, held)
          await held.promise
        },
      ),
    ])
    // Order is kept within a key; between keys there is none.
    const ofKey = (key: string) => begun.filter(name => name.startsWith(key)).join(' ')
    const begins = (a: string, b: string) => expect.poll(() => [ofKey('a'), ofKey('b')]).toEqual([a, b])
    for (const [key, n] of [
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['b', 1],
      ['b', 2],
    ] as const) {
      await inngest.send({ name: 'demo/keyed', data: { key, n } })
    }
    const settled = engine.settle()
    await begins('a1', 'b1')
    gates.get('b1')?.resolve()
    await begins('a1', 'b1 b2')
    gates.get('a1')?.resolve()
    await begins('a1 a2', 'b1 b2')
    gates.get('a2')?.resolve()
    await begins('a1 a2 a3', 'b1 b2')
    gates.get('b2')?.resolve()
    gates.get('a3')?.resolve()
    await settled
  })

  it('holds two limits at once', async () => {
    let [now, most] = [0, 0]
    const perKey = new Map<string, number>()
    const { engine, inngest } = await start(
      inngest => [
        inngest.createFunction(
          {
            id: 'two',
            concurrency: [{ limit: 3 }, { limit: 2, key: 'event.data.key' }],
            triggers: { event: 'demo/two' },
          },
          async ({ event }) => {
            now++
            perKey.set(event.data.key, (perKey.get(event.data.key) ?? 0) + 1)
            most = Math.max(most, now)
            expect(perKey.get(event.data.key)).toBeLessThanOrEqual(2)
            await new Promise(setImmediate)
            perKey.set(event.data.key, (perKey.get(event.data.key) ?? 0) - 1)
            now--
          },
        ),
      ],
      { concurrency: 20 },
    )
    await inngest.send(Array.from({ length: 40 }, (_, n) => ({ name: 'demo/two', data: { key: `k${n % 3}` } })))
    await engine.settle()
    expect(most).toBe(3)
    const runs = await engine.runs({ functionId: `${inngest.id}-two` })
    expect(runs.filter(run => run.state === 'completed')).toHaveLength(40)
  })

  it('holds nothing while a run sleeps', async () => {
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction(
        { id: 'sleepers', concurrency: 1, triggers: { event: 'demo/sleeper' } },
        async ({ step }) => {
          await step.run('before', () => 1)
          await step.sleep('nap', '1h')
        },
      ),
    ])
    await inngest.send([{ name: 'demo/sleeper' }, { name: 'demo/sleeper' }])
    await engine.settle()
    const runs = await engine.runs({ functionId: `${inngest.id}-sleepers` })
    expect(runs.map(run => run.steps)).toEqual([['before'], ['before']])
    expect(runs.map(run => run.nextAt)).toEqual([new Date('2026-06-01T11:00:00Z'), new Date('2026-06-01T11:00:00Z')])
    clock.advance(60 * MINUTE)
    await engine.settle()
  })
})

describe('once', () => {
  it('runs once for an event id within a day', async () => {
    const seen: unknown[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction({ id: 'once', triggers: { event: 'demo/once' } }, ({ event }) => seen.push(event.data.n)),
    ])
    await inngest.send([
      { id: 'x1', name: 'demo/once', data: { n: 1 } },
      { id: 'x1', name: 'demo/once', data: { n: 2 } },
    ])
    await inngest.send({ id: 'x1', name: 'demo/once', data: { n: 3 } })
    await engine.settle()
    expect(seen).toEqual([1])
    clock.advance(DAY)
    await inngest.send({ id: 'x1', name: 'demo/once', data: { n: 4 } })
    await engine.settle()
    expect(seen).toEqual([1, 4])
  })

  it('runs once for an idempotency key within a day', async () => {
    const seen: { n: number }[] = []
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction(
        { id: 'paid', idempotency: 'event.data.order', triggers: { event: 'demo/paid' } },
        ({ event }) => seen.push(event.data),
      ),
    ])
    await inngest.send({ name: 'demo/paid', data: { order: 'o1', n: 1 } })
    await inngest.send({ name: 'demo/paid', data: { order: 'o1', n: 2 } })
    await inngest.send({ name: 'demo/paid', data: { order: 'o'.repeat(5_000), n: 3 } })
    await engine.settle()
    expect(seen.map(({ n }) => n).sort()).toEqual([1, 3])
  })
})

describe('batches', () => {
  async function startBatched() {
    const seen: string[][] = []
    const app = await start(inngest => [
      inngest.createFunction(
        {
          id: 'batched',
          batchEvents: { maxSize: 3, timeout: '10s', key: 'event.data.key' },
          triggers: { event: 'demo/item', if: 'event.data.n > 0' },
        },
        ({ events }) => {
          seen.push(events.map((event: { data: { key: string; n: number } }) => `${event.data.key}${event.data.n}`))
        },
      ),
    ])
    const send = (key: string, ...numbers: number[]) =>
      app.inngest.send(numbers.map(n => ({ id: `${key}${n}`, name: 'demo/item', data: { key, n } })))
    return { ...app, seen, send }
  }

  it('runs when a batch is full, and what is left at its timeout', async () => {
    const { engine, clock, seen, send } = await startBatched()
    await send('a', 1, 2)
    await send('b', 1)
    await engine.settle()
    expect(seen).toEqual([])
    await send('a', 2, 3, 4)
    await engine.settle()
    expect(seen.toSorted()).toEqual([['a1', 'a2', 'a3'], ['a4']])
    clock.advance(10 * SECOND)
    await engine.settle()
    expect(seen.toSorted()).toEqual([['a1', 'a2', 'a3'], ['a4'], ['b1']])
  })

  it('takes an event once: in one send, when it is sent again, and when its batch has run', async () => {
    const { engine, clock, seen, send } = await startBatched()
    await send('a', 1, 1, 1)
    await send('a', 1, 2)
    await send('a', 2, 2)
    await engine.settle()
    expect(seen).toEqual([])
    clock.advance(10 * SECOND)
    await engine.settle()
    expect(seen).toEqual([['a1', 'a2']])
    await send('a', 1, 2, 3)
    clock.advance(10 * SECOND)
    await engine.settle()
    expect(seen).toEqual([['a1', 'a2'], ['a3']])
    await send('a', 1)
    clock.advance(10 * SECOND)
    await engine.settle()
    expect(seen).toHaveLength(2)
  })

  it('takes an event again after a day', async () => {
    const { engine, clock, seen, send } = await startBatched()
    for (let day = 0; day < 2; day++) {
      await send('a', 1)
      clock.advance(DAY + 10 * SECOND)
      await engine.settle()
    }
    expect(seen).toEqual([['a1'], ['a1']])
  })

  it('takes the one of two with the same id that its trigger asks for', async () => {
    const { engine, clock, seen, inngest } = await startBatched()
    await inngest.send([0, 1].map(n => ({ id: 'same', name: 'demo/item', data: { key: 'a', n } })))
    clock.advance(10 * SECOND)
    await engine.settle()
    expect(seen).toEqual([['a1']])
  })

  it.each([2, 3, 4, 7])('runs at once when %i events come together, as many as fit at a time', async count => {
    const { engine, clock, seen, send } = await startBatched()
    await send('a', ...Array.from({ length: count }, (_, n) => n + 1))
    await engine.settle()
    expect(seen.map(batch => batch.length).toSorted()).toEqual({ 2: [], 3: [3], 4: [1, 3], 7: [1, 3, 3] }[count])
    clock.advance(10 * SECOND)
    await engine.settle()
    expect(seen.flat()).toHaveLength(count)
  })
})

describe('cron', () => {
  const ticking =
    (seen: unknown[], cron: string): Functions =>
    inngest => [
      inngest.createFunction({ id: 'ticking', triggers: { cron } }, ({ event }) => {
        seen.push((event.data as { scheduledAt?: string }).scheduledAt)
      }),
    ]

  it('keeps local time over a change of the clocks', async () => {
    const seen: unknown[] = []
    const clock = clockAt('2026-03-27T23:00:00Z')
    const { engine } = await start(ticking(seen, 'TZ=Europe/Madrid 30 8 * * *'), { clock })
    for (let hour = 0; hour < 72; hour++) {
      clock.advance(60 * MINUTE)
      await engine.settle()
    }
    expect(seen).toEqual(['2026-03-28T07:30:00.000Z', '2026-03-29T06:30:00.000Z', '2026-03-30T06:30:00.000Z'])
  })

  it('runs once for each tick, however many engines there are', async () => {
    const seen: unknown[] = []
    const clock = clockAt('2026-06-01T09:59:30Z')
    const first = await start(ticking(seen, '* * * * *'), { clock })
    const second = await start(ticking(seen, '* * * * *'), { clock, appId: first.appId })
    for (let n = 0; n < 3; n++) {
      clock.advance(MINUTE)
      await Promise.all([first.engine.settle(), second.engine.settle()])
    }
    expect(seen).toEqual(['2026-06-01T10:00:00.000Z', '2026-06-01T10:01:00.000Z', '2026-06-01T10:02:00.000Z'])
  })

  it('makes up for the ticks missed while nothing ran with one run', async () => {
    const seen: unknown[] = []
    const clock = clockAt('2026-06-01T09:59:30Z')
    const { appId } = await start(ticking(seen, '0 * * * *'), { clock })
    clock.advance(5 * 60 * MINUTE)
    const later = await start(ticking(seen, '0 * * * *'), { clock, appId })
    await later.engine.settle()
    expect(seen).toEqual(['2026-06-01T10:00:00.000Z'])
    clock.set('2026-06-01T15:00:00Z')
    await later.engine.settle()
    expect(seen).toEqual(['2026-06-01T10:00:00.000Z', '2026-06-01T15:00:00.000Z'])
  })

  it('forgets a schedule that is no longer served', async () => {
    const seen: unknown[] = []
    const clock = clockAt('2026-06-01T09:59:30Z')
    const { appId } = await start(ticking(seen, '* * * * *'), { clock })
    const later = await start(ticking(seen, '0 12 * * *'), { clock, appId })
    clock.set('2026-06-01T12:00:00Z')
    await later.engine.settle()
    expect(seen).toEqual(['2026-06-01T12:00:00.000Z'])
  })
})
