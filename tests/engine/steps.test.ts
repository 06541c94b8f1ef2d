import { NonRetriableError, RetryAfterError } from 'inngest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Functions, HOUR, MINUTE, SECOND, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const start = (functions: Functions) => startApp(database.db, functions)

describe('steps', () => {
  it('runs a function once for an event, and each of its steps once', async () => {
    const seen: string[] = []
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'greet', triggers: { event: 'demo/hello' } }, async ({ event, step, runId }) => {
        const first = await step.run('first', () => {
          seen.push(`first ${event.data.name}`)
          return { n: 1 }
        })
        const second = await step.run('second', () => {
          seen.push(`second ${first.n}`)
          return first.n + 1
        })
        return { second, runId }
      }),
    ])
    await inngest.send({ name: 'demo/hello', data: { name: 'Ana' } })
    await engine.settle()
    expect(seen).toEqual(['first Ana', 'second 1'])
    const [run] = await engine.runs({ functionId: `${inngest.id}-greet` })
    expect(run).toMatchObject({ state: 'completed', output: { second: 2, runId: run?.id }, steps: ['first', 'second'] })
  })

  it('ignores an event that nobody listens to', async () => {
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'deaf', triggers: { event: 'demo/hello' } }, () => 1),
    ])
    await inngest.send({ name: 'demo/other' })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-deaf` })).toEqual([])
  })

  it('runs for any of several triggers, a wildcard and an if', async () => {
    const seen: string[] = []
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction(
        {
          id: 'many',
          triggers: [
            { event: 'a/one' },
            { event: 'b/*' },
            { event: 'c/big', if: 'event.data.size > 10 && event.data.name.startsWith("x")' },
          ],
        },
        ({ event }) => {
          seen.push(event.name)
        },
      ),
    ])
    await inngest.send([
      { name: 'a/one' },
      { name: 'b/any.thing' },
      { name: 'c/big', data: { size: 11, name: 'xy' } },
      { name: 'c/big', data: { size: 11, name: 'y' } },
      { name: 'c/big', data: { size: 9, name: 'xy' } },
      { name: 'a/two' },
    ])
    await engine.settle()
    expect(seen.sort()).toEqual(['a/one', 'b/any.thing', 'c/big'])
  })

  it('runs parallel steps side by side and goes on when all are done', async () => {
    const seen: string[] = []
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'fan', triggers: { event: 'demo/fan' } }, async ({ step }) => {
        const parts = await Promise.all(
          ['a', 'b', 'c'].map(name =>
            step.run(name, () => {
              seen.push(name)
              return name.toUpperCase()
            }),
          ),
        )
        return step.run('join', () => {
          seen.push('join')
          return parts.join('')
        })
      }),
    ])
    await inngest.send({ name: 'demo/fan' })
    await engine.settle()
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'join'])
    expect(seen.at(-1)).toBe('join')
    expect(await engine.runs({ functionId: `${inngest.id}-fan` })).toMatchObject([
      { state: 'completed', output: 'ABC' },
    ])
  })

  it('sleeps until the clock says so, and holds nothing meanwhile', async () => {
    const seen: string[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction({ id: 'nap', triggers: { event: 'demo/nap' } }, async ({ step }) => {
        await step.sleep('short', '90s')
        seen.push('woke')
        await step.sleepUntil('long', '2026-06-01T12:00:00Z')
        await step.run('end', () => seen.push('end'))
      }),
    ])
    await inngest.send({ name: 'demo/nap' })
    await engine.settle()
    clock.advance(89 * SECOND)
    await engine.settle()
    expect(seen).toEqual([])
    clock.advance(SECOND)
    await engine.settle()
    expect(seen).toEqual(['woke'])
    clock.set('2026-06-01T12:00:00Z')
    await engine.settle()
    expect(seen).toEqual(['woke', 'woke', 'end', 'woke'])
  })

  it('sends events from a step', async () => {
    const seen: unknown[] = []
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'parent', triggers: { event: 'demo/parent' } }, async ({ step }) => {
        await step.sendEvent('tell', [
          { name: 'demo/child', data: { n: 1 } },
          { name: 'demo/child', data: { n: 2 } },
        ])
      }),
      inngest.createFunction({ id: 'child', triggers: { event: 'demo/child' } }, ({ event }) =>
        seen.push(event.data.n),
      ),
    ])
    await inngest.send({ name: 'demo/parent' })
    await engine.settle()
    expect(seen.sort()).toEqual([1, 2])
  })

  it('resumes a race when its first step is done, and ends when all are', async () => {
    const seen: string[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction({ id: 'race', triggers: { event: 'demo/race' } }, async ({ step, group }) => {
        const winner = await group.parallel({ mode: 'race' }, () =>
          Promise.race([step.run('quick', () => 'quick'), step.sleep('slow', '1h').then(() => 'slow')]),
        )
        return step.run('after', () => {
          seen.push(`after ${winner}`)
          return winner
        })
      }),
    ])
    const functionId = `${inngest.id}-race`
    await inngest.send({ name: 'demo/race' })
    await engine.settle()
    expect(seen).toEqual(['after quick'])
    clock.advance(2 * HOUR)
    await engine.settle()
    expect(await engine.runs({ functionId })).toMatchObject([{ state: 'completed', output: 'quick' }])
    expect(await database.owner`select id from engine.items where function_id = ${functionId}`).toEqual([])
    expect(seen).toEqual(['after quick'])
  })

  it('keeps any text in events and results', async () => {
    const text = 'nul \u0000, half a pair \ud800, ñ 漢 😀, "quotes" \\ and \n'
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'text', triggers: { event: 'demo/text' } }, async ({ event, step }) => {
        const kept = await step.run('keep', () => event.data)
        return step.run('compare', () => [kept.text === event.data.text, kept.list])
      }),
    ])
    await inngest.send({ name: 'demo/text', data: { text: text.replace('\ud800', ''), list: [null, 1.5, { a: [] }] } })
    await engine.settle()
    const [run] = await engine.runs({ functionId: `${inngest.id}-text` })
    expect(run).toMatchObject({ state: 'completed', output: [true, [null, 1.5, { a: [] }]] })
  })
})

describe('retries', () => {
  it('waits longer after each failure, by Inngest’s table', async () => {
    const at: string[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction(
        { id: 'fail', retries: 4, triggers: { event: 'demo/fail' } },
        async ({ step, attempt }) => {
          await step.run('try', () => {
            at.push(`${attempt} ${clock.now().toISOString().slice(11, 19)}`)
            throw new Error('not yet')
          })
        },
      ),
    ])
    await inngest.send({ name: 'demo/fail' })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-fail` })).toMatchObject([
      { state: 'running', attempt: 1, error: { message: 'not yet' }, nextAt: new Date('2026-06-01T10:00:15Z') },
    ])
    for (const seconds of [15, 30, 60, 120]) {
      clock.advance(seconds * SECOND - 1)
      await engine.settle()
      clock.advance(1)
      await engine.settle()
    }
    expect(at).toEqual(['0 10:00:00', '1 10:00:15', '2 10:00:45', '3 10:01:45', '4 10:03:45'])
    expect(await engine.runs({ functionId: `${inngest.id}-fail` })).toMatchObject([
      { state: 'failed', error: { message: 'not yet' }, nextAt: null },
    ])
  })

  it('obeys RetryAfterError, in seconds and as a date, and NonRetriableError', async () => {
    const at: string[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction({ id: 'after', triggers: { event: 'demo/after' } }, async ({ attempt, step }) => {
        await step.run('call', () => {
          at.push(clock.now().toISOString().slice(11, 19))
          if (attempt === 0) throw new RetryAfterError('busy', 7_000)
          if (attempt === 1) throw new RetryAfterError('busy', new Date('2026-06-01T11:00:00Z'))
          throw new NonRetriableError('gone')
        })
      }),
    ])
    await inngest.send({ name: 'demo/after' })
    await engine.settle()
    clock.advance(7 * SECOND)
    await engine.settle()
    clock.set('2026-06-01T11:00:00Z')
    await engine.settle()
    expect(at).toEqual(['10:00:00', '10:00:07', '11:00:00'])
    expect(await engine.runs({ functionId: `${inngest.id}-after` })).toMatchObject([
      { state: 'failed', error: { message: 'gone' } },
    ])
  })

  it('counts attempts anew for each step', async () => {
    const attempts: string[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction(
        { id: 'anew', retries: 2, triggers: { event: 'demo/anew' } },
        async ({ attempt, step }) => {
          for (const name of ['a', 'b']) {
            await step.run(name, () => {
              attempts.push(`${name}${attempt}`)
              if (attempt < 2) throw new Error('again')
            })
          }
          return 'done'
        },
      ),
    ])
    await inngest.send({ name: 'demo/anew' })
    for (let n = 0; n < 5; n++) {
      await engine.settle()
      clock.advance(MINUTE)
    }
    expect(attempts).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2'])
    expect(await engine.runs({ functionId: `${inngest.id}-anew` })).toMatchObject([{ state: 'completed' }])
  })

  it('lets a function catch a step that has failed for good', async () => {
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'catch', retries: 0, triggers: { event: 'demo/catch' } }, async ({ step }) => {
        const caught = await step
          .run('bad', () => {
            throw new TypeError('boom')
          })
          .catch((error: Error) => error.message)
        return step.run('good', () => `caught ${caught}`)
      }),
    ])
    await inngest.send({ name: 'demo/catch' })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-catch` })).toMatchObject([
      { state: 'completed', output: 'caught boom' },
    ])
  })

  it('retries a parallel step alone', async () => {
    const calls: string[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction(
        { id: 'pair', retries: 1, triggers: { event: 'demo/pair' } },
        async ({ step, attempt }) => {
          const bad = step.run('bad', () => {
            calls.push('bad')
            if (attempt === 0) throw new Error('once')
            return 'bad'
          })
          const good = step.run('good', () => {
            calls.push('good')
            return 'good'
          })
          return Promise.all([bad, good])
        },
      ),
    ])
    await inngest.send({ name: 'demo/pair' })
    await engine.settle()
    clock.advance(15 * SECOND)
    await engine.settle()
    expect(calls.sort()).toEqual(['bad', 'bad', 'good'])
    expect(await engine.runs({ functionId: `${inngest.id}-pair` })).toMatchObject([{ output: ['bad', 'good'] }])
  })

  it('retries a failure outside of any step', async () => {
    let tries = 0
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction({ id: 'outside', triggers: { event: 'demo/outside' } }, () => {
        tries++
        if (tries < 3) throw new Error('outside')
        return tries
      }),
    ])
    await inngest.send({ name: 'demo/outside' })
    await engine.settle()
    clock.advance(HOUR)
    await engine.settle()
    clock.advance(HOUR)
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-outside` })).toMatchObject([
      { state: 'completed', output: 3 },
    ])
  })

  it('runs onFailure once, with the error and the event', async () => {
    const seen: unknown[] = []
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction(
        {
          id: 'doomed',
          retries: 0,
          triggers: { event: 'demo/doomed' },
          onFailure: ({ error, event }: { error: Error; event: { data: Record<string, unknown> } }) => {
            seen.push([error.message, event.data.event, event.data.function_id])
            throw new Error('the handler fails as well')
          },
        },
        () => {
          throw new Error('doomed')
        },
      ),
      inngest.createFunction(
        { id: 'other', triggers: { event: 'demo/x' }, onFailure: () => seen.push('other') },
        () => 1,
      ),
    ])
    await inngest.send({ name: 'demo/doomed', data: { n: 7 } })
    await engine.settle()
    expect(seen).toEqual([['doomed', expect.objectContaining({ data: { n: 7 } }), `${inngest.id}-doomed`]])
  })
})
