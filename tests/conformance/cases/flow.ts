import type { Case, Kit } from '../case.ts'

const ofKey = (key: string, ...numbers: number[]) => numbers.map(n => ({ name: 'changed', data: { key, n } }))

const batching =
  (key?: string) =>
  ({ inngest, event, log, wait }: Kit) => [
    inngest.createFunction(
      { id: 'fn', batchEvents: { maxSize: 3, timeout: wait(4), key }, triggers: { event: event('changed') } },
      async ({ events, step, runId }) => {
        // The order inside a batch is not kept.
        const names = events.map(({ data }) => `${data?.key}${data?.n}`).sort()
        await step.run('batch', () => log(runId, 'batch', names))
      },
    ),
  ]

const debouncing =
  (timeout?: number) =>
  ({ inngest, event, log, wait }: Kit) => [
    inngest.createFunction(
      {
        id: 'fn',
        debounce: {
          period: wait(4),
          key: 'event.data.key',
          timeout: timeout === undefined ? undefined : wait(timeout),
        },
        triggers: { event: event('changed') },
      },
      async ({ event, step, runId }) => {
        await step.run('last', () => log(runId, 'last', `${event.data.key}${event.data.n}`))
      },
    ),
  ]

/** Logs whether it was ever executed beside more than `most` others of its key. */
const limited =
  (most: number) =>
  ({ inngest, event, log }: Kit) => {
    const executing = new Map<string, number>()
    return [
      inngest.createFunction(
        {
          id: 'fn',
          concurrency: { limit: most, key: 'event.data.key' },
          triggers: { event: event('changed') },
        },
        async ({ event, step, runId }) => {
          const { key, n } = event.data
          await step.run('work', async () => {
            const beside = (executing.get(key) ?? 0) + 1
            executing.set(key, beside)
            await log(runId, 'work', `${key}${n} ${beside <= most ? 'within the limit' : `is one of ${beside}`}`)
            executing.set(key, (executing.get(key) ?? 0) - 1)
          })
        },
      ),
    ]
  }

const throttling =
  (options: { limit: number; burst?: number; key?: string }) =>
  ({ inngest, event, log, wait }: Kit) => [
    inngest.createFunction(
      { id: 'fn', throttle: { ...options, period: wait(8) }, triggers: { event: event('changed') } },
      async ({ event, step, runId }) => {
        await step.run('start', () => log(runId, 'start', `${event.data.key}`))
      },
    ),
  ]

