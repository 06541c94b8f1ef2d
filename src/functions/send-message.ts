import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { seesAll } from '../core/permissions.ts'
import { sendMessages } from '../inbox/send-messages.ts'
import type { Services } from '../sync/context.ts'

/** Waits of one run; what still waits then is found by recover-sends. */
const TRIES = 20

/** Longer waits are the sweep's, which looks each minute: a run for each of its looks would pile up. */
const LONGEST_WAIT_MS = 60_000

/** One sender at a time per conversation, so that answers arrive in the order they were written. */
export function sendMessageFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    {
      id: 'send-message',
      triggers: [{ event: 'inbox/message.queued' }],
      concurrency: { key: 'event.data.conversationId', limit: 1 },
      retries: 3,
    },
    async ({ event, step }) => {
      const { workspaceId, conversationId } = events['inbox/message.queued'].parse(event.data)
      for (let n = 0; n < TRIES; n++) {
        const sent = await step.run(`send-${n}`, () => {
          const { db, emit, blobs, whatsapp, sealing, now } = services()
          const actor = { kind: 'system' as const }
          return sendMessages(
            { db, emit, blobs, whatsapp, sealing, workspaceId, actor, sees: seesAll, now: now() },
            conversationId,
          )
        })
        if (sent.kind === 'done') return sent
        if (sent.afterMs > LONGEST_WAIT_MS) break
        await step.sleep(`wait-${n}`, sent.afterMs)
      }
      return { kind: 'left to recover-sends' }
    },
  )
}
