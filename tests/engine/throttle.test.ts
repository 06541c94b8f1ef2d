import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type AppOptions, type Clock, clockAt, type Functions, HOUR, SECOND, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

type Throttle = { limit: number; period: `${number}s`; burst?: number; key?: string }

/** Notes the second in which each run starts. */
function throttled(throttle: Throttle, clock: Clock, starts: string[], concurrency?: number): Functions {
  const begun = clock.now().getTime()
  return inngest => [
    inngest.createFunction(
      { id: 'paced', throttle, concurrency, idempotency: 'event.data.once', triggers: { event: 'demo/paced' } },
      ({ event }) => starts.push(`${event.data.n}@${(clock.now().getTime() - begun) / SECOND}`),
    ),
  ]
}

async function start(throttle: Throttle, options: AppOptions & { limit?: number } = {}) {
  const { limit, clock = clockAt('2026-06-01T10:00:00Z'), ...rest } = options
  const starts: string[] = []
  const app = await startApp(database.db, throttled(throttle, clock, starts, limit), { clock, ...rest })
  const send = (...numbers: unknown[]) =>
    app.inngest.send(numbers.map(n => ({ name: 'demo/paced', data: { n, once: n, key: String(n).slice(0, 1) } })))
  const pass = async (seconds: number) => {
    for (let n = 0; n < seconds; n++) {
      await app.engine.settle()
      clock.advance(SECOND)
    }
    await app.engine.settle()
  }
  return { ...app, starts, send, pass }
}

describe('throttle', () => {
  it('spaces the starts of runs evenly', async () => {
    const { starts, send, pass } = await start({ limit: 2, period: '10s' })
    await send('a', 'b', 'c')
    await pass(20)
    expect(starts.map(each => each.split('@')[1])).toEqual(['0', '5', '10'])
    await send('d')
    await pass(0)
    expect(starts.at(-1)).toBe('d@20')
  })

  it('lets a burst start at once, and the next when its place is free', async () => {
    const { starts, send, pass } = await start({ limit: 1, period: '10s', burst: 3 })
    await send('a', 'b', 'c', 'd', 'e')
    await pass(25)
    expect(starts.map(each => each.split('@')[1])).toEqual(['0', '0', '0', '10', '20'])
  })

  it('starts runs of one key in their order, those of another without waiting', async () => {
    const { starts, send, pass } = await start({ limit: 1, period: '5s', key: 'event.data.key' })
    for (const n of ['a1', 'a2', 'b1', 'a3']) await send(n)
    await pass(7)
    await send('a4')
    await pass(20)
    expect(starts.toSorted()).toEqual(['a1@0', 'a2@5', 'a3@10', 'a4@15', 'b1@0'])
  })

  it('counts no run that is not started twice', async () => {
    const { starts, send, pass } = await start({ limit: 1, period: '5s' })
    await send('a')
    for (let n = 0; n < 5; n++) await send('a')
    await send('b')
    await pass(5)
    expect(starts).toEqual(['a@0', 'b@5'])
  })

  it('does not let what piled up while nothing ran start at once', async () => {
    const { starts, send, pass, clock } = await start({ limit: 1, period: '5s' })
    await send('a', 'b', 'c', 'd')
    clock.advance(HOUR)
    await pass(15)
    expect(starts.map(each => each.split('@')[1])).toEqual(['3600', '3605', '3610', '3615'])
  })

  it('does not delay the steps and retries of a run that has started', async () => {
    const seen: string[] = []
    const clock = clockAt('2026-06-01T10:00:00Z')
    const { engine, inngest } = await startApp(
      database.db,
      inngest => [
        inngest.createFunction(
          { id: 'steps', throttle: { limit: 1, period: '1h' }, triggers: { event: 'demo/steps' } },
          async ({ step, attempt }) => {
            await step.run('one', () => seen.push('one'))
            await step.sleep('nap', '1s')
            if (attempt === 0) throw new Error('again')
            seen.push('end')
          },
        ),
      ],
      { clock },
    )
    await inngest.send({ name: 'demo/steps' })
    for (let n = 0; n < 20; n++) {
      await engine.settle()
      clock.advance(SECOND)
    }
    expect(seen).toEqual(['one', 'end'])
  })

  it('never starts more than the burst and an even share of the time, whoever starts them, and starts them all', async () => {
    const seconds = fc.integer({ min: 1, max: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.record({ limit: fc.integer({ min: 1, max: 3 }), burst: fc.integer({ min: 1, max: 3 }), period: seconds }),
        fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
        fc.array(fc.oneof(fc.record({ send: fc.integer({ min: 1, max: 4 }) }), fc.record({ wait: seconds })), {
          minLength: 1,
          maxLength: 8,
        }),
        async ({ limit, burst, period }, concurrent, acts) => {
          const first = await start({ limit, burst, period: `${period}s` }, { limit: concurrent })
          const second = await startApp(
            database.db,
            throttled({ limit, burst, period: `${period}s` }, first.clock, first.starts, concurrent),
            { appId: first.appId, clock: first.clock },
          )
          let sent = 0
          for (const act of acts) {
            if ('wait' in act) first.clock.advance(act.wait * SECOND)
            else await first.send(...Array.from({ length: act.send }, () => ++sent))
            await Promise.all([first.engine.settle(), second.engine.settle()])
          }
          for (let n = 0; n < 400 && first.starts.length < sent; n++) {
            await Promise.all([first.engine.settle(), second.engine.settle()])
            first.clock.advance(SECOND)
          }
          const times = first.starts.map(each => Number(each.split('@')[1])).toSorted((a, b) => a - b)
          expect(times).toHaveLength(sent)
          const every = period / limit
          for (const [n, time] of times.entries()) {
            const earlier = times[n - burst]
            if (earlier !== undefined) expect(time - earlier).toBeGreaterThanOrEqual(every - 0.001)
          }
        },
      ),
      { numRuns: 25 },
    )
  }, 120_000)
})
