import { referenceFunction } from 'inngest'
import type { Case, Kit } from '../case.ts'

/** A parent that invokes `child` with n = 2 and logs what comes of it. `child` runs by being invoked only. */
const invoking =
  (child: (kit: Kit) => ReturnType<Kit['inngest']['createFunction']>, timeout?: number) => (kit: Kit) => {
    const { inngest, event, log, wait } = kit
    const invoked = child(kit)
    const parent = inngest.createFunction(
      { id: 'parent', retries: 2, triggers: { event: event('began') } },
      async ({ step, runId }) => {
        await step.run('before', () => log(runId, 'before'))
        const result = await step
          .invoke('ask', {
            function: invoked,
            data: { n: 2 },
            timeout: timeout === undefined ? undefined : wait(timeout),
          })
          .catch((error: Error) => `failed: ${error.message}`)
        await step.run('after', () => log(runId, 'after', result))
      },
    )
    return [parent, invoked]
  }

export const invocations: Case[] = [
  {
    name: 'a function invokes another and has its result',
    functions: invoking(({ inngest, log }) =>
      inngest.createFunction({ id: 'child', triggers: [] }, async ({ event, step, runId }) => {
        const n = await step.run('child', async () => {
          await log(runId, 'child', [event.name, event.data.n])
          return event.data.n * 2
        })
        return { n }
      }),
    ),
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('after: {"n":4}')
    },
    expected: ['before', 'child: ["inngest/function.invoked",2]', 'after: {"n":4}'],
  },
  {
    name: 'a function that is invoked takes its time',
    functions: invoking(({ inngest, log, wait }) =>
      inngest.createFunction({ id: 'child', triggers: [] }, async ({ step, runId }) => {
        await step.run('first', () => log(runId, 'first'))
        await step.sleep('nap', wait(4))
        await step.run('last', () => log(runId, 'last'))
        return 'rested'
      }),
    ),
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.pass(2)
      await driver.mark('half of it')
      await driver.pass(3)
    },
    expected: ['before', 'first', '-- half of it', 'last', 'after: rested'],
  },
  {
    name: 'a function that is invoked is tried again by itself, and its invocation is not',
    functions: invoking(({ inngest, log }) =>
      inngest.createFunction({ id: 'child', retries: 1, triggers: [] }, async ({ attempt, runId }) => {
        await log(runId, 'child', attempt)
        if (attempt === 0) throw new Error('not yet')
        return attempt
      }),
    ),
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('after: 1')
    },
    expected: ['before', 'child: 0', 'child: 1', 'after: 1'],
  },
  {
    name: 'the failure of an invoked function is an error of the step',
    functions: invoking(({ inngest, log }) =>
      inngest.createFunction({ id: 'child', retries: 0, triggers: [] }, async ({ runId }) => {
        await log(runId, 'child')
        throw new Error('no')
      }),
    ),
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('after: failed: no')
      await driver.pass(3)
    },
    expected: ['before', 'child', 'after: failed: no'],
  },
  {
    name: 'the cancellation of an invoked function is an error of the step',
    functions: ({ inngest, event, log, wait }) => {
      const child = inngest.createFunction(
        { id: 'child', triggers: [], cancelOn: [{ event: event('withdrawn') }] },
        async ({ step, runId }) => {
          await step.run('child', () => log(runId, 'child'))
          await step.sleep('nap', wait(6))
          await step.run('never', () => log(runId, 'never'))
        },
      )
      const parent = inngest.createFunction(
        { id: 'parent', triggers: { event: event('began') } },
        async ({ step, runId }) => {
          const result = await step.invoke('ask', { function: child }).catch(() => 'cancelled')
          await step.run('after', () => log(runId, 'after', result))
        },
      )
      return [child, parent]
    },
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('child')
      await driver.pass(1)
      await driver.send({ name: 'withdrawn' })
      await driver.until('after: cancelled')
      await driver.pass(8)
    },
    expected: ['child', 'after: cancelled'],
  },
  {
    name: 'the end of a parent does not end the function that it invoked',
    functions: ({ inngest, event, log, wait }) => {
      const child = inngest.createFunction({ id: 'child', triggers: [] }, async ({ step, runId }) => {
        await step.run('first', () => log(runId, 'first'))
        await step.sleep('nap', wait(5))
        await step.run('last', () => log(runId, 'last'))
      })
      const parent = inngest.createFunction(
        { id: 'parent', triggers: { event: event('began') }, cancelOn: [{ event: event('withdrawn') }] },
        async ({ step, runId }) => {
          await step.invoke('ask', { function: child })
          await step.run('never', () => log(runId, 'never'))
        },
      )
      return [child, parent]
    },
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('first')
      await driver.pass(1)
      await driver.send({ name: 'withdrawn' })
      await driver.mark('withdrawn')
      await driver.pass(7)
    },
    expected: ['first', '-- withdrawn', 'last'],
  },
  {
    name: 'an invocation has a timeout, and the invoked function goes on',
    functions: ({ inngest, event, log, wait }) => {
      const child = inngest.createFunction({ id: 'child', triggers: [] }, async ({ step, runId }) => {
        await step.sleep('nap', wait(6))
        await step.run('child', () => log(runId, 'child'))
      })
      const parent = inngest.createFunction(
        { id: 'parent', triggers: { event: event('began') } },
        async ({ step, runId }) => {
          const result = await step.invoke('ask', { function: child, timeout: wait(3) }).catch(() => 'timed out')
          await step.run('after', () => log(runId, 'after', result))
        },
      )
      return [child, parent]
    },
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.pass(2)
      await driver.mark('before the timeout')
      await driver.pass(2)
      await driver.mark('after the timeout')
      await driver.pass(4)
    },
    expected: ['-- before the timeout', 'after: timed out', '-- after the timeout', 'child'],
  },
  {
    name: 'functions are invoked side by side',
    functions: ({ inngest, event, log }) => {
      const child = inngest.createFunction({ id: 'child', triggers: [] }, async ({ event, step, runId }) => {
        const { n } = event.data as { n: number }
        await step.run('child', () => log(runId, 'child', n))
        return n * 2
      })
      const parent = inngest.createFunction(
        { id: 'parent', triggers: { event: event('began') } },
        async ({ step, runId }) => {
          const results = await Promise.all(
            [1, 2, 3].map(n => step.invoke(`ask ${n}`, { function: child, data: { n } })),
          )
          await step.run('after', () => log(runId, 'after', results))
        },
      )
      return [child, parent]
    },
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('after: [2,4,6]')
    },
    expected: ['after: [2,4,6]', 'child: 1', 'child: 2', 'child: 3'],
    anyOrder: true,
  },
  {
    name: 'a function that has triggers can be invoked as well',
    functions: ({ inngest, event, log }) => {
      const child = inngest.createFunction(
        { id: 'child', triggers: { event: event('told') } },
        async ({ event, step, runId }) => {
          await step.run('child', () => log(runId, 'child', event.data.n))
        },
      )
      const parent = inngest.createFunction(
        { id: 'parent', triggers: { event: event('began') } },
        async ({ step, runId }) => {
          await step.invoke('ask', { function: child, data: { n: 1 } })
          await step.run('after', () => log(runId, 'after'))
        },
      )
      return [child, parent]
    },
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('after')
      await driver.send({ name: 'told', data: { n: 2 } })
    },
    expected: ['child: 1', 'after', 'child: 2'],
  },
  {
    name: 'the invocation of a function that is not served is an error of the step, and names it',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction({ id: 'parent', triggers: { event: event('began') } }, async ({ step, runId }) => {
        const named = await step
          .invoke('ask', { function: referenceFunction({ functionId: 'nowhere' }), data: {} })
          .catch((error: Error) => error.message.includes('nowhere'))
        await step.run('after', () => log(runId, 'after', named))
      }),
    ],
    embeddedOnly: 'it may be served later, and waits for a timeout',
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('after: true')
    },
    expected: ['after: true'],
  },
]
