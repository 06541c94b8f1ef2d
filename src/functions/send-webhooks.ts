import type { Inngest } from 'inngest'
import { dueWebhooks } from '../db/webhooks.ts'
import { sendWebhook } from '../inbox/send-webhook.ts'
import type { Services } from '../sync/context.ts'

const BATCH = 200
const AT_ONCE = 10

/** What is due, when the feed brought something and each minute. A slow endpoint holds up one of ten places. */
export function sendWebhooksFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    {
      id: 'send-webhooks',
      triggers: [{ cron: '* * * * *' }, { event: 'inbox/webhooks.due' }],
      concurrency: 1,
      retries: 1,
    },
    async ({ step }) =>
      step.run('send', async () => {
        const { db, now, fetchOutside, sealing } = services()
        const due = [...(await dueWebhooks(db, now(), BATCH))]
        const waiting = due.values()
        await Promise.all(
          Array.from({ length: AT_ONCE }, async () => {
            for (const { workspaceId, deliveryId } of waiting) {
              await sendWebhook({ db, fetch: fetchOutside, sealing, workspaceId, now: now() }, deliveryId)
            }
          }),
        )
        return due.length
      }),
  )
}
