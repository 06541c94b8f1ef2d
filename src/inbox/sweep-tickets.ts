/** What time does to tickets: wakes them, closes those that nobody came back to, and reminds of tasks. */
import { seesAll } from '../core/permissions.ts'
import { insertTicketEvents, type TicketEventRow } from '../db/arrivals.ts'
import { autoCloseDays, takeDueTasks } from '../db/collaboration.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { changeTicket } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'
import { notify } from './notify.ts'
import { wakeTicket } from './snooze-ticket.ts'

type SweepContext = Pick<InboxContext, 'db' | 'workspaceId' | 'now' | 'emit'>

/** Wakes a ticket whose time has come; it stays asleep where somebody has set another time since. */
export function wakeDue(ctx: SweepContext, ticketId: string) {
  return wakeTicket({ ...ctx, actor: { kind: 'system' }, sees: seesAll }, ticketId, ctx.now)
}

/** Resolves a ticket that has waited on the customer for as long as the workspace lets it, and says why. */
export async function closeWaiting(ctx: SweepContext, ticketId: string) {
  const days = await inWorkspace(ctx.db, ctx.workspaceId, tx => autoCloseDays(tx))
  if (days === null) return
  const since = new Date(ctx.now.getTime() - days * 86_400_000)
  await changeTicket({ ...ctx, actor: { kind: 'system' }, sees: seesAll }, ticketId, ticket =>
    ticket.state !== 'waiting' || ticket.snoozedAt || ticket.stateAt > since
      ? null
      : {
          values: { state: 'resolved', stateAt: ctx.now, resolvedAt: ctx.now },
          events: [{ kind: 'resolved', data: { because: 'customer silent', days } }],
          action: 'ticket closed by itself',
        },
  )
}

/** The chronology says that a task is due, which its owner is told by; each task once. */
export function remindOfTasks(ctx: Omit<SweepContext, 'emit'>): Promise<number> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const tasks = await takeDueTasks(tx, ctx.now)
    const events: TicketEventRow[] = tasks.map(task => ({
      ...{ id: newId(), workspaceId: ctx.workspaceId, ticketId: task.ticketId, kind: 'task due' },
      ...{ at: task.dueAt ?? ctx.now, recordedAt: ctx.now, actor: { kind: 'system' } },
      data: { taskId: task.id, ownerId: task.ownerId, mentions: task.ownerId ? [task.ownerId] : [] },
    }))
    const notices = tasks.map(task => ({
      ...{ agentIds: task.ownerId ? [task.ownerId] : [], kind: 'task due' as const, ticketId: task.ticketId },
      ...{ key: `${task.id} ${task.dueAt?.toISOString()}`, data: { taskId: task.id, title: task.title } },
    }))
    if (events.length > 0) await insertTicketEvents(tx, events)
    await notify(tx, ctx, notices)
    return tasks.length
  })
}
