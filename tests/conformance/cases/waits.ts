import { type Case, type Kit, plainName } from '../case.ts'

type Got = { name: string; data: unknown } | null

const said = (got: Got) => (got ? [plainName(got), got.data] : null)

/** Waits for the payment of its order, and logs the event that it got. */
const waiting =
  (units: number) =>
  ({ inngest, event, log, wait }: Kit) => [
    inngest.createFunction(
      { id: 'fn', triggers: { event: event('ordered') } },
      async ({ step, runId, event: { data } }) => {
        await step.run('ordered', () => log(runId, 'ordered', data.order))
        const paid: Got = await step.waitForEvent('payment', {
          event: event('paid'),
          timeout: wait(units),
          match: 'data.order',
        })
        await step.run('paid', () => log(runId, `paid ${data.order}`, said(paid)))
      },
    ),
  ]

/** Sleeps for eight units, unless it is cancelled. */
const cancellable = (cancelOn: (kit: Kit) => object[]) => (kit: Kit) => [
  kit.inngest.createFunction(
    {
      id: 'fn',
      triggers: { event: kit.event('ordered') },
      cancelOn: cancelOn(kit) as [],
      onFailure: () => kit.log('', 'onFailure'),
    },
    async ({ event, step, runId }) => {
      await step.run('begin', () => kit.log(runId, 'begin', event.data.order))
      await step.sleep('nap', kit.wait(8))
      await step.run('end', () => kit.log(runId, 'end', event.data.order))
    },
  ),
]

const order = (n: number) => ({ name: 'ordered', data: { order: n } })
const paid = (n: number, rest = {}) => ({ name: 'paid', data: { order: n, ...rest } })

