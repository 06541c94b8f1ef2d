import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { workspacesWithQueue } from '../db/queue.ts'
import { serveQueue } from '../inbox/serve-queue.ts'
import type { Services } from '../sync/context.ts'
import { asSystem } from './as-system.ts'

/** At once when somebody may have become free; and each minute, since shifts begin and calendars open by themselves. */
export function serveQueueFunctions(inngest: Inngest, services: () => Services) {
  return [
    inngest.createFunction(
      {
        id: 'serve-queue',
        triggers: [{ event: 'inbox/capacity.freed' }],
        debounce: { key: 'event.data.workspaceId', period: '1s', timeout: '5s' },
        concurrency: { key: 'event.data.workspaceId', limit: 1 },
        retries: 3,
      },
      async ({ event, step }) => {
        const { workspaceId } = events['inbox/capacity.freed'].parse(event.data)
        return step.run('serve', () => serveQueue(asSystem(services(), workspaceId)))
      },
    ),
    inngest.createFunction(
      { id: 'serve-queues', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('serve', async () => {
          let served = 0
          for (const { workspaceId } of await workspacesWithQueue(services().db)) {
            served += await serveQueue(asSystem(services(), workspaceId))
          }
          return served
        }),
    ),
  ]
}
