import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { applyDeliveries } from '../sync/apply-deliveries.ts'
import type { Services } from '../sync/context.ts'
import { syncContext } from '../sync/context.ts'

const TRIES = 10

/** A CRM's webhooks come one property at a time: a second of quiet, and what was touched is read once. */
export function applyDeliveryFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    {
      id: 'apply-delivery',
      triggers: [{ event: 'sync/delivery.received' }],
      debounce: { key: 'event.data.connectionId', period: '1s', timeout: '3s' },
      concurrency: { key: 'event.data.connectionId', limit: 1 },
      retries: 3,
    },
    async ({ event, step }) => {
      const { workspaceId, connectionId } = events['sync/delivery.received'].parse(event.data)
      for (let n = 0; n < TRIES; n++) {
        const applied = await step.run(`apply-${n}`, () =>
          applyDeliveries(syncContext(services(), workspaceId), connectionId),
        )
        if (applied.kind === 'done') return applied
        await step.sleep(`wait-${n}`, applied.afterMs)
      }
      return { kind: 'left to recover-changes' }
    },
  )
}
