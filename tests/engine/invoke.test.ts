import { NonRetriableError, referenceFunction } from 'inngest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Functions, HOUR, SECOND, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const start = (functions: Functions) => startApp(database.db, functions)

/** `parent` invokes `child`, which does what its input says, and answers with what became of it. */
function family(seen: string[], timeout?: '10m'): Functions {
  return inngest => {
    const child = inngest.createFunction(
      { id: 'child', retries: 1, triggers: [], cancelOn: [{ event: 'demo/child.cancelled' }] },
      async ({ event, step, attempt }) => {
        const { n, act } = event.data as { n: number; act: string }
        seen.push(`child ${n} ${attempt}`)
        if (act === 'fail') throw new Error('child failed')
        if (act === 'shaky' && attempt === 0) throw new Error('once')
        if (act === 'sleep') await step.sleep('nap', '1h')
        return act === 'nothing' ? undefined : { double: n * 2 }
      },
    )
    const parent = inngest.createFunction(
      { id: 'parent', triggers: { event: 'demo/parent' } },
      async ({ event, step }) =>
        step.invoke('call', { function: child, data: event.data, timeout }).then(
          result => ({ result }),
          (error: Error) => ({ name: error.name, message: error.message }),
        ),
    )
    return [child, parent]
  }
}

describe('invoking a function', () => {
  it.each([
    ['double', { result: { double: 4 } }],
    ['shaky', { result: { double: 4 } }],
    ['sleep', { result: { double: 4 } }],
    ['nothing', { result: null }],
    ['fail', { name: 'Error', message: 'child failed' }],
  ])('gives its result or its error to the step: %s', async (act, outcome) => {
    const seen: string[] = []
    const { engine, inngest, clock } = await start(family(seen))
    await inngest.send({ name: 'demo/parent', data: { n: 2, act } })
    await engine.settle()
    for (let n = 0; n < 2; n++) {
      clock.advance(HOUR)
      await engine.settle()
    }
    expect(await engine.runs({ functionId: `${inngest.id}-parent` })).toMatchObject([
      { state: 'completed', output: outcome, steps: ['call'] },
    ])
    const runs = await engine.runs({ functionId: `${inngest.id}-child` })
    expect(runs).toMatchObject([{ state: act === 'fail' ? 'failed' : 'completed' }])
    expect(await database.owner`select id from engine.items`).toEqual([])
  })

  it('is an event of its own for the invoked', async () => {
    const events: unknown[] = []
    const { engine, inngest } = await start(inngest => {
      const child = inngest.createFunction({ id: 'child', triggers: [] }, ({ event }) => {
        events.push(event)
      })
      return [
        child,
        inngest.createFunction({ id: 'parent', triggers: { event: 'demo/parent' } }, ({ step }) =>
          step.invoke('call', { function: child, data: { text: 'nul \u0000' }, v: '2' }),
        ),
      ]
    })
    await inngest.send({ name: 'demo/parent' })
    await engine.settle()
    expect(events).toMatchObject([
      {
        name: 'inngest/function.invoked',
        data: { text: 'nul \u0000', _inngest: { fn_id: `${inngest.id}-child`, correlation_id: expect.any(String) } },
        v: '2',
        id: expect.any(String),
        ts: expect.any(Number),
      },
    ])
  })

  it('ends in an error when its time is up, and what the invoked comes to afterwards is its own', async () => {
    const { engine, inngest, clock } = await start(family([], '10m'))
    await inngest.send({ name: 'demo/parent', data: { n: 1, act: 'sleep' } })
    await engine.settle()
    clock.advance(600 * SECOND)
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-parent` })).toMatchObject([
      {
        state: 'completed',
        output: { name: 'InngestInvokeTimeoutError', message: expect.stringContaining('-child"') },
      },
    ])
    clock.advance(HOUR)
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-child` })).toMatchObject([{ state: 'completed' }])
  })

  it('ends in an error when the invoked is cancelled', async () => {
    const { engine, inngest } = await start(family([]))
    await inngest.send({ name: 'demo/parent', data: { n: 1, act: 'sleep' } })
    await engine.settle()
    await inngest.send({ name: 'demo/child.cancelled' })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-child` })).toMatchObject([{ state: 'cancelled' }])
    const message = `The invoked function "${inngest.id}-child" was cancelled`
    expect(await engine.runs({ functionId: `${inngest.id}-parent` })).toMatchObject([{ output: { message } }])
  })

  it('ends in an error that names a function that is not served', async () => {
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'lost', triggers: { event: 'demo/lost' } }, ({ step }) =>
        step.invoke('call', { function: referenceFunction({ functionId: 'nowhere' }) }),
      ),
    ])
    await inngest.send({ name: 'demo/lost' })
    await engine.settle()
    const message = `The invoked function "${inngest.id}-nowhere" is not served`
    expect(await engine.runs({ functionId: `${inngest.id}-lost` })).toMatchObject([
      { state: 'failed', error: { message } },
    ])
  })

  it('goes on, with the others, when several are invoked side by side, also of itself under a limit of one', async () => {
    const { engine, inngest } = await start(inngest => {
      const sum = inngest.createFunction(
        { id: 'sum', concurrency: 1, triggers: { event: 'demo/sum' } },
        async ({ event, step }): Promise<number> => {
          const n: number = event.data.n
          if (n < 2) return n
          const parts = await Promise.all(
            [1, 2].map(less => step.invoke(`${less}`, { function: sum, data: { n: n - less } })),
          )
          return parts.reduce((total: number, part) => total + Number(part), 0)
        },
      )
      return [sum]
    })
    await inngest.send({ name: 'demo/sum', data: { n: 6 } })
    await engine.settle()
    const runs = await engine.runs({ functionId: `${inngest.id}-sum` })
    expect(runs).toHaveLength(25)
    expect(runs.map(run => run.output)).toContain(8)
    expect(new Set(runs.map(run => run.state))).toEqual(new Set(['completed']))
  })

  it('does not cancel the invoked with its own run', async () => {
    const { engine, inngest, clock } = await start(inngest => {
      const child = inngest.createFunction({ id: 'child', triggers: [] }, async ({ step }) => {
        await step.sleep('nap', '1h')
      })
      return [
        child,
        inngest.createFunction(
          { id: 'parent', cancelOn: [{ event: 'demo/parent.cancelled' }], triggers: { event: 'demo/parent' } },
          ({ step }) => step.invoke('call', { function: child }),
        ),
      ]
    })
    await inngest.send({ name: 'demo/parent' })
    await engine.settle()
    await inngest.send({ name: 'demo/parent.cancelled' })
    clock.advance(HOUR)
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-parent` })).toMatchObject([{ state: 'cancelled' }])
    expect(await engine.runs({ functionId: `${inngest.id}-child` })).toMatchObject([{ state: 'completed' }])
  })

  it('calls onFailure of the invoked, and none of the one that caught it', async () => {
    const seen: string[] = []
    const { engine, inngest } = await start(inngest => {
      const child = inngest.createFunction(
        { id: 'child', triggers: [], onFailure: ({ error }) => void seen.push(error.message) },
        () => {
          throw new NonRetriableError('bad')
        },
      )
      return [
        child,
        inngest.createFunction(
          { id: 'parent', triggers: { event: 'demo/parent' }, onFailure: () => void seen.push('parent') },
          ({ step }) => step.invoke('call', { function: child }).catch(() => 'caught'),
        ),
      ]
    })
    await inngest.send({ name: 'demo/parent' })
    await engine.settle()
    expect(seen).toEqual(['bad'])
  })
})
