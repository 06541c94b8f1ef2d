import type { Case, Kit } from '../case.ts'

const DAY = 288
const reason = 'a day would have to pass'

/** Logs the tick that each run is for. */
const ticking =
  (cron: string) =>
  ({ inngest, log }: Kit) => [
    inngest.createFunction({ id: 'fn', triggers: { cron } }, async ({ event, step, runId }) => {
      await step.run('tick', () => log(runId, 'tick', (event.data as { scheduledAt?: string }).scheduledAt))
    }),
  ]

export const crons: Case[] = [
  {
    name: 'a cron keeps the local time of its zone when the clocks go forward',
    functions: ticking('TZ=Europe/Madrid 30 8 * * *'),
    from: '2026-03-27T23:00:00Z',
    embeddedOnly: reason,
    async drive(driver) {
      for (let day = 0; day < 3; day++) await driver.pass(DAY)
    },
    expected: ['2026-03-28T07:30:00.000Z', '2026-03-29T06:30:00.000Z', '2026-03-30T06:30:00.000Z'].map(
      at => `tick: ${at}`,
    ),
  },
  {
    name: 'a cron keeps the local time of its zone when the clocks go back',
    functions: ticking('TZ=America/New_York 0 9 * * *'),
    from: '2026-10-31T00:00:00Z',
    embeddedOnly: reason,
    async drive(driver) {
      for (let day = 0; day < 3; day++) await driver.pass(DAY)
    },
    expected: ['2026-10-31T13:00:00.000Z', '2026-11-01T14:00:00.000Z', '2026-11-02T14:00:00.000Z'].map(
      at => `tick: ${at}`,
    ),
  },
  {
    name: 'a cron without zone is in UTC, and its event tells the schedule',
    functions: ({ inngest, log }) => [
      inngest.createFunction({ id: 'fn', triggers: { cron: '*/15 * * * *' } }, async ({ event, step, runId }) => {
        await step.run('tick', () => log(runId, 'tick', { name: event.name, ...event.data }))
      }),
    ],
    from: '2026-06-01T10:04:00Z',
    embeddedOnly: 'the hour is not the server’s',
    async drive(driver) {
      await driver.pass(2)
      await driver.mark('10:14')
      await driver.pass(1)
    },
    expected: [
      '-- 10:14',
      'tick: {"cron":"*/15 * * * *","fireAt":"2026-06-01T10:15:00.000Z",' +
        '"name":"inngest/scheduled.timer","scheduledAt":"2026-06-01T10:15:00.000Z"}',
    ],
  },
  {
    name: 'a function has crons and events side by side',
    functions: ({ inngest, event, log }) => [
      inngest.createFunction(
        { id: 'fn', triggers: [{ cron: '0 * * * *' }, { event: event('asked') }] },
        async ({ event, step, runId }) => {
          await step.run('by', () => log(runId, 'by', event.name.split('/')[1]))
        },
      ),
    ],
    from: '2026-06-01T10:04:00Z',
    embeddedOnly: 'an hour would have to pass',
    async drive(driver) {
      await driver.send({ name: 'asked' })
      await driver.pass(12)
    },
    expected: ['by: asked', 'by: scheduled.timer'],
  },
]
