/** Search, reports and webhooks follow the feed of changes: seconds behind it, or a minute where an event was lost. */
import type { Inngest } from 'inngest'
import { FEED_DAYS } from '../core/change.ts'
import { events } from '../core/events.ts'
import { trimChanges, workspacesBehind } from '../db/changes.ts'
import { dueWebhooks } from '../db/webhooks.ts'
import { type Consumer, consumerNames, follow } from '../inbox/follow-changes.ts'
import type { Services } from '../sync/context.ts'

/** Slices of one run; what is left is found by the sweep. */
const SLICES = 200

export function followChangesFunctions(inngest: Inngest, services: () => Services) {
  return [
    inngest.createFunction(
      {
        id: 'follow-changes',
        triggers: [{ event: 'inbox/changes.made' }],
        debounce: { key: 'event.data.workspaceId', period: '1s', timeout: '5s' },
        concurrency: { key: 'event.data.workspaceId', limit: 1 },
        retries: 2,
      },
      async ({ event, step }) => {
        const { workspaceId } = events['inbox/changes.made'].parse(event.data)
        for (const consumer of consumerNames) {
          await step.run(consumer, () => followAll(services(), workspaceId, consumer))
          if (consumer === 'webhooks') await step.run('send', () => wakeSender(services(), workspaceId))
        }
      },
    ),
    inngest.createFunction(
      { id: 'sweep-changes', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
      async ({ step }) => {
        for (const consumer of consumerNames) {
          await step.run(consumer, async () => {
            for (const { workspaceId } of await workspacesBehind(services().db, consumer)) {
              await followAll(services(), workspaceId, consumer, true)
            }
          })
        }
        await step.run('trim', async () => {
          // By the database's own clock, which wrote them.
          await trimChanges(services().db, new Date(Date.now() - FEED_DAYS * 86_400_000))
        })
      },
    ),
  ]
}

async function wakeSender({ db, emit, now }: Services, workspaceId: string): Promise<void> {
  const due = await dueWebhooks(db, now(), 1)
  if (due.length > 0) await emit([{ name: 'inbox/webhooks.due', data: { workspaceId } }])
}

async function followAll({ db, now }: Services, workspaceId: string, consumer: Consumer, yields = false) {
  let slices = 0
  while (slices < SLICES && (await follow({ db, workspaceId, now: now() }, consumer, yields))) slices++
  return slices
}
