import type { Inngest } from 'inngest'
import { workspacesWithDueMail } from '../db/notifications.ts'
import { sendNotificationMails } from '../inbox/send-notification-mails.ts'
import type { Services } from '../sync/context.ts'

export function sendNotificationMailsFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    { id: 'send-notification-mails', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
    ({ step }) =>
      step.run('send', async () => {
        const { db, now, mailer, appUrl } = services()
        const counts = { sent: 0, failed: 0 }
        for (const { workspaceId } of await workspacesWithDueMail(db, now())) {
          const { sent, failed } = await sendNotificationMails({ db, workspaceId, now: now(), mailer, appUrl })
          counts.sent += sent
          counts.failed += failed
        }
        return counts
      }),
  )
}
