/** What the embedded engine does not do, and therefore does not begin to do. Inngest's server takes all of it. */
import type { InngestFunction } from 'inngest'
import type { Kit } from '../case.ts'

export const refusals: { what: string; functions(kit: Kit): InngestFunction.Any[] }[] = [
  refusal('rateLimit', { rateLimit: { limit: 1, period: '1m' } }),
  refusal('singleton', { singleton: { mode: 'skip' } }),
  refusal('priority', { priority: { run: '100' } }),
  refusal('timeouts', { timeouts: { start: '1m' } }),
  refusal('concurrency with scope env', { concurrency: { limit: 1, scope: 'env', key: '"all"' } }),
  refusal('batchEvents.if', { batchEvents: { maxSize: 2, timeout: '5s', if: 'event.data.n > 1' } }),
  {
    what: 'the trigger inngest/function.finished',
    functions: ({ inngest }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: 'inngest/function.finished' } }, () => 1),
    ],
  },
  {
    what: 'CEL expression',
    functions: ({ inngest, event }) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('a'), if: 'event.data.(' } }, () => 1),
    ],
  },
]

function refusal(what: string, options: object) {
  return {
    what,
    functions: ({ inngest, event }: Kit) => [
      inngest.createFunction({ id: 'fn', triggers: { event: event('a') }, ...options }, () => 1),
    ],
  }
}
