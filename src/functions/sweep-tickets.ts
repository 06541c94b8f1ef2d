import type { Inngest } from 'inngest'
import { ticketsToClose, ticketsToWake, workspacesWithDueTasks } from '../db/sweeps.ts'
import { closeWaiting, remindOfTasks, wakeDue } from '../inbox/sweep-tickets.ts'
import type { Services } from '../sync/context.ts'

/** Of each kind in one run; what is left is found by the next, a minute later. */
const AT_ONCE = 500

export function sweepTicketsFunction(inngest: Inngest, services: () => Services) {
  return inngest.createFunction(
    { id: 'sweep-tickets', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
    async ({ step }) => ({
      woken: await step.run('wake', async () => {
        const { db, now, emit } = services()
        const at = now()
        const due = await ticketsToWake(db, at, AT_ONCE)
        for (const { workspaceId, ticketId } of due) await wakeDue({ db, emit, workspaceId, now: at }, ticketId)
        return due.length
      }),
      closed: await step.run('close', async () => {
        const { db, now, emit } = services()
        const at = now()
        const due = await ticketsToClose(db, at, AT_ONCE)
        for (const { workspaceId, ticketId } of due) await closeWaiting({ db, emit, workspaceId, now: at }, ticketId)
        return due.length
      }),
      reminded: await step.run('remind', async () => {
        const { db, now } = services()
        const at = now()
        let count = 0
        for (const { workspaceId } of await workspacesWithDueTasks(db, at)) {
          count += await remindOfTasks({ db, workspaceId, now: at })
        }
        return count
      }),
    }),
  )
}
