import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { dueFeeds } from '../db/remote-feeds.ts'
import { type Services, syncContext } from '../sync/context.ts'
import { fedConnectors, pollFeed } from '../sync/poll.ts'

/** Pages of one run; what is left is due at once, and found by the sweep. */
const PAGES = 50

/** Each feed when it is due, and at once after a pause; one reader a connection. */
export function pollFeedFunctions(inngest: Inngest, services: () => Services) {
  return [
    inngest.createFunction(
      {
        id: 'poll-feed',
        triggers: [{ event: 'sync/feed.due' }],
        concurrency: { key: 'event.data.connectionId', limit: 1 },
        retries: 3,
      },
      async ({ event, step }) => {
        const { workspaceId, connectionId } = events['sync/feed.due'].parse(event.data)
        for (let n = 0; n < PAGES; n++) {
          const more = await step.run(`page-${n}`, async () => {
            const polled = await pollFeed(syncContext(services(), workspaceId), connectionId)
            return polled.kind === 'read' && polled.more
          })
          if (!more) return n + 1
        }
        return PAGES
      },
    ),
    inngest.createFunction(
      { id: 'poll-feeds', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('wake', async () => {
          const { db, emit, now } = services()
          const due = await dueFeeds(db, now(), fedConnectors())
          if (due.length > 0) await emit(due.map(data => ({ name: 'sync/feed.due' as const, data: { ...data } })))
          return due.length
        }),
    ),
  ]
}
