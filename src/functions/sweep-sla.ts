import type { Inngest } from 'inngest'
import { workspacesWithDueEscalations } from '../db/escalations.ts'
import { workspacesWithDueClocks } from '../db/sweeps.ts'
import { escalateNext } from '../inbox/escalate.ts'
import { sweepSla } from '../inbox/sweep-sla.ts'
import type { Services } from '../sync/context.ts'
import { asSystem } from './as-system.ts'

/** Steps of one sweep; after a long standstill the next minute takes the rest. */
const STEPS = 200

/** Warnings and breaches first, because they set chains in motion; then the steps of chains that are due. */
export function sweepSlaFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    { id: 'sweep-sla', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
    async ({ step }) => {
      const swept = await step.run('sweep', () => sweep(services()))
      const escalated = await step.run('escalate', () => escalate(services()))
      return { ...swept, ...escalated }
    },
  )
}

async function sweep({ db, now }: Services) {
  const at = now()
  const counts = { breached: 0, warned: 0 }
  for (const { workspaceId } of await workspacesWithDueClocks(db, at)) {
    const { breached, warned } = await sweepSla({ db, workspaceId, now: at })
    counts.breached += breached
    counts.warned += warned
  }
  return counts
}

async function escalate(services: Services) {
  const counts = { taken: 0, stopped: 0 }
  for (const { workspaceId } of await workspacesWithDueEscalations(services.db, services.now())) {
    for (let n = 0; n < STEPS; n++) {
      const outcome = await escalateNext(asSystem(services, workspaceId))
      if (outcome === 'none') break
      counts[outcome]++
    }
  }
  return counts
}