export const flow: Case[] = [
  {
    name: 'a full batch runs at once, what is left at its timeout',
    functions: batching(),
    async drive(driver) {
      await driver.send(...ofKey('a', 1))
      await driver.mark('one')
      await driver.send(...ofKey('a', 2, 3))
      await driver.mark('three')
      await driver.send(...ofKey('a', 4))
      await driver.pass(2)
      await driver.mark('before the timeout')
      await driver.pass(3)
    },
    expected: ['-- one', 'batch: ["a1","a2","a3"]', '-- three', '-- before the timeout', 'batch: ["a4"]'],
  },
  {
    name: 'a batch has a key, and takes an event id once',
    functions: batching('event.data.key'),
    async drive(driver) {
      await driver.send(...ofKey('a', 1, 2), ...ofKey('b', 1))
      await driver.send(
        { id: 'twice', name: 'changed', data: { key: 'b', n: 2 } },
        { id: 'twice', name: 'changed', data: { key: 'b', n: 2 } },
      )
      await driver.pass(5)
    },
    expected: ['batch: ["a1","a2"]', 'batch: ["b1","b2"]'],
    anyOrder: true,
  },
  {
    name: 'an event that is sent again does not fill a batch',
    functions: batching(),
    async drive(driver) {
      for (let time = 0; time < 3; time++) await driver.send({ id: 'again', name: 'changed', data: { key: 'a', n: 1 } })
      await driver.mark('before the timeout')
      await driver.pass(5)
    },
    expected: ['-- before the timeout', 'batch: ["a1"]'],
  },
  {
    name: 'a debounce runs with the last event once its key was quiet for the period',
    functions: debouncing(),
    async drive(driver) {
      await driver.send(...ofKey('a', 1))
      await driver.pass(2)
      await driver.send(...ofKey('a', 2))
      await driver.pass(3)
      await driver.mark('five units after the first')
      await driver.pass(2)
      await driver.send(...ofKey('b', 1))
      await driver.send(...ofKey('a', 3))
      await driver.pass(5)
    },
    expected: ['-- five units after the first', 'last: a2', 'last: a3', 'last: b1'],
    anyOrder: true,
  },
  {
    name: 'a debounce is not put off beyond its timeout',
    functions: debouncing(6),
    async drive(driver) {
      await driver.send(...ofKey('a', 1))
      await driver.pass(2)
      await driver.send(...ofKey('a', 2))
      await driver.pass(2)
      await driver.send(...ofKey('a', 3))
      await driver.mark('four units after the first')
      await driver.pass(3)
      await driver.mark('seven units after the first')
    },
    expected: ['-- four units after the first', 'last: a3', '-- seven units after the first'],
  },
  {
    name: 'a throttle starts one run a period, and drops none',
    functions: throttling({ limit: 1 }),
    async drive(driver) {
      await driver.send(...ofKey('a', 1, 2, 3))
      await driver.mark('at once')
      await driver.pass(6)
      await driver.mark('before the second period')
      await driver.pass(3)
      await driver.mark('in the second period')
      await driver.pass(8)
      await driver.mark('in the third period')
    },
    expected: [
      ...['start: a', '-- at once', '-- before the second period', 'start: a', '-- in the second period'],
      ...['start: a', '-- in the third period'],
    ],
  },
  {
    name: 'a throttle spreads its limit over the period, and lets a burst through',
    functions: throttling({ limit: 2, burst: 2 }),
    async drive(driver) {
      await driver.send(...ofKey('a', 1, 2, 3, 4))
      await driver.mark('at once')
      await driver.pass(3)
      await driver.mark('before half the period')
      await driver.pass(2)
      await driver.mark('after half the period')
      await driver.pass(4)
      await driver.mark('after the period')
    },
    expected: [
      ...['start: a', 'start: a', '-- at once', '-- before half the period'],
      ...['start: a', '-- after half the period', 'start: a', '-- after the period'],
    ],
  },
  {
    name: 'a throttle counts for each key; an event that is taken for known takes no place',
    functions: throttling({ limit: 1, key: 'event.data.key' }),
    async drive(driver) {
      await driver.send({ id: 'first', name: 'changed', data: { key: 'a' } })
      await driver.send({ id: 'first', name: 'changed', data: { key: 'a' } })
      await driver.send({ id: 'other', name: 'changed', data: { key: 'b' } })
      await driver.mark('at once')
      await driver.pass(9)
      await driver.send({ id: 'second', name: 'changed', data: { key: 'a' } })
      await driver.mark('in the second period')
    },
    expected: ['-- at once', '-- in the second period', 'start: a', 'start: a', 'start: b'],
    anyOrder: true,
  },
  {
    name: 'a concurrency of one executes the calls of a key one by one, and all of them',
    functions: limited(1),
    drive: driver => driver.send(...ofKey('a', 1, 2, 3, 4), ...ofKey('b', 1, 2)),
    expected: ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'].map(each => `work: ${each} within the limit`),
    anyOrder: true,
  },
  {
    name: 'a concurrency of two executes at most two calls of a key at once',
    functions: limited(2),
    drive: driver => driver.send(...ofKey('a', 1, 2, 3, 4, 5)),
    expected: ['a1', 'a2', 'a3', 'a4', 'a5'].map(each => `work: ${each} within the limit`),
    anyOrder: true,
  },
  {
    name: 'a run that sleeps takes no place of a concurrency limit',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction(
        { id: 'fn', concurrency: 1, triggers: { event: event('changed') } },
        async ({ event, step, runId }) => {
          await step.run('before', () => log(runId, 'before', event.data.n))
          await step.sleep('nap', wait(4))
          await step.run('after', () => log(runId, 'after', event.data.n))
        },
      ),
    ],
    async drive(driver) {
      await driver.send(...ofKey('a', 1, 2))
      await driver.until('before: 1')
      await driver.until('before: 2')
      await driver.mark('both asleep')
      await driver.pass(5)
    },
    expected: ['-- both asleep', 'after: 1', 'after: 2', 'before: 1', 'before: 2'],
    anyOrder: true,
  },
  {
    name: 'an idempotency key runs a function once a day',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', idempotency: 'event.data.order', triggers: { event: event('paid') } },
        async ({ event, step, runId }) => {
          await step.run('paid', () => log(runId, 'paid', `${event.data.order} ${event.data.n}`))
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'paid', data: { order: 'o1', n: 1 } })
      await driver.send({ name: 'paid', data: { order: 'o1', n: 2 } })
      await driver.send({ name: 'paid', data: { order: 'o2', n: 3 } })
    },
    expected: ['paid: o1 1', 'paid: o2 3'],
    anyOrder: true,
  },
  {
    name: 'an idempotency key is free again after a day',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', idempotency: 'event.data.order', triggers: { event: event('paid') } },
        async ({ event, step, runId }) => {
          await step.run('paid', () => log(runId, 'paid', event.data.n))
        },
      ),
    ],
    embeddedOnly: 'a day would have to pass',
    async drive(driver) {
      await driver.send({ name: 'paid', data: { order: 'o1', n: 1 } })
      await driver.pass(280)
      await driver.send({ name: 'paid', data: { order: 'o1', n: 2 } })
      await driver.pass(9)
      await driver.send({ name: 'paid', data: { order: 'o1', n: 3 } })
    },
    expected: ['paid: 1', 'paid: 3'],
  },
]
