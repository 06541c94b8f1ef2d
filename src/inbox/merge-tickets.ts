/** Two tickets of one contact made one, and parted again. */
import { spokenBy } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { priorities, ticketNumber } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { inWorkspace } from '../db/tenancy.ts'
import {
  type Belongings,
  lockTickets,
  moveBelongings,
  openTicketsOf,
  returnBelongings,
  ticketEvents,
} from '../db/tickets.ts'
import { type TicketMove, writeMove } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { wake } from './tell.ts'

/** What is needed to part them again; in the data of the event. */
type Merged = {
  into: string
  moved: Belongings
  before: { state: TicketRow['state']; tags: string[]; priority: TicketRow['priority'] }
  after: { tags: string[]; priority: TicketRow['priority'] }
}

/**
 * Puts all that is of the ticket into the other one of the same contact: messages, notes, tasks, tags, the higher priority.
 * It is resolved, and both say so. Throws `not found`, `other contact`, `impossible move`.
 */
export async function mergeTickets(ctx: InboxContext, ticketId: string, intoId: string): Promise<TicketRow> {
  const { connectionIds, into } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [[from, into], config] = await Promise.all([
      lockTickets(tx, ctx.sees, [ticketId, intoId]),
      loadInboxConfig(tx, ctx.workspaceId),
    ])
    if (!from || !into) throw new AppError('not found', { what: 'ticket' })
    if (from.contactId !== into.contactId) throw new AppError('other contact')
    const isOver = into.state === 'resolved' && from.state !== 'resolved'
    if (from.id === into.id || from.mergedInto || into.mergedInto || isOver) {
      throw new AppError('impossible move', { state: from.mergedInto ? from.state : into.state })
    }
    const moved = await moveBelongings(tx, from.id, into.id)
    const after = {
      tags: [...new Set([...into.tags, ...from.tags])],
      priority: priorities.indexOf(from.priority) > priorities.indexOf(into.priority) ? from.priority : into.priority,
    }
    const before = { state: from.state, tags: into.tags, priority: into.priority }
    const merged: Merged = { into: into.id, moved, before, after }
    const ended: TicketMove['events'] = from.state === 'resolved' ? [] : [{ kind: 'resolved' }]
    const leaving: TicketMove = {
      values: {
        ...{ mergedInto: into.id, snoozedAt: null, snoozedUntil: null },
        ...(from.state === 'resolved' ? {} : { state: 'resolved', stateAt: ctx.now, resolvedAt: ctx.now }),
      },
      events: [...ended, { kind: 'merged', data: { ...merged, number: ticketNumber(into.number) } }],
      action: 'ticket merged',
    }
    const taking: TicketMove = {
      values: after,
      events: [{ kind: 'merged', data: { from: from.id, number: ticketNumber(from.number) } }],
      action: 'ticket merged',
    }
    const written = [
      ...(await writeMove(tx, ctx, config, from, leaving, ctx.now)),
      ...(await writeMove(tx, ctx, config, into, taking, ctx.now)),
    ]
    return { connectionIds: written, into: { ...into, ...after } }
  })
  await wake(ctx, [...new Set(connectionIds)])
  return into
}

/**
 * Gives back what a merge put into the other ticket and is still there. The ticket is in its state of before, unless the
 * conversation has an open one by now: then it stays resolved. Throws `nothing to undo`.
 */
export async function unmergeTicket(ctx: InboxContext, ticketId: string): Promise<TicketRow> {
  const { connectionIds, from } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const merged = (await ticketEvents(tx, ticketId)).findLast(
      ({ kind, data }) => kind === 'merged' && (data as Merged).into !== undefined,
    )?.data as Merged | undefined
    const ids = [ticketId, ...(merged ? [merged.into] : [])]
    const [[from, into], config] = await Promise.all([
      lockTickets(tx, ctx.sees, ids),
      loadInboxConfig(tx, ctx.workspaceId),
    ])
    if (!from) throw new AppError('not found', { what: 'ticket' })
    if (!merged || !into || from.mergedInto !== into.id) throw new AppError('nothing to undo')
    await returnBelongings(tx, into.id, from.id, merged.moved)
    const reopens = merged.before.state !== 'resolved' && !(await hasOpenTicket(tx, from.conversationId))
    const values: TicketMove['values'] = {
      mergedInto: null,
      ...(reopens ? { state: merged.before.state, stateAt: ctx.now, resolvedAt: null } : {}),
    }
    const events: TicketMove['events'] = [...(reopens ? [{ kind: 'reopened' as const }] : [])]
    const data = { number: ticketNumber(into.number) }
    const leaving: TicketMove = { values, events: [...events, { kind: 'unmerged', data }], action: 'ticket unmerged' }
    const giving: TicketMove = {
      values: restored(into, merged),
      events: [{ kind: 'unmerged', data: { number: ticketNumber(from.number) } }],
      action: 'ticket unmerged',
    }
    const written = [
      ...(await writeMove(tx, ctx, config, into, giving, ctx.now, spokenBy(ctx.actor))),
      ...(await writeMove(tx, ctx, config, from, leaving, ctx.now)),
    ]
    return { connectionIds: written, from: { ...from, ...values } }
  })
  await wake(ctx, [...new Set(connectionIds)])
  return from
}

/** What nobody has changed since is as it was. */
function restored(into: TicketRow, { before, after }: Merged): TicketMove['values'] {
  const sameTags = into.tags.length === after.tags.length && into.tags.every(tag => after.tags.includes(tag))
  return {
    ...(sameTags ? { tags: before.tags } : {}),
    ...(into.priority === after.priority ? { priority: before.priority } : {}),
  }
}

async function hasOpenTicket(tx: Tx, conversationId: string): Promise<boolean> {
  return (await openTicketsOf(tx, conversationId)).length > 0
}
