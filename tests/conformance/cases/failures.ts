import { NonRetriableError, RetryAfterError } from 'inngest'
import { type Case, type Kit, plainName } from '../case.ts'

/** The server's wait after each failed attempt, in seconds, without jitter. */
const BACKOFF = [15, 30, 60, 120, 300, 600, 1_200, 2_400, 3_600, 7_200, 7_200]
const SECONDS = 1 / 300

type Step = { run(id: string, work: () => Promise<void>): Promise<unknown> }
type Failed = {
  name: string
  data: {
    run_id: string
    function_id: string
    event: { name: string; data: unknown }
    error: { name: string; message: string }
  }
}

/** Logs how a run of `fn` ended, told to its handler. */
const onFailure =
  ({ log }: Kit) =>
  ({ event, error }: { event: Failed; error: Error }) =>
    log(event.data.run_id, 'failed', error.message)

export const failures: Case[] = [
  {
    name: 'a function that throws is called again, and knows which attempt it is',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', retries: 3, triggers: { event: event('began') } },
        async ({ attempt, maxAttempts, runId }) => {
          await log(runId, 'try', `${attempt} of ${maxAttempts}`)
          if (attempt < 2) throw new Error('not yet')
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('try: 2 of 4')
      await driver.pass(3)
    },
    expected: ['try: 0 of 4', 'try: 1 of 4', 'try: 2 of 4'],
  },
  {
    name: 'a function is called five times where it does not say, and has then failed',
    functions: kit => [
      kit.inngest.createFunction(
        { id: 'fn', triggers: { event: kit.event('began') }, onFailure: onFailure(kit) },
        async ({ attempt, runId }) => {
          await kit.log(runId, 'try', attempt)
          throw new Error(`attempt ${attempt}`)
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('failed: attempt 4')
    },
    expected: ['try: 0', 'try: 1', 'try: 2', 'try: 3', 'try: 4', 'failed: attempt 4'],
  },
  {
    name: 'attempts follow one another as the table of waits says',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', retries: 11, triggers: { event: event('began') } },
        async ({ attempt, runId }) => {
          await log(runId, 'try', attempt)
          throw new Error('again')
        },
      ),
    ],
    embeddedOnly: 'six hours would have to pass, and jitter is added',
    toTheSecond: true,
    async drive(driver) {
      await driver.send({ name: 'began' })
      for (const wait of BACKOFF) {
        await driver.pass((wait - 1) * SECONDS)
        await driver.mark(`${wait - 1} s`)
        await driver.pass(SECONDS)
      }
    },
    expected: ['try: 0', ...BACKOFF.flatMap((wait, n) => [`-- ${wait - 1} s`, `try: ${n + 1}`])],
  },
  {
    name: 'RetryAfterError says when to try again, as a length of time or an instant',
    functions: ({ inngest, event, log, wait, now }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('began') } }, async ({ attempt, step, runId }) => {
        await step.run('ask', async () => {
          await log(runId, 'ask', attempt)
          if (attempt === 0) throw new RetryAfterError('busy', wait(3))
          const later = new Date(now().getTime() + Number.parseFloat(wait(3)) * 1_000)
          if (attempt === 1) throw new RetryAfterError('busy', later)
        })
      }),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.pass(2)
      await driver.mark('before the first')
      await driver.pass(2)
      await driver.pass(2)
      await driver.mark('before the second')
      await driver.pass(2)
    },
    expected: ['ask: 0', '-- before the first', 'ask: 1', '-- before the second', 'ask: 2'],
  },
  {
    name: 'NonRetriableError is the last attempt, in the function or in a step',
    functions: kit =>
      ['function', 'step'].map(place =>
        kit.inngest.createFunction(
          { id: place, triggers: { event: kit.event(place) }, onFailure: onFailure(kit) },
          async ({ step, runId }) => {
            await kit.log(runId, `call ${place}`)
            if (place === 'function') throw new NonRetriableError('never, function')
            await step.run('ask', async () => {
              await kit.log(runId, 'ask')
              throw new NonRetriableError('never, step')
            })
          },
        ),
      ),
    async drive(driver) {
      await driver.send({ name: 'function' })
      await driver.until('failed: never, function')
      await driver.send({ name: 'step' })
      await driver.until('failed: never, step')
      await driver.pass(3)
    },
    expected: [
      ...['call function', 'failed: never, function'],
      ...['call step', 'ask', 'call step', 'failed: never, step'],
    ],
    // The same line of the same run counts once.
    expectedAfterKills: [
      ...['call function', 'failed: never, function'],
      ...['call step', 'ask', 'failed: never, step'],
    ],
  },
  {
    name: 'a step that has failed for good is an error in the function, which may catch it',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', retries: 1, triggers: { event: event('began') } },
        async ({ attempt, step, runId }) => {
          const caught = await step
            .run('bad', async () => {
              await log(runId, 'bad', attempt)
              throw new TypeError('boom')
            })
            .catch((error: Error) => error.message)
          await step.run('good', () => log(runId, 'good', `after ${caught}`))
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('good: after boom')
    },
    expected: ['bad: 0', 'bad: 1', 'good: after boom'],
  },
  {
    name: 'a step that has failed for good and is not caught ends the run',
    functions: kit => [
      kit.inngest.createFunction(
        { id: 'fn', retries: 1, triggers: { event: kit.event('began') }, onFailure: onFailure(kit) },
        async ({ attempt, step, runId }) => {
          await step.run('fine', () => kit.log(runId, 'fine'))
          await step.run('bad', async () => {
            await kit.log(runId, 'bad', attempt)
            throw new Error('boom')
          })
          await step.run('never', () => kit.log(runId, 'never'))
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('failed: boom')
      await driver.pass(3)
    },
    expected: ['fine', 'bad: 0', 'bad: 1', 'failed: boom'],
  },
  {
    name: 'attempts are counted anew for each step',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', retries: 2, triggers: { event: event('began') } },
        async ({ attempt, step, runId }) => {
          for (const name of ['a', 'b']) {
            await step.run(name, async () => {
              await log(runId, name, attempt)
              if (attempt < 2) throw new Error('again')
            })
          }
          await step.run('end', () => log(runId, 'end', attempt))
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('end: 0')
    },
    expected: ['a: 0', 'a: 1', 'a: 2', 'b: 0', 'b: 1', 'b: 2', 'end: 0'],
  },
  {
    name: 'of parallel steps only the one that failed is executed again',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', retries: 2, triggers: { event: event('began') } },
        async ({ attempt, step, runId }) => {
          const flaky = step.run('flaky', async () => {
            await log(runId, 'flaky', attempt)
            if (attempt < 2) throw new Error('again')
          })
          const steady = step.run('steady', () => log(runId, 'steady', attempt))
          await Promise.all([flaky, steady])
          await step.run('end', () => log(runId, 'end'))
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('end')
    },
    expected: ['end', 'flaky: 0', 'flaky: 1', 'flaky: 2', 'steady: 0'],
    anyOrder: true,
  },
  {
    name: 'onFailure has the run, its event and its error, once, and only of its own function',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        {
          id: 'doomed',
          retries: 0,
          triggers: { event: event('began') },
          onFailure: async ({ event, error, step }: { event: Failed; error: Error; step: Step }) => {
            const { run_id, function_id, event: origin, error: told } = event.data
            await step.run('tell', async () => {
              await log(run_id, 'event', event.name)
              await log(run_id, 'of', function_id.split('-').at(-1))
              await log(run_id, 'origin', [plainName(origin), origin.data])
              await log(run_id, 'told', [told.name, told.message])
              await log(run_id, 'error', error.message)
            })
          },
        },
        async ({ runId }) => {
          await log(runId, 'doomed')
          throw new TypeError('doomed')
        },
      ),
      inngest.createFunction(
        { id: 'other', triggers: { event: event('began') }, onFailure: () => log('', 'the failure of another') },
        async ({ runId, step }) => {
          await step.run('other', () => log(runId, 'other'))
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began', data: { n: 7 } })
      await driver.until('error: doomed')
      await driver.pass(2)
    },
    expected: [
      ...['doomed', 'error: doomed', 'event: inngest/function.failed', 'of: doomed'],
      ...['origin: ["began",{"n":7}]', 'other', 'told: ["TypeError","doomed"]'],
    ],
    anyOrder: true,
  },
  {
    name: 'a failing onFailure is tried again once, and calls no other',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        {
          id: 'doomed',
          retries: 0,
          triggers: { event: event('began') },
          onFailure: async ({ event, attempt }: { event: Failed; attempt: number }) => {
            await log(event.data.run_id, 'handled', attempt)
            throw new Error('the handler fails as well')
          },
        },
        async () => {
          throw new Error('doomed')
        },
      ),
    ],
    async drive(driver) {
      await driver.send({ name: 'began' })
      await driver.until('handled: 1')
      await driver.pass(10)
    },
    expected: ['handled: 0', 'handled: 1'],
  },
]
