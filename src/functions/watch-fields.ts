import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { activeConnections } from '../db/connections.ts'
import { type Services, syncContext } from '../sync/context.ts'
import { readNewRows } from '../sync/read-new-rows.ts'
import { watchFields } from '../sync/watch-fields.ts'

/** The fields of every CRM each night, each in a run of its own; and rows of mappings that wait until theirs was read. */
export function watchFieldsFunctions(inngest: Inngest, services: () => Services) {
  return [
    inngest.createFunction(
      // Before the nightly reconciliation, which then knows what stands still.
      { id: 'watch-fields-nightly', triggers: [{ cron: '50 6 * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('ask', async () => {
          const { db, emit } = services()
          const rows = await activeConnections(db)
          if (rows.length > 0) await emit(rows.map(data => ({ name: 'sync/fields.due' as const, data: { ...data } })))
          return rows.length
        }),
    ),
    inngest.createFunction(
      { id: 'watch-fields', triggers: [{ event: 'sync/fields.due' }], concurrency: 5, retries: 2 },
      async ({ event, step }) => {
        const { workspaceId, connectionId } = events['sync/fields.due'].parse(event.data)
        return step.run('watch', async () => {
          const open = await watchFields(syncContext(services(), workspaceId), connectionId)
          return { open: open?.length ?? null }
        })
      },
    ),
    inngest.createFunction(
      { id: 'read-new-rows', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('read', async () => {
          const rows = await activeConnections(services().db)
          for (const { workspaceId, connectionId } of rows) {
            await readNewRows(syncContext(services(), workspaceId), connectionId)
          }
          return rows.length
        }),
    ),
  ]
}
