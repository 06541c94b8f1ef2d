import type { Inngest } from 'inngest'
import { activeConnections } from '../db/connections.ts'
import { type Services, syncContext } from '../sync/context.ts'
import { rereadSettings } from '../sync/set-up-again.ts'

/** Owners and stages of every CRM each night; one that is out of reach is read the next. */
export function rereadSettingsFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    { id: 'reread-settings', triggers: [{ cron: '30 6 * * *' }], concurrency: 1, retries: 1 },
    async ({ step }) => {
      const rows = await step.run('ask', async () => [...(await activeConnections(services().db))])
      const failed: { connectionId: string; reason: string }[] = []
      for (const { workspaceId, connectionId } of rows) {
        const reason = await step.run(`reread ${connectionId}`, async () => {
          try {
            await rereadSettings(syncContext(services(), workspaceId), connectionId, { kind: 'system' })
            return null
          } catch (error) {
            return error instanceof Error ? error.message : String(error)
          }
        })
        if (reason !== null) failed.push({ connectionId, reason })
      }
      return { read: rows.length - failed.length, failed }
    },
  )
}
