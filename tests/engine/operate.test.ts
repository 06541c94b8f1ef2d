import { NonRetriableError } from 'inngest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelRun, listRuns, readRun, retryRun } from '../../src/engine/index.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type App, DAY, type Functions, HOUR, MINUTE, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const start = (functions: Functions) => startApp(database.db, functions)
const onlyRun = async ({ engine, inngest }: App, name: string) => {
  const [run] = await engine.runs({ functionId: `${inngest.id}-${name}` })
  if (run === undefined) throw new Error(`No run of ${name}`)
  return run
}

describe('looking at runs', () => {
  it('pages through them, newest first, of a function and in a state', async () => {
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction({ id: 'even', retries: 0, triggers: { event: 'demo/page' } }, ({ event }) => {
        if (event.data.n % 2 === 1) throw new Error('odd')
        return event.data.n
      }),
    ])
    for (let n = 0; n < 7; n++) {
      // Two were made in the same instant.
      if (n !== 3) clock.advance(MINUTE)
      await inngest.send({ name: 'demo/page', data: { n } })
      await engine.settle()
    }
    const functionId = `${inngest.id}-even`
    const all = await listRuns(database.db, { functionId })
    const times = all.map(run => run.createdAt.getTime())
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(all).toHaveLength(7)
    const paged: string[] = []
    for (let before: string | undefined; ; ) {
      const page = await engine.runs({ functionId, limit: 2, before })
      paged.push(...page.map(run => run.id))
      before = page.at(-1)?.id
      if (page.length < 2) break
    }
    expect(paged).toEqual(all.map(run => run.id))
    expect(await engine.runs({ functionId, state: 'failed' })).toHaveLength(3)
    expect(await engine.runs({ functionId, state: 'cancelled' })).toEqual([])
    expect(await engine.runs({ before: 'nonsense' })).toEqual([])
  })

  it('names the functions that there are runs of, each once', async () => {
    const named = await start(inngest =>
      ['b', 'a', 'never'].map(id =>
        inngest.createFunction({ id, triggers: { event: `demo/named.${id}` } }, () => undefined),
      ),
    )
    for (const id of ['b', 'a', 'b', 'b']) await named.inngest.send({ name: `demo/named.${id}` })
    const ids = (await named.engine.functionIds()).filter(id => id.startsWith(named.appId))
    expect(ids).toEqual([`${named.appId}-a`, `${named.appId}-b`])
    await database.owner`delete from engine.runs`
    expect(await named.engine.functionIds()).toEqual([])
  })

  it('tells the run that a process is at from one that waits its turn', async () => {
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const app = await start(inngest => [
      inngest.createFunction({ id: 'turns', concurrency: 1, triggers: { event: 'demo/turn' } }, async () => {
        begun.resolve()
        await held.promise
      }),
    ])
    await app.inngest.send([{ name: 'demo/turn' }, { name: 'demo/turn' }])
    const settled = app.engine.settle()
    await begun.promise
    const runs = await app.engine.runs({ functionId: `${app.appId}-turns`, state: 'running' })
    expect(runs.map(run => run.isExecuting).toSorted()).toEqual([false, true])
    held.resolve()
    await settled
    expect(await onlyRun(app, 'turns')).toMatchObject({ state: 'completed', isExecuting: false })
  })

  it('shows what a run was given, has done, and waits for and until when', async () => {
    const app = await start(inngest => {
      const child = inngest.createFunction({ id: 'child', triggers: [] }, async ({ step }) => {
        await step.sleep('nap', '1h')
      })
      return [
        child,
        inngest.createFunction({ id: 'busy', triggers: { event: 'demo/busy' } }, async ({ event, step }) => {
          await step.run('first', () => ({ n: event.data.n }))
          await step.run('caught', () => Promise.reject(new NonRetriableError('no'))).catch(() => {})
          await Promise.all([
            step.sleep('nap', '2h'),
            step.waitForEvent('matching', { event: 'demo/x', match: 'data.n', timeout: '1h' }),
            step.waitForEvent('other', { event: 'demo/y', if: 'async.data.n > event.data.n', timeout: '2d' }),
            step.invoke('call', { function: child, timeout: '5m' }),
            step.run('fails', () => Promise.reject(new Error('again'))),
          ])
        }),
      ]
    })
    await app.inngest.send({ name: 'demo/busy', data: { n: 1 } })
    await app.engine.settle()
    const { id } = await onlyRun(app, 'busy')
    const child = await onlyRun(app, 'child')
    const run = await readRun(database.db, id)
    const inMs = (ms: number) => new Date(app.clock.now().getTime() + ms)
    expect(run).toMatchObject({
      ...{ id, state: 'running', events: [{ name: 'demo/busy', data: { n: 1 } }], invokedBy: null, finishedAt: null },
      steps: [
        { name: 'first', output: { data: { n: 1 } }, finishedAt: app.clock.now() },
        { name: 'caught', output: { error: { message: 'no' } } },
      ],
    })
    expect(run?.queue.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { stepId: 'step', kind: 'call', at: null, isExecuting: false },
      { name: 'call', kind: 'invoke', at: inMs(5 * MINUTE), invoked: child.id, event: null },
      { name: 'fails', kind: 'call', attempt: 1, error: { message: 'again' }, at: inMs(15_000) },
      { name: 'matching', kind: 'wait', at: inMs(HOUR), event: 'demo/x', condition: 'async.data.n == 1' },
      { name: 'nap', kind: 'sleep', at: inMs(2 * HOUR), event: null },
      { name: 'other', kind: 'wait', at: inMs(2 * DAY), event: 'demo/y', condition: 'async.data.n > event.data.n' },
    ])
    expect(await readRun(database.db, child.id)).toMatchObject({ invokedBy: id })
    expect(await readRun(database.db, crypto.randomUUID())).toBeUndefined()
    expect(await readRun(database.db, 'nonsense')).toBeUndefined()
  })
})

