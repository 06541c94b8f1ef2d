import { type Case, plainName } from '../case.ts'

/** What a condition says of an event, as the server was seen to judge. The last ones are run-time errors to CEL. */
const CONDITIONS: [condition: string, data: Record<string, unknown>, matches: boolean][] = [
  ['event.data.n > 3', { n: 5 }, true],
  ['event.data.n > 3', { n: 2 }, false],
  ['event.data.n == 5', { n: 5 }, true],
  ['event.data.n >= 1.5 && event.data.n < 2.5', { n: 2 }, true],
  ['event.data.name == "Ana" || event.data.name == "Eva"', { name: 'Eva' }, true],
  ['event.data.name.startsWith("A")', { name: 'Ana' }, true],
  ['event.data.address.city == "Lima"', { address: { city: 'Lima' } }, true],
  ['event.data.tags.exists(tag, tag == "vip")', { tags: ['new', 'vip'] }, true],
  ['!(event.data.kind in ["a", "b"])', { kind: 'c' }, true],
  ['event.data.absent == null', {}, true],
  ['event.data.absent.deeper == null', {}, true],
  ['event.data.absent == "x"', {}, false],
  ['event.data.absent != null', {}, false],
  ['event.data.absent > 3', {}, false],
  ['event.data.n % 2 == 0', { n: 4 }, false],
  ['event.data.n + 1 == 10', { n: 9 }, false],
  ['event.data.name > 3', { name: 'Ana' }, false],
]

export const triggers: Case[] = [
  {
    name: 'an event runs every function that listens to it, once',
    functions: ({ inngest, event, log }) =>
      ['first', 'second'].map(id =>
        inngest.createFunction({ id, triggers: { event: event('greeted') } }, async ({ event, step, runId }) => {
          await step.run(id, () => log(runId, id, event.data))
        }),
      ),
    drive: driver => driver.send({ name: 'greeted', data: { name: 'Ana' } }, { name: 'unheard' }),
    expected: ['first: {"name":"Ana"}', 'second: {"name":"Ana"}'],
    anyOrder: true,
  },
  {
    name: 'an event that matches several triggers of a function runs it once',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', triggers: [{ event: event('a.one') }, { event: event('a.*') }, { event: event('b.one') }] },
        async ({ event, step, runId }) => {
          await step.run('heard', () => log(runId, 'heard', plainName(event)))
        },
      ),
    ],
    drive: driver => driver.send({ name: 'a.one' }, { name: 'b.one' }, { name: 'b.two' }),
    expected: ['heard: a.one', 'heard: b.one'],
    anyOrder: true,
  },
  {
    name: 'a wildcard stands for the end of a name',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('order.*') } }, async ({ event, step, runId }) => {
        await step.run('heard', () => log(runId, 'heard', plainName(event)))
      }),
    ],
    drive: driver =>
      driver.send({ name: 'order.paid' }, { name: 'order.line.added' }, { name: 'orders' }, { name: 'order' }),
    expected: ['heard: order.line.added', 'heard: order.paid'],
    anyOrder: true,
  },
  {
    name: 'a condition decides over the event; a missing path is null, and an error is no match',
    functions: ({ inngest, event, log }) =>
      CONDITIONS.map(([condition], n) =>
        inngest.createFunction(
          { id: `fn-${n}`, triggers: { event: event(`asked.${n}`), if: condition } },
          async ({ step, runId }) => {
            await step.run('matched', () => log(runId, 'matched', `${n} ${condition}`))
          },
        ),
      ),
    drive: driver => driver.send(...CONDITIONS.map(([, data], n) => ({ name: `asked.${n}`, data }))),
    expected: CONDITIONS.flatMap(([condition, , matches], n) => (matches ? [`matched: ${n} ${condition}`] : [])),
    anyOrder: true,
  },
  {
    name: 'an event id is taken once by a function, and by each of them',
    functions: ({ inngest, event, log }) =>
      ['one', 'two'].map(id =>
        inngest.createFunction({ id, triggers: { event: event('paid') } }, async ({ event, step, runId }) => {
          await step.run(id, () => log(runId, id, event.data.n))
        }),
      ),
    async drive(driver) {
      await driver.send({ id: 'payment-1', name: 'paid', data: { n: 1 } })
      await driver.send({ id: 'payment-1', name: 'paid', data: { n: 2 } })
      await driver.send({ id: 'payment-2', name: 'paid', data: { n: 3 } })
    },
    expected: ['one: 1', 'one: 3', 'two: 1', 'two: 3'],
    anyOrder: true,
  },
]
