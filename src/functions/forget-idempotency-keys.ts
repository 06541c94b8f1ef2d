import type { Inngest } from 'inngest'
import { forgetIdempotencyKeys } from '../db/idempotency.ts'
import type { Services } from '../sync/context.ts'

/** Answers kept for repeated requests go after a day. */
export function forgetIdempotencyKeysFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    { id: 'forget-idempotency-keys', triggers: [{ cron: '17 * * * *' }], concurrency: 1, retries: 1 },
    ({ step }) =>
      step.run('forget', async () => {
        const { db, now } = services()
        await forgetIdempotencyKeys(db, now())
      }),
  )
}
