import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Functions, HOUR, MINUTE, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const start = (functions: Functions) => startApp(database.db, functions)

/** Waits an hour for `demo/reply` and answers with what came. */
const waiting =
  (filter: { match?: string; if?: string } = { match: 'data.id' }): Functions =>
  inngest => [
    inngest.createFunction({ id: 'ask', triggers: { event: 'demo/ask' } }, async ({ step }) => {
      const options = { event: 'demo/reply', timeout: '1h', ...filter } as Parameters<typeof step.waitForEvent>[1]
      const reply = await step.waitForEvent('reply', options)
      return reply && { name: reply.name, id: reply.id, data: reply.data, ts: reply.ts }
    }),
  ]

describe('waiting for an event', () => {
  it('goes on with the whole event that matches', async () => {
    const { engine, inngest, clock } = await start(waiting())
    await inngest.send({ name: 'demo/ask', data: { id: 'x\u0000', n: 1 } })
    await engine.settle()
    await inngest.send({ name: 'demo/reply', data: { id: 'x' } })
    await inngest.send({ name: 'demo/other', data: { id: 'x\u0000' } })
    await inngest.send({ name: 'demo/reply\u0000', data: { id: 'x\u0000' } })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-ask` })).toMatchObject([
      { state: 'running', nextAt: new Date(clock.now().getTime() + HOUR) },
    ])
    await inngest.send({ id: 'r1', name: 'demo/reply', data: { id: 'x\u0000', text: 'ñ' } })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-ask` })).toMatchObject([
      {
        state: 'completed',
        output: { id: 'r1', name: 'demo/reply', data: { id: 'x\u0000', text: 'ñ' }, ts: expect.any(Number) },
        steps: ['reply'],
      },
    ])
    expect(await database.owner`select id from engine.listeners`).toEqual([])
  })

  it('goes on with null when nothing came in time, and what comes then is too late', async () => {
    const { engine, inngest, clock } = await start(waiting())
    await inngest.send({ name: 'demo/ask', data: { id: 'x' } })
    await engine.settle()
    clock.advance(HOUR)
    // The time is up, although no one has looked yet.
    await inngest.send({ name: 'demo/reply', data: { id: 'x' } })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-ask` })).toMatchObject([{ state: 'completed', output: null }])
  })

  it('hears nothing of what came before it waited', async () => {
    const { engine, inngest } = await start(waiting())
    await inngest.send([
      { name: 'demo/ask', data: { id: 'x' } },
      { name: 'demo/reply', data: { id: 'x' } },
    ])
    await inngest.send({ name: 'demo/reply', data: { id: 'x' } })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-ask` })).toMatchObject([{ state: 'running' }])
  })

  it.each([
    [{}, { id: 1 }, { other: true }, true],
    [{ match: 'data.id' }, { id: 1 }, { id: 1.0 }, true],
    [{ match: 'data.id' }, { id: 1 }, { id: '1' }, false],
    [{ match: 'data.id' }, {}, {}, true],
    [{ match: 'data.id' }, { id: { a: [1], b: 2 } }, { id: { b: 2, a: [1] } }, true],
    [{ match: 'data.id' }, { id: 'y'.repeat(300) }, { id: 'y'.repeat(300) }, true],
    [{ match: 'data.id' }, { id: 'y'.repeat(300) }, { id: 'y'.repeat(299) }, false],
    [{ if: 'async.data.id == "x y"' }, {}, { id: 'x y' }, true],
    [{ if: 'async.data.id == 3' }, {}, { id: 3 }, true],
    [{ if: 'async.data.id == "x\u0000" && async.data.n > 1' }, {}, { id: 'x\u0000', n: 2 }, true],
    [{ if: 'async.data.id == "x\u0000" && async.data.n > 1' }, {}, { id: 'x', n: 2 }, false],
    [{ if: 'event.data.id == async.data.list[1]' }, { id: 3 }, { list: [1, 3] }, true],
    [{ if: 'event.data.id == async.data.id && async.data.n > event.data.n' }, { id: 1, n: 2 }, { id: 1, n: 3 }, true],
    [{ if: 'event.data.id == async.data.id && async.data.n > event.data.n' }, { id: 1, n: 2 }, { id: 1, n: 2 }, false],
    [{ if: 'event.data.id == async.data.id || async.data.all' }, { id: 1 }, { id: 2, all: true }, true],
    [{ if: 'event.data.id != async.data.id' }, { id: 1 }, { id: 2 }, true],
    [{ if: 'async.data.n > 3' }, {}, {}, false],
    [{ if: 'async.data.id == event.data.id && async.data.n >= event.data.n' }, { id: 1 }, { id: 1, n: 3 }, false],
  ])('with %j, %j hears %j: %s', async (filter, asked, replied, heard) => {
    const { engine, inngest } = await start(waiting(filter))
    await inngest.send({ name: 'demo/ask', data: asked })
    await engine.settle()
    await inngest.send({ name: 'demo/reply', data: replied })
    await engine.settle()
    const [run] = await engine.runs({ functionId: `${inngest.id}-ask` })
    expect(run?.state).toBe(heard ? 'completed' : 'running')
    await database.owner`delete from engine.runs where function_id = ${`${inngest.id}-ask`}`
  })

  it('goes on waiting, and tells, when a value is of a type that the condition cannot compare', async () => {
    const errors: unknown[] = []
    const onError = (error: unknown) => void errors.push(error)
    const { engine, inngest } = await startApp(database.db, waiting({ if: 'async.data.n > 3' }), { onError })
    await inngest.send({ name: 'demo/ask', data: {} })
    await engine.settle()
    await inngest.send({ name: 'demo/reply', data: { n: 'text' } })
    await engine.settle()
    const functionId = `${inngest.id}-ask`
    expect(await engine.runs({ functionId })).toMatchObject([{ state: 'running' }])
    expect(errors.map(String)).toEqual([
      expect.stringContaining('was not compared by "async.data.n > 3", which failed'),
    ])
    await database.owner`delete from engine.runs where function_id = ${functionId}`
  })

  it('takes each event once, also in steps side by side and one after the other', async () => {
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction({ id: 'two', triggers: { event: 'demo/two' } }, async ({ step }) => {
        const wait = (id: string) => step.waitForEvent(id, { event: 'demo/part', timeout: '1h' })
        const [a, b] = await Promise.all([wait('a'), wait('b')])
        const c = await wait('c')
        return [a, b, c].map(event => event?.data.n)
      }),
    ])
    await inngest.send({ name: 'demo/two' })
    await engine.settle()
    await inngest.send([1, 2].map(n => ({ name: 'demo/part', data: { n } })))
    await engine.settle()
    await inngest.send({ name: 'demo/part', data: { n: 3 } })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-two` })).toMatchObject([{ output: [1, 1, 3] }])
  })

  it('wakes every run that waits for the event, and starts those that it triggers', async () => {
    const seen: unknown[] = []
    const { engine, inngest } = await start(inngest => [
      ...waiting()(inngest),
      inngest.createFunction({ id: 'also', triggers: { event: 'demo/reply' } }, ({ event }) =>
        seen.push(event.data.id),
      ),
    ])
    await inngest.send([1, 2, 3, 4].map(n => ({ name: 'demo/ask', data: { id: n % 2 } })))
    await engine.settle()
    await inngest.send({ name: 'demo/reply', data: { id: 1 } })
    await engine.settle()
    const runs = await engine.runs({ functionId: `${inngest.id}-ask` })
    expect(runs.map(run => run.state).toSorted()).toEqual(['completed', 'completed', 'running', 'running'])
    expect(seen).toEqual([1])
  })

  it('wins a race', async () => {
    const seen: string[] = []
    const { engine, inngest, clock } = await start(inngest => [
      inngest.createFunction({ id: 'race', triggers: { event: 'demo/race' } }, async ({ step, group }) => {
        const winner = await group.parallel({ mode: 'race' }, () =>
          Promise.race([
            step.waitForEvent('one', { event: 'demo/one', timeout: '1h' }).then(() => 'one'),
            step.waitForEvent('two', { event: 'demo/two.of', timeout: '1h' }).then(() => 'two'),
          ]),
        )
        await step.run('after', () => seen.push(winner))
      }),
    ])
    await inngest.send({ name: 'demo/race' })
    await engine.settle()
    await inngest.send({ name: 'demo/two.of' })
    await engine.settle()
    expect(seen).toEqual(['two'])
    clock.advance(HOUR)
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-race` })).toMatchObject([{ state: 'completed' }])
    expect(seen).toEqual(['two'])
  })

  it('asks the index, not every run that waits', async () => {
    const { engine, inngest } = await start(waiting())
    await inngest.send(Array.from({ length: 300 }, (_, n) => ({ name: 'demo/ask', data: { id: `k${n}` } })))
    await engine.settle()
    await database.owner`analyze engine.listeners`
    const [plan] = await database.owner.unsafe(`explain (format json) select item_id from engine.listeners
      where event = 'demo/reply' and path = '["data","id"]' and value = '"k7"'`)
    expect(JSON.stringify(plan)).toContain('listeners_match')
    const rows = await database.owner`
      select distinct path, expression from engine.listeners where event = 'demo/reply'`
    expect(rows).toEqual([{ path: '["data","id"]', expression: null }])
    await inngest.send({ name: 'demo/reply', data: { id: 'k7' } })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-ask`, state: 'completed' })).toHaveLength(1)
    await database.owner`delete from engine.runs`
  })
})

describe('cancelOn', () => {
  const cancellable =
    (seen: string[], timeout?: '30m'): Functions =>
    inngest => [
      inngest.createFunction(
        {
          id: 'order',
          cancelOn: [
            { event: 'demo/cancelled', match: 'data.id', timeout },
            { event: 'demo/stop', if: 'async.data.all == true' },
          ],
          onFailure: () => {
            seen.push('failure')
          },
          triggers: { event: 'demo/order' },
        },
        async ({ event, step }) => {
          await step.run('begin', () => seen.push(`begin ${event.data.id}`))
          await step.sleep('nap', '1h')
          await step.run('end', () => seen.push(`end ${event.data.id}`))
        },
      ),
    ]

  it('cancels the active runs that match, and calls no onFailure', async () => {
    const seen: string[] = []
    const { engine, inngest, clock } = await start(cancellable(seen))
    await inngest.send([1, 2].map(id => ({ name: 'demo/order', data: { id } })))
    await engine.settle()
    await inngest.send({ name: 'demo/cancelled', data: { id: 1 } })
    clock.advance(HOUR)
    await engine.settle()
    const runs = await engine.runs({ functionId: `${inngest.id}-order` })
    expect(runs.map(run => run.state).toSorted()).toEqual(['cancelled', 'completed'])
    expect(seen.filter(each => !each.startsWith('begin'))).toEqual(['end 2'])
    await inngest.send({ name: 'demo/cancelled', data: { id: 2 } })
    expect(await engine.runs({ functionId: `${inngest.id}-order`, state: 'completed' })).toHaveLength(1)
  })

  it('cancels a run that has not begun, and whatever matches an if', async () => {
    const seen: string[] = []
    const { engine, inngest } = await start(cancellable(seen))
    await inngest.send([1, 2].map(id => ({ name: 'demo/order', data: { id } })))
    await inngest.send({ name: 'demo/stop', data: { all: false } })
    await inngest.send({ name: 'demo/stop', data: { all: true } })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-order`, state: 'cancelled' })).toHaveLength(2)
    expect(seen).toEqual([])
  })

  it('holds until its timeout, from the start of the run', async () => {
    const seen: string[] = []
    const { engine, inngest, clock } = await start(cancellable(seen, '30m'))
    await inngest.send({ name: 'demo/order', data: { id: 1 } })
    clock.advance(29 * MINUTE)
    await inngest.send({ name: 'demo/order', data: { id: 1 } })
    clock.advance(MINUTE)
    await inngest.send({ name: 'demo/cancelled', data: { id: 1 } })
    await engine.settle()
    const runs = await engine.runs({ functionId: `${inngest.id}-order` })
    expect(runs.map(run => run.state).toSorted()).toEqual(['cancelled', 'running'])
  })

  it('saves nothing of a call that was out, neither its step nor its end nor its failure', async () => {
    for (const outcome of ['step', 'end', 'failure']) {
      const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const { engine, inngest, clock } = await start(inngest => [
        inngest.createFunction(
          { id: 'busy', cancelOn: [{ event: 'demo/cancelled' }], retries: 0, triggers: { event: 'demo/busy' } },
          async ({ step }) => {
            const work = async () => {
              begun.resolve()
              await release.promise
              if (outcome === 'failure') throw new Error('late')
              return 'late'
            }
            return outcome === 'step' ? step.run('work', work) : work()
          },
        ),
      ])
      await inngest.send({ name: 'demo/busy' })
      const settled = engine.settle()
      await begun.promise
      await inngest.send({ name: 'demo/cancelled' })
      release.resolve()
      await settled
      expect(await engine.runs({ functionId: `${inngest.id}-busy` })).toMatchObject([
        { state: 'cancelled', steps: [], output: null, finishedAt: clock.now() },
      ])
    }
  })

  it('leaves nothing of the run in the queue, whatever it was doing', async () => {
    const { engine, inngest } = await start(inngest => [
      inngest.createFunction(
        { id: 'wide', cancelOn: [{ event: 'demo/wide.x' }], triggers: { event: 'demo/wide' } },
        async ({ step }) => {
          await Promise.all([
            step.sleep('nap', '1h'),
            step.waitForEvent('wait', { event: 'demo/x', timeout: '1h' }),
            step.run('fails', () => Promise.reject(new Error('again'))),
          ])
        },
      ),
    ])
    await inngest.send({ name: 'demo/wide' })
    await engine.settle()
    await inngest.send({ name: 'demo/wide.x' })
    const functionId = `${inngest.id}-wide`
    expect(await engine.runs({ functionId })).toMatchObject([{ state: 'cancelled', nextAt: null }])
    expect(await database.owner`select id from engine.items where function_id = ${functionId}`).toEqual([])
    expect(await database.owner`select event from engine.listeners where event in ('demo/x', 'demo/wide.x')`).toEqual(
      [],
    )
  })
})

describe('cost', () => {
  it('is one statement for an event that nobody waits for, whatever else they wait for', async () => {
    const { engine, inngest } = await start(waiting())
    await inngest.send({ name: 'demo/ask', data: { id: 1 } })
    await engine.settle()
    let statements = 0
    const db = postgres(database.url, { max: 1, debug: () => statements++ })
    const sender = await startApp(db, waiting())
    await sender.engine.settle()
    statements = 0
    await sender.inngest.send({ name: 'demo/unheard', data: { id: 1 } })
    expect(statements).toBe(1)
    await db.end()
  })
})
