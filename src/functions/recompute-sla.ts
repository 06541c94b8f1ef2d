import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { workspacesToRecompute } from '../db/recomputes.ts'
import { recomputeSlice } from '../inbox/recompute-sla.ts'
import type { Services } from '../sync/context.ts'

/** Slices of one run; what is left then is found by the sweep. */
const SLICES = 100

/** A slice is a step, so that a crash costs one. */
export function recomputeSlaFunctions(inngest: Inngest, services: () => Services) {
  return [
    inngest.createFunction(
      {
        id: 'recompute-sla',
        triggers: [{ event: 'inbox/sla.changed' }],
        concurrency: { key: 'event.data.workspaceId', limit: 1 },
        retries: 3,
      },
      async ({ event, step }) => {
        const { workspaceId } = events['inbox/sla.changed'].parse(event.data)
        for (let n = 0; n < SLICES; n++) {
          const { db, now } = services()
          const went = await step.run(`slice-${n}`, () => recomputeSlice({ db, workspaceId, now: now() }))
          if (went === 'done') return n
        }
        return SLICES
      },
    ),
    inngest.createFunction(
      { id: 'recover-recomputes', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('recover', async () => {
          const { db, emit } = services()
          const rows = await workspacesToRecompute(db)
          if (rows.length > 0) await emit(rows.map(data => ({ name: 'inbox/sla.changed' as const, data: { ...data } })))
          return rows.length
        }),
    ),
  ]
}