describe('cancelling a run', () => {
  it('ends it once, and its invoker goes on', async () => {
    const app = await start(inngest => {
      const child = inngest.createFunction({ id: 'child', triggers: [] }, async ({ step }) => {
        await step.sleep('nap', '1h')
      })
      return [
        child,
        inngest.createFunction({ id: 'parent', triggers: { event: 'demo/parent' } }, ({ step }) =>
          step.invoke('call', { function: child }).catch((error: Error) => error.message),
        ),
      ]
    })
    await app.inngest.send({ name: 'demo/parent' })
    await app.engine.settle()
    const { id } = await onlyRun(app, 'child')
    const outcomes = await Promise.all([1, 2, 3].map(() => cancelRun(database.db, id, app.clock.now())))
    expect(outcomes.toSorted()).toEqual(['cancelled', 'not running', 'not running'])
    await app.engine.settle()
    expect(await onlyRun(app, 'child')).toMatchObject({ state: 'cancelled', nextAt: null })
    expect(await onlyRun(app, 'parent')).toMatchObject({ output: expect.stringContaining('was cancelled') })
    expect(await app.engine.cancel(crypto.randomUUID())).toBe('no such run')
    expect(await app.engine.cancel('nonsense')).toBe('no such run')
    app.clock.advance(8 * DAY)
    await app.engine.settle()
    expect(await readRun(database.db, id)).toBeUndefined()
  })
})

