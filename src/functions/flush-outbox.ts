import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import type { Services } from '../sync/context.ts'
import { syncContext } from '../sync/context.ts'
import { flushOutbox } from '../sync/flush-outbox.ts'

/** Passes of one run; what is left then is found by recover-outbox. */
const PASSES = 50

/** Waits shorter than this are slept through; longer ones are left to recover-outbox. ms */
const PATIENCE_MS = 60_000

/**
 * One flush at a time per connection, a second after the last change, or five after the first: a burst becomes few
 * batches.
 */
export function flushOutboxFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    {
      id: 'flush-outbox',
      triggers: [{ event: 'sync/outbox.dirty' }],
      debounce: { key: 'event.data.connectionId', period: '1s', timeout: '5s' },
      concurrency: { key: 'event.data.connectionId', limit: 1 },
      retries: 3,
    },
    async ({ event, step }) => {
      const { workspaceId, connectionId } = events['sync/outbox.dirty'].parse(event.data)
      for (let pass = 0; pass < PASSES; pass++) {
        const flushed = await step.run(`flush-${pass}`, async () => {
          const result = await flushOutbox(syncContext(services(), workspaceId), connectionId)
          return result.kind === 'more' ? { kind: result.kind, at: result.at.toISOString() } : result
        })
        if (flushed.kind !== 'more') return flushed
        const waitMs = new Date(flushed.at).getTime() - services().now().getTime()
        if (waitMs > PATIENCE_MS) return flushed
        if (waitMs > 0) await step.sleepUntil(`wait-${pass}`, new Date(flushed.at))
      }
      return { kind: 'more' }
    },
  )
}
