import type { Case } from '../case.ts'

export const steps: Case[] = [
  {
    name: 'steps are executed once, in order, and hand on their results',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ event, step, runId }) => {
        const one = await step.run('one', async () => {
          await log(runId, 'one', event.data.n)
          return { n: event.data.n + 1 }
        })
        const two = await step.run('two', async () => {
          await log(runId, 'two', one)
          return [one.n, null, 'text']
        })
        await step.run('three', () => log(runId, 'three', two))
      }),
    ],
    drive: driver => driver.send({ name: 'began', data: { n: 1 } }),
    expected: ['one: 1', 'two: {"n":2}', 'three: [2,null,"text"]'],
  },
  {
    name: 'a step in a loop is executed once for each turn',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ step, runId }) => {
        let sum = 0
        for (let turn = 1; turn <= 3; turn++) {
          sum += await step.run('turn', async () => {
            // Named by turn, since the suite knows an execution by run and name.
            await log(runId, `turn ${turn}`)
            return turn
          })
        }
        await step.run('sum', () => log(runId, 'sum', sum))
      }),
    ],
    drive: driver => driver.send({ name: 'began' }),
    expected: ['turn 1', 'turn 2', 'turn 3', 'sum: 6'],
  },
  {
    name: 'a sleep lasts as long as it says, also over a restart of the service',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ step, runId }) => {
        await step.run('before', () => log(runId, 'before'))
        await step.sleep('nap', wait(4))
        await step.run('after', () => log(runId, 'after'))
      }),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.pass(2)
      await driver.restart()
      await driver.mark('half of it')
      await driver.pass(3)
      await driver.mark('done')
    },
    expected: ['before', '-- half of it', 'after', '-- done'],
  },
  {
    name: 'a sleep until an instant ends then; one in the past at once',
    functions: ({ inngest, event, log, now, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ step, runId }) => {
        const at = await step.run('decide', async () => {
          await log(runId, 'decide')
          return new Date(now().getTime() + Number.parseFloat(wait(4)) * 1_000).toISOString()
        })
        await step.sleepUntil('until', at)
        await step.run('after', () => log(runId, 'after'))
        await step.sleepUntil('past', new Date(at))
        await step.run('last', () => log(runId, 'last'))
      }),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.pass(2)
      await driver.mark('half of it')
      await driver.pass(3)
      await driver.mark('done')
    },
    expected: ['decide', '-- half of it', 'after', 'last', '-- done'],
  },
  {
    name: 'parallel steps are each executed once, and the run goes on once when all are done',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ step, runId }) => {
        const parts = await Promise.all(
          ['a', 'b', 'c'].map(name =>
            step.run(name, async () => {
              await log(runId, name)
              return name.toUpperCase()
            }),
          ),
        )
        const joined = await step.run('join', async () => {
          await log(runId, 'join', parts)
          return parts.join('')
        })
        await step.run('last', () => log(runId, 'last', joined))
      }),
    ],
    drive: driver => driver.send({ name: 'began' }),
    expected: ['a', 'b', 'c', 'join: ["A","B","C"]', 'last: ABC'],
    anyOrder: true,
  },
  {
    name: 'parallel steps are followed by one discovery',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ step, runId }) => {
        await Promise.all(['a', 'b', 'c', 'd'].map(name => step.run(name, () => name)))
        await log(runId, 'all are done')
        await step.sleep('nap', '1s')
        await log(runId, 'and the nap')
      }),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('and the nap')
    },
    // One call plans the sleep, the next one finds it over.
    expected: ['all are done', 'all are done', 'and the nap'],
    // The same line of the same run counts once.
    expectedAfterKills: ['all are done', 'and the nap'],
  },
  {
    name: 'chains side by side wait for each other only at their end',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ step, runId }) => {
        const chain = async (name: string, units: number) => {
          await step.run(`${name}1`, () => log(runId, `${name}1`))
          await step.sleep(`${name} nap`, wait(units))
          await step.run(`${name}2`, () => log(runId, `${name}2`))
        }
        await Promise.all([chain('slow', 5), chain('quick', 2)])
        await step.run('end', () => log(runId, 'end'))
      }),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.pass(3)
      await driver.pass(3)
    },
    expected: ['end', 'quick1', 'quick2', 'slow1', 'slow2'],
    anyOrder: true,
  },
  {
    name: 'a race goes on with the first, and the others change nothing',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ step, group, runId }) => {
        const winner = await group.parallel({ mode: 'race' }, () =>
          Promise.race([
            step.run('quick', async () => {
              await log(runId, 'quick')
              return 'quick'
            }),
            step.sleep('slow', wait(6)).then(() => 'slow'),
          ]),
        )
        await step.run('after', () => log(runId, 'after', winner))
      }),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.pass(1)
      await driver.mark('the other is still asleep')
      await driver.pass(8)
    },
    expected: ['quick', 'after: quick', '-- the other is still asleep'],
  },
  {
    name: 'a step sends events, which run other functions; the same id twice runs them once',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction({ id: 'parent', triggers: { event: event('began') } }, async ({ step, runId }) => {
        await step.sendEvent('tell', [
          { id: `${runId} 1`, name: event('told'), data: { n: 1 } },
          { id: `${runId} 2`, name: event('told'), data: { n: 2 } },
        ])
        await step.sendEvent('tell again', { id: `${runId} 2`, name: event('told'), data: { n: 3 } })
        await step.run('sent', () => log(runId, 'sent'))
      }),
      inngest.createFunction({ id: 'child', triggers: { event: event('told') } }, async ({ event, step, runId }) => {
        await step.run('told', () => log(runId, 'told', event.data.n))
      }),
    ],
    drive: driver => driver.send({ name: 'began' }),
    expected: ['sent', 'told: 1', 'told: 2'],
    anyOrder: true,
  },
]
