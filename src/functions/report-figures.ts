import type { Inngest } from 'inngest'
import { activeConnections } from '../db/connections.ts'
import { type Services, syncContext } from '../sync/context.ts'
import { reportFigures } from '../sync/report-figures.ts'

/** Each hour; one whose CRM cannot be reached does not hold back the others. */
export function reportFiguresFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    { id: 'report-figures', triggers: [{ cron: '7 * * * *' }], concurrency: 1, retries: 1 },
    ({ step }) =>
      step.run('report', async () => {
        let reported = 0
        for (const { workspaceId, connectionId } of await activeConnections(services().db)) {
          const outcome = await reportFigures(syncContext(services(), workspaceId), connectionId)
          if (outcome === 'reported') reported++
        }
        return reported
      }),
  )
}
