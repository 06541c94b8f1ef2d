/** Backfills and reconciliations: a slice is a step, so that a crash costs one; the row says where to go on. */
import type { Inngest } from 'inngest'
import { events } from '../core/events.ts'
import { dueBackfills } from '../db/backfills.ts'
import { activeConnections } from '../db/connections.ts'
import { dueReconciliations } from '../db/reconciliations.ts'
import { type Advanced, advanceBackfill } from '../sync/backfill.ts'
import { type Services, syncContext } from '../sync/context.ts'
import { advanceReconciliation, startNightly } from '../sync/reconcile.ts'

/** Slices of one run; what is left is found by the sweep. */
const SLICES = 100

/** Waits longer than this are the sweep's; ms. */
const PATIENCE_MS = 30_000

export function carryHistoryFunctions(inngest: Inngest, services: () => Services) {
  return [
    inngest.createFunction(
      {
        id: 'run-backfill',
        triggers: [{ event: 'sync/backfill.due' }],
        concurrency: { key: 'event.data.backfillId', limit: 1 },
        retries: 3,
      },
      async ({ event, step }) => {
        const { workspaceId, backfillId } = events['sync/backfill.due'].parse(event.data)
        for (let n = 0; n < SLICES; n++) {
          const went = await step.run(`slice-${n}`, async () =>
            stored(await advanceBackfill(syncContext(services(), workspaceId), backfillId)),
          )
          const waitMs = wait(went, services().now())
          if (waitMs === null) return n
          if (waitMs > 0) await step.sleep(`wait-${n}`, waitMs)
        }
        return SLICES
      },
    ),
    inngest.createFunction(
      {
        id: 'run-reconciliation',
        triggers: [{ event: 'sync/reconciliation.due' }],
        concurrency: { key: 'event.data.reconciliationId', limit: 1 },
        retries: 3,
      },
      async ({ event, step }) => {
        const { workspaceId, reconciliationId } = events['sync/reconciliation.due'].parse(event.data)
        for (let n = 0; n < SLICES; n++) {
          const went = await step.run(`slice-${n}`, async () =>
            stored(await advanceReconciliation(syncContext(services(), workspaceId), reconciliationId)),
          )
          const waitMs = wait(went, services().now())
          if (waitMs === null) return n
          if (waitMs > 0) await step.sleep(`wait-${n}`, waitMs)
        }
        return SLICES
      },
    ),
    inngest.createFunction(
      // At night in the Americas, early in Europe.
      { id: 'reconcile-nightly', triggers: [{ cron: '10 7 * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('start', async () => {
          const rows = await activeConnections(services().db)
          for (const { workspaceId, connectionId } of rows) {
            await startNightly(syncContext(services(), workspaceId), connectionId)
          }
          return rows.length
        }),
    ),
    inngest.createFunction(
      { id: 'recover-history', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
      ({ step }) =>
        step.run('recover', async () => {
          const { db, emit, now } = services()
          const [backfills, reconciliations] = await Promise.all([
            dueBackfills(db, now()),
            dueReconciliations(db, now()),
          ])
          const due = [
            ...backfills.map(data => ({ name: 'sync/backfill.due' as const, data: { ...data } })),
            ...reconciliations.map(data => ({ name: 'sync/reconciliation.due' as const, data: { ...data } })),
          ]
          if (due.length > 0) await emit(due)
          return due.length
        }),
    ),
  ]
}

type Stored = { kind: 'over' } | { kind: 'more'; at: string }

/** Steps are kept as JSON. */
function stored(went: Advanced): Stored {
  return went.kind === 'more' ? { kind: 'more', at: went.at.toISOString() } : went
}

/** Null where the run is over, or the sweep goes on. */
function wait(went: Stored, now: Date): number | null {
  if (went.kind === 'over') return null
  const ms = Math.max(0, new Date(went.at).getTime() - now.getTime())
  return ms > PATIENCE_MS ? null : ms
}
