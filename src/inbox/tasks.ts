/** What somebody of the team has to do for a ticket. */
import { changesOf } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { insertTasks, type TaskRow, taskById, updateTask } from '../db/collaboration.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { changeTicket } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'

export type TaskInput = { title: string; ownerId?: string | null; dueAt?: Date | null }

/** Throws `not found` for an owner who is not of the workspace. */
export async function addTask(ctx: InboxContext, ticketId: string, input: TaskInput): Promise<TaskRow> {
  const task: TaskRow = {
    ...{ id: newId(), workspaceId: ctx.workspaceId, ticketId, title: input.title, ownerId: input.ownerId ?? null },
    ...{ dueAt: input.dueAt ?? null, createdAt: ctx.now, doneAt: null, remindedAt: null },
  }
  await changeTicket(ctx, ticketId, (_, { agents }) => {
    checkOwner(agents, task.ownerId)
    return {
      ...{ values: {}, events: [{ kind: 'task added', data: { taskId: task.id, ownerId: task.ownerId } }] },
      ...{
        action: 'task added',
        beside: changesOf({}, shown(task)),
        also: tx => insertTasks(tx, [task]),
        private: true,
      },
    }
  })
  return task
}

/** `done` ends it, or takes that back. A new due time reminds anew. */
export async function changeTask(
  ctx: InboxContext,
  taskId: string,
  { done, ...input }: Partial<TaskInput> & { done?: boolean | undefined },
): Promise<TaskRow> {
  const known = await inWorkspace(ctx.db, ctx.workspaceId, tx => taskById(tx, taskId))
  if (!known) throw new AppError('not found', { what: 'task' })
  const doneAt = done === undefined ? known.doneAt : done ? (known.doneAt ?? ctx.now) : null
  const remindedAt = input.dueAt !== undefined ? null : known.remindedAt
  const task: TaskRow = { ...known, ...defined(input), doneAt, remindedAt }
  await changeTicket(ctx, known.ticketId, (_, { agents }) => {
    checkOwner(agents, task.ownerId)
    const kind = task.doneAt && !known.doneAt ? 'task done' : 'task changed'
    return {
      ...{ values: {}, events: [{ kind, data: { taskId, ownerId: task.ownerId } }], action: kind },
      ...{ beside: changesOf(shown(known), shown(task)), also: tx => updateTask(tx, task), private: true },
    }
  })
  return task
}

function shown({ id: taskId, title, ownerId, dueAt, doneAt }: TaskRow) {
  return { taskId, title, ownerId, dueAt, doneAt }
}

function checkOwner(agents: { id: string }[], ownerId: string | null) {
  if (ownerId && !agents.some(agent => agent.id === ownerId)) throw new AppError('not found', { what: 'agent' })
}

function defined<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>
}