describe('retrying a run', () => {
  /** Fails in its second step until it is repaired. */
  const shaky =
    (calls: string[], broken: () => boolean, retries: 0 | 1 = 1): Functions =>
    inngest => [
      inngest.createFunction(
        {
          ...{ id: 'shaky', retries, triggers: { event: 'demo/shaky' } },
          cancelOn: [{ event: 'demo/shaky.cancelled', match: 'data.id' }],
          onFailure: () => void calls.push('failure'),
        },
        async ({ step, attempt }) => {
          const caught = await step
            .run('caught', () => Promise.reject(new NonRetriableError('known')))
            .catch(() => 'caught')
          await step.run('first', () => calls.push('first'))
          await step.run('second', () => {
            calls.push(`second ${attempt}`)
            if (broken()) throw new Error('broken')
          })
          return caught
        },
      ),
    ]

  it('makes a waiting retry now', async () => {
    const calls: string[] = []
    let broken = true
    const app = await start(shaky(calls, () => broken))
    await app.inngest.send({ name: 'demo/shaky' })
    await app.engine.settle()
    const { id, nextAt } = await onlyRun(app, 'shaky')
    expect(nextAt).toEqual(new Date(app.clock.now().getTime() + 15_000))
    broken = false
    const outcomes = await Promise.all([1, 2].map(() => retryRun(database.db, id, app.clock.now())))
    expect(outcomes.toSorted()).toEqual(['due', 'nothing to retry'])
    await app.engine.settle()
    expect(calls).toEqual(['first', 'second 0', 'second 1'])
    expect(await onlyRun(app, 'shaky')).toMatchObject({ state: 'completed' })
    expect(await app.engine.retryNow(id)).toBe('not failed')
    expect(await app.engine.retryNow(crypto.randomUUID())).toBe('no such run')
  })

  it('leaves alone what sleeps or has not been tried', async () => {
    const app = await start(inngest => [
      inngest.createFunction({ id: 'nap', triggers: { event: 'demo/nap' } }, async ({ step }) => {
        await step.sleep('nap', '1h')
      }),
    ])
    await app.inngest.send({ name: 'demo/nap' })
    await app.engine.settle()
    const { id, nextAt } = await onlyRun(app, 'nap')
    expect(await app.engine.retryNow(id)).toBe('nothing to retry')
    expect(await onlyRun(app, 'nap')).toMatchObject({ nextAt })
  })

  it('reopens a failed run: what is done and what was caught stays so, and it can fail and be cancelled again', async () => {
    const calls: string[] = []
    let broken = true
    const app = await start(shaky(calls, () => broken, 0))
    await app.inngest.send({ name: 'demo/shaky', data: { id: 7 } })
    await app.engine.settle()
    const { id } = await onlyRun(app, 'shaky')
    const outcomes = await Promise.all([1, 2, 3].map(() => retryRun(database.db, id, app.clock.now())))
    expect(outcomes.toSorted()).toEqual(['nothing to retry', 'nothing to retry', 'reopened'])
    app.clock.advance(MINUTE)
    await app.engine.settle()
    expect(await onlyRun(app, 'shaky')).toMatchObject({ state: 'failed', error: { message: 'broken' } })
    expect(calls).toEqual(['first', 'second 0', 'failure', 'second 0', 'failure'])

    broken = false
    expect(await app.engine.retryNow(id)).toBe('reopened')
    await app.engine.settle()
    expect(await onlyRun(app, 'shaky')).toMatchObject({
      ...{ state: 'completed', output: 'caught', error: null, steps: ['caught', 'first', 'second'] },
    })

    broken = true
    await app.inngest.send({ name: 'demo/shaky', data: { id: 8 } })
    await app.engine.settle()
    const [again] = await app.engine.runs({ functionId: `${app.inngest.id}-shaky`, state: 'failed' })
    expect(await app.engine.retryNow(String(again?.id))).toBe('reopened')
    await app.inngest.send({ name: 'demo/shaky.cancelled', data: { id: 8 } })
    expect(await app.engine.run(String(again?.id))).toMatchObject({ state: 'cancelled', queue: [] })
    expect(await app.engine.retryNow(String(again?.id))).toBe('not failed')
  })

  it('runs again a function that failed outside of any step, or put the error of its last step in other words', async () => {
    let broken = true
    let calls = 0
    const app = await start(inngest => [
      inngest.createFunction({ id: 'bare', retries: 0, triggers: { event: 'demo/bare' } }, () => {
        if (broken) throw new Error('bare')
      }),
      inngest.createFunction({ id: 'worded', retries: 0, triggers: { event: 'demo/bare' } }, ({ step }) =>
        step
          .run('one', () => {
            calls++
            if (broken) throw new Error('one')
          })
          .catch((cause: unknown) => {
            throw new NonRetriableError('in other words', { cause })
          }),
      ),
    ])
    await app.inngest.send({ name: 'demo/bare' })
    await app.engine.settle()
    broken = false
    for (const name of ['bare', 'worded'])
      expect(await app.engine.retryNow((await onlyRun(app, name)).id)).toBe('reopened')
    await app.engine.settle()
    expect(await onlyRun(app, 'bare')).toMatchObject({ state: 'completed' })
    expect(await onlyRun(app, 'worded')).toMatchObject({ state: 'completed' })
    expect(calls).toBe(2)
  })

  it('wakes the processes that work', async () => {
    const calls: string[] = []
    const app = await start(shaky(calls, () => calls.length < 3))
    await app.inngest.send({ name: 'demo/shaky' })
    await app.engine.settle()
    const { id } = await onlyRun(app, 'shaky')
    const heard = Promise.withResolvers<string>()
    const subscription = await database.db.listen('buzon_engine', heard.resolve)
    await retryRun(database.db, id, app.clock.now())
    expect(await heard.promise).toBe('')
    await subscription.unlisten()
  })
})