export const waits: Case[] = [
  {
    name: 'a wait ends with the event that matches, whole',
    functions: waiting(20),
    async drive(driver) {
      await driver.send(order(1), order(2))
      await driver.until('ordered: 1')
      await driver.until('ordered: 2')
      await driver.pass(1)
      await driver.send(paid(3))
      await driver.mark('another order')
      await driver.send(paid(1, { by: 'card' }))
      await driver.mark('order 1')
      await driver.send(paid(2))
    },
    expected: [
      ...['-- another order', '-- order 1', 'ordered: 1', 'ordered: 2'],
      ...['paid 1: ["paid",{"by":"card","order":1}]', 'paid 2: ["paid",{"order":2}]'],
    ],
    anyOrder: true,
  },
  {
    name: 'a wait ends with null at its timeout, and an event after that changes nothing',
    functions: waiting(4),
    async drive(driver) {
      await driver.send(order(1))
      await driver.pass(2)
      await driver.mark('before the timeout')
      await driver.pass(3)
      await driver.mark('after the timeout')
      await driver.send(paid(1))
    },
    expected: ['ordered: 1', '-- before the timeout', 'paid 1: null', '-- after the timeout'],
  },
  {
    name: 'an event from before the wait does not end it',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('ordered') } }, async ({ step, runId }) => {
        await step.run('ordered', () => log(runId, 'ordered'))
        await step.sleep('nap', wait(3))
        const got: Got = await step.waitForEvent('payment', { event: event('paid'), timeout: wait(4) })
        await step.run('paid', () => log(runId, 'paid', said(got)))
      }),
    ],
    async drive(driver) {
      await driver.send(order(1))
      await driver.until('ordered')
      await driver.send(paid(1))
      await driver.pass(4)
      await driver.mark('it waits')
      await driver.pass(5)
    },
    expected: ['ordered', '-- it waits', 'paid: null'],
  },
  {
    name: 'an event ends the wait of every run that waits for it, each once',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction(
        { id: 'fn', triggers: { event: event('ordered') } },
        async ({ step, runId, event: { data } }) => {
          for (const turn of ['first', 'second']) {
            const got: Got = await step.waitForEvent(turn, { event: event('paid'), timeout: wait(6) })
            await step.run(`got ${turn}`, () => log(runId, `got ${turn}`, [data.order, said(got)]))
          }
        },
      ),
    ],
    async drive(driver) {
      await driver.send(order(1), order(2))
      await driver.pass(1)
      await driver.send(paid(7))
      await driver.until('got first: [1,["paid",{"order":7}]]')
      await driver.until('got first: [2,["paid",{"order":7}]]')
      await driver.pass(2)
      await driver.mark('the event is used up')
      await driver.pass(6)
    },
    expected: [
      ...['-- the event is used up', 'got first: [1,["paid",{"order":7}]]', 'got first: [2,["paid",{"order":7}]]'],
      ...['got second: [1,null]', 'got second: [2,null]'],
    ],
    anyOrder: true,
  },
  {
    name: 'the condition of a wait compares its own event with the one that comes',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('ordered') } }, async ({ step, runId }) => {
        const got: Got = await step.waitForEvent('payment', {
          event: event('paid'),
          timeout: wait(20),
          if: 'async.data.order == event.data.order && async.data.amount >= 100 && async.data.absent == null',
        })
        await step.run('paid', () => log(runId, 'paid', said(got)))
      }),
    ],
    async drive(driver) {
      await driver.send(order(1))
      await driver.pass(1)
      await driver.send(paid(1, { amount: 99 }), paid(2, { amount: 100 }), paid(1))
      await driver.mark('none that fits')
      await driver.send(paid(1, { amount: 100 }))
    },
    expected: ['-- none that fits', 'paid: ["paid",{"amount":100,"order":1}]'],
  },
  {
    name: 'waits side by side end each by its own event, and the run goes on after the last',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('ordered') } }, async ({ step, runId }) => {
        const both: Got[] = await Promise.all(
          ['paid', 'packed'].map(name => step.waitForEvent(name, { event: event(name), timeout: wait(20) })),
        )
        await step.run('ready', () => log(runId, 'ready', both.map(said)))
      }),
    ],
    async drive(driver) {
      await driver.send(order(1))
      await driver.pass(1)
      await driver.send({ name: 'packed', data: { n: 1 } })
      await driver.pass(1)
      await driver.mark('packed')
      await driver.send({ name: 'paid', data: { n: 2 } })
    },
    expected: ['-- packed', 'ready: [["paid",{"n":2}],["packed",{"n":1}]]'],
  },
  {
    name: 'of two events at once a wait takes one',
    functions: waiting(20),
    async drive(driver) {
      await driver.send(order(1))
      await driver.until('ordered: 1')
      await driver.pass(1)
      await driver.send(paid(1), paid(1))
      await driver.pass(2)
    },
    expected: ['ordered: 1', 'paid 1: ["paid",{"order":1}]'],
  },
  {
    name: 'cancelOn ends the run whose event matches, and calls no onFailure',
    functions: cancellable(({ event }) => [{ event: event('withdrawn'), match: 'data.order' }]),
    async drive(driver) {
      await driver.send(order(1), order(2))
      await driver.until('begin: 1')
      await driver.until('begin: 2')
      await driver.pass(2)
      await driver.send({ name: 'withdrawn', data: { order: 1 } })
      await driver.pass(8)
    },
    expected: ['begin: 1', 'begin: 2', 'end: 2'],
    anyOrder: true,
  },
  {
    name: 'cancelOn has conditions and several events',
    functions: cancellable(({ event }) => [
      { event: event('withdrawn'), if: 'async.data.order == event.data.order && async.data.sure == true' },
      { event: event('shop.closed') },
    ]),
    async drive(driver) {
      await driver.send(order(1), order(2))
      await driver.until('begin: 1')
      await driver.until('begin: 2')
      await driver.pass(2)
      await driver.send({ name: 'withdrawn', data: { order: 1, sure: true } })
      await driver.send({ name: 'withdrawn', data: { order: 2 } })
      await driver.send(order(3))
      await driver.until('begin: 3')
      await driver.pass(3)
      await driver.send({ name: 'shop.closed' })
      await driver.send(order(4))
      await driver.until('begin: 4')
      await driver.pass(9)
    },
    expected: ['begin: 1', 'begin: 2', 'begin: 3', 'begin: 4', 'end: 4'],
    anyOrder: true,
  },
  {
    name: 'cancelOn has a timeout, after which the run cannot be cancelled so',
    functions: cancellable(({ event, wait }) => [{ event: event('withdrawn'), match: 'data.order', timeout: wait(4) }]),
    async drive(driver) {
      await driver.send(order(1), order(2))
      await driver.until('begin: 1')
      await driver.until('begin: 2')
      await driver.pass(2)
      await driver.send({ name: 'withdrawn', data: { order: 1 } })
      await driver.pass(4)
      await driver.send({ name: 'withdrawn', data: { order: 2 } })
      await driver.pass(4)
    },
    expected: ['begin: 1', 'begin: 2', 'end: 2'],
    anyOrder: true,
  },
  {
    name: 'cancelOn ends a run that waits for an event',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction(
        {
          id: 'fn',
          triggers: { event: event('ordered') },
          cancelOn: [{ event: event('withdrawn'), match: 'data.order' }],
        },
        async ({ step, runId, event: { data } }) => {
          await step.run('begin', () => log(runId, 'begin', data.order))
          await step.waitForEvent('payment', { event: event('paid'), timeout: wait(6) })
          await step.run('end', () => log(runId, 'end', data.order))
        },
      ),
    ],
    async drive(driver) {
      await driver.send(order(1), order(2))
      await driver.until('begin: 1')
      await driver.until('begin: 2')
      await driver.pass(1)
      await driver.send({ name: 'withdrawn', data: { order: 2 } })
      await driver.send({ name: 'paid' })
      await driver.pass(8)
    },
    expected: ['begin: 1', 'begin: 2', 'end: 1'],
    anyOrder: true,
  },
  {
    name: 'a run may be cancelled by an event of its own',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction(
        {
          id: 'fn',
          triggers: { event: event('ordered') },
          cancelOn: [{ event: event('withdrawn'), match: 'data.order' }],
        },
        async ({ step, runId, event: { data } }) => {
          await step.run('begin', () => log(runId, 'begin'))
          await step.sendEvent('withdraw', {
            ...{ id: `${runId} withdrawn`, name: event('withdrawn') },
            data: { order: data.order },
          })
          await step.sleep('nap', wait(2))
          await step.run('never', () => log(runId, 'never'))
        },
      ),
    ],
    async drive(driver) {
      await driver.send(order(1))
      await driver.until('begin')
      await driver.pass(4)
    },
    expected: ['begin'],
  },
  {
    name: 'an event may start one run and end the wait of another',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction(
        { id: 'fn', triggers: { event: event('ordered') } },
        async ({ step, runId, event: { data } }) => {
          await step.run('begin', () => log(runId, 'begin', data.order))
          const next: Got = await step.waitForEvent('next', { event: event('ordered'), timeout: wait(6) })
          await step.run('next', () => log(runId, `next of ${data.order}`, said(next)))
        },
      ),
    ],
    async drive(driver) {
      await driver.send(order(1))
      await driver.until('begin: 1')
      await driver.pass(1)
      await driver.send(order(2))
      await driver.until('begin: 2')
      await driver.pass(8)
    },
    expected: ['begin: 1', 'begin: 2', 'next of 1: ["ordered",{"order":2}]', 'next of 2: null'],
    anyOrder: true,
  },
  {
    name: 'a wait in a race ends with it, and what it waited for changes nothing',
    functions: ({ inngest, event, log, wait }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('ordered') } }, async ({ step, group, runId }) => {
        const first = await group.parallel({ mode: 'race' }, () =>
          Promise.race([
            step.waitForEvent('payment', { event: event('paid'), timeout: wait(9) }).then(() => 'paid'),
            step.sleep('patience', wait(3)).then(() => 'tired'),
          ]),
        )
        await step.run('first', () => log(runId, 'first', first))
        await step.sleep('nap', wait(2))
        await step.run('last', () => log(runId, 'last'))
      }),
    ],
    async drive(driver) {
      await driver.send(order(1))
      await driver.pass(4)
      await driver.mark('too late')
      await driver.send(paid(1))
      await driver.pass(3)
      await driver.pass(5)
    },
    expected: ['first: tired', '-- too late', 'last'],
  },
]
