import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { fetchMedia } from '../inbox/fetch-media.ts'
import { lookIntoMedia } from '../inbox/look-into-media.ts'
import type { Services } from '../sync/context.ts'

/** Waits of one run; longer ones are the sweep's, as is what a crash has left. */
const LONGEST_WAIT_MS = 60_000
const TRIES = 3

/** A file at a time would hold up a talkative number, all at once would hold up the others. */
const AT_ONCE = 4

/** The bytes first, then what is in them: a picture that cannot be looked into is here all the same. */
export function fetchMediaFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    {
      id: 'fetch-media',
      triggers: [{ event: 'inbox/media.due' }],
      concurrency: { key: 'event.data.laneId', limit: AT_ONCE },
      retries: 3,
    },
    async ({ event, step }) => {
      const { workspaceId, mediaId } = events['inbox/media.due'].parse(event.data)
      const context = () => {
        const { db, blobs, whatsapp, sealing, thumbnail, now } = services()
        return { db, blobs, whatsapp, sealing, thumbnail, workspaceId, now: now() }
      }
      for (let n = 0; n < TRIES; n++) {
        const fetched = await step.run(`fetch-${n}`, () => fetchMedia(context(), mediaId))
        if (fetched.kind === 'stored' || fetched.kind === 'nothing') break
        if (fetched.kind !== 'retry after') return fetched
        if (fetched.afterMs > LONGEST_WAIT_MS) return { kind: 'left to recover-media' }
        await step.sleep(`wait-${n}`, fetched.afterMs)
      }
      return step.run('look', () => lookIntoMedia(context(), mediaId))
    },
  )
}
