import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { allChannels } from '../db/channels.ts'
import { checkChannel } from '../inbox/check-channel.ts'
import type { Services } from '../sync/context.ts'

/** Every number each night, and one that was just connected: each in a run of its own, so that none waits for another. */
export function checkChannelFunctions(inngest: Inngest, services: () => Services) {
  return [
    inngest.createFunction(
      // At night in the Americas and in Europe.
      { id: 'check-channels', triggers: [{ cron: '40 6 * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('ask', async () => {
          const { db, emit } = services()
          const rows = await allChannels(db)
          if (rows.length > 0) await emit(rows.map(data => ({ name: 'inbox/check.due' as const, data: { ...data } })))
          return rows.length
        }),
    ),
    inngest.createFunction(
      { id: 'check-channel', triggers: [{ event: 'inbox/check.due' }], concurrency: 5, retries: 1 },
      async ({ event, step }) => {
        const { workspaceId, channelId } = events['inbox/check.due'].parse(event.data)
        return step.run('check', async () => {
          const { db, whatsapp, sealing, metaApp, appUrl, fetch, now } = services()
          const context = { db, whatsapp, sealing, metaApp, appUrl, fetch, workspaceId, now: now() }
          const { checks } = await checkChannel(context, channelId)
          return { failed: checks.filter(({ state }) => state === 'failed').map(({ id }) => id) }
        })
      },
    ),
  ]
}
