import type { Inngest } from 'inngest'
import { workspacesWithDueClocks } from '../db/sweeps.ts'
import { sweepSla } from '../inbox/sweep-sla.ts'
import type { Services } from '../sync/context.ts'

export function sweepSlaFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    { id: 'sweep-sla', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
    async ({ step }) =>
      step.run('sweep', async () => {
        const { db, now } = services()
        const at = now()
        const counts = { breached: 0, warned: 0 }
        for (const { workspaceId } of await workspacesWithDueClocks(db, at)) {
          const { breached, warned } = await sweepSla({ db, workspaceId, now: at })
          counts.breached += breached
          counts.warned += warned
        }
        return counts
      }),
  )
}
