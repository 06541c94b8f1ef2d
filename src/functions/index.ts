/** All durable functions: when, how often, how many at once, what is retried. The rules are elsewhere. */
import type { Inngest, InngestFunction } from 'inngest'
import { serve } from 'inngest/hono'
import type { Services } from '../sync/context.ts'
import { applyDeliveryFunction } from './apply-delivery.ts'
import { carryHistoryFunctions } from './carry-history.ts'
import { checkChannelFunctions } from './check-channels.ts'
import { fetchMediaFunction } from './fetch-media.ts'
import { flushOutboxFunction } from './flush-outbox.ts'
import { followChangesFunctions } from './follow-changes.ts'
import { forgetIdempotencyKeysFunction } from './forget-idempotency-keys.ts'
import { pollFeedFunctions } from './poll-feeds.ts'
import { recomputeSlaFunctions } from './recompute-sla.ts'
import { recoverFunctions } from './recover.ts'
import { reportFiguresFunction } from './report-figures.ts'
import { rereadSettingsFunction } from './reread-settings.ts'
import { sendMessageFunction } from './send-message.ts'
import { sendNotificationMailsFunction } from './send-notification-mails.ts'
import { sendWebhooksFunction } from './send-webhooks.ts'
import { serveQueueFunctions } from './serve-queue.ts'
import { sweepSlaFunction } from './sweep-sla.ts'
import { sweepTicketsFunction } from './sweep-tickets.ts'
import { syncTemplatesFunction } from './sync-templates.ts'
import { watchFieldsFunctions } from './watch-fields.ts'

/** `services` is asked at each run: on Workers every request has a database connection of its own. */
export function createFunctions(inngest: Inngest, services: () => Services): InngestFunction.Any[] {
  return [
    flushOutboxFunction(inngest, services),
    sendMessageFunction(inngest, services),
    fetchMediaFunction(inngest, services),
    syncTemplatesFunction(inngest, services),
    applyDeliveryFunction(inngest, services),
    ...pollFeedFunctions(inngest, services),
    ...carryHistoryFunctions(inngest, services),
    ...watchFieldsFunctions(inngest, services),
    rereadSettingsFunction(inngest, services),
    reportFiguresFunction(inngest, services),
    sweepSlaFunction(inngest, services),
    ...serveQueueFunctions(inngest, services),
    ...recomputeSlaFunctions(inngest, services),
    sendNotificationMailsFunction(inngest, services),
    sweepTicketsFunction(inngest, services),
    ...followChangesFunctions(inngest, services),
    sendWebhooksFunction(inngest, services),
    ...checkChannelFunctions(inngest, services),
    forgetIdempotencyKeysFunction(inngest, services),
    ...recoverFunctions(inngest, services),
  ]
}

export const SERVE_PATH = '/api/inngest'

/** The handler of `/api/inngest`. The origin is fixed: it is never taken from a request. */
export function serveFunctions(inngest: Inngest, services: () => Services, serveOrigin: string) {
  return serve({
    client: inngest,
    functions: createFunctions(inngest, services),
    serveOrigin,
    servePath: SERVE_PATH,
    // An unsigned sync would make the app register itself wherever a forged Host header says.
    enableUnauthedSync: false,
  })
}
