import type { Inngest } from 'inngest'
import { activeConnections } from '../db/connections.ts'
import { type Services, syncContext } from '../sync/context.ts'
import { reportFigures } from '../sync/report-figures.ts'

/** Tries of an hour: figures wait for whoever else has the CRM's calls of that minute. */
const TRIES = 3

type Place = { workspaceId: string; connectionId: string }

/** Each hour; one whose CRM cannot be reached does not hold back the others. */
export function reportFiguresFunction(inngest: Inngest, services: () => Services) {
  async function report(places: readonly Place[]): Promise<Place[]> {
    const left: Place[] = []
    for (const { workspaceId, connectionId } of places) {
      const outcome = await reportFigures(syncContext(services(), workspaceId), connectionId)
      if (outcome === 'not now') left.push({ workspaceId, connectionId })
    }
    return left
  }

  return inngest.createFunction(
    { id: 'report-figures', triggers: [{ cron: '7 * * * *' }], concurrency: 1, retries: 1 },
    async ({ step }) => {
      let left = await step.run('report', async () => report(await activeConnections(services().db)))
      for (let again = 1; again < TRIES && left.length > 0; again++) {
        await step.sleep(`wait-${again}`, '1m')
        const places = left
        left = await step.run(`report-${again}`, () => report(places))
      }
      return { left: left.length }
    },
  )
}
