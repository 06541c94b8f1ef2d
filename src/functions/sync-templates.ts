import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { syncTemplates } from '../inbox/sync-templates.ts'
import type { Services } from '../sync/context.ts'

/** After Meta spoke of a template that is not known here, or says something else now: a burst of news is one reading. */
export function syncTemplatesFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    {
      id: 'sync-templates',
      triggers: [{ event: 'inbox/templates.stale' }],
      debounce: { key: 'event.data.channelId', period: '5s', timeout: '60s' },
      retries: 3,
    },
    async ({ event, step }) => {
      const { workspaceId, channelId } = events['inbox/templates.stale'].parse(event.data)
      return step.run('sync', async () => {
        const { db, whatsapp, sealing, now } = services()
        const synced = await syncTemplates({ db, whatsapp, sealing, workspaceId, now: now() }, channelId)
        // Not the outcome of a bug, but worth another try.
        if (synced.kind === 'throttled' || synced.kind === 'not reached' || synced.kind === 'ambiguous')
          throw new Error(`Templates could not be read: ${synced.reason}`)
        return { kind: synced.kind }
      })
    },
  )
}
