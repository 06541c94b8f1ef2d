import { AppError } from '../core/errors.ts'
import { summarizeMessage } from '../core/rendering.ts'
import { ticketNumber } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
import { insertTickets, takeTicketNumbers, writeTogether } from '../db/arrivals.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { messageBy } from '../db/messages.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { lockTickets, moveBelongings, ticketById } from '../db/tickets.ts'
import { type TicketMove, writeMove } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'
import { wake } from './tell.ts'

/**
 * What was written from this message on becomes a ticket of its own, with the owner, team, priority and tags of the old one
 * and its state; the old one is resolved, for a conversation has one open ticket. Merging them takes it back. Throws
 * `not found` for a message that is not of the ticket, `impossible move` for the first of it.
 */
export async function splitTicket(ctx: InboxContext, ticketId: string, messageId: string): Promise<TicketRow> {
  const { connectionIds, newTicketId } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [[old], config, message] = await Promise.all([
      lockTickets(tx, ctx.sees, [ticketId]),
      loadInboxConfig(tx, ctx.workspaceId),
      messageBy(tx, { id: messageId }),
    ])
    if (!old) throw new AppError('not found', { what: 'ticket' })
    if (message?.ticketId !== ticketId || message.conversationId !== old.conversationId) {
      throw new AppError('not found', { what: 'message' })
    }
    if (old.mergedInto || message.providerAt <= old.openedAt)
      throw new AppError('impossible move', { state: old.state })
    const isOpen = old.state !== 'resolved'
    const { id: _, board: __, ...kept } = old
    const fresh: TicketRow = {
      ...kept,
      ...{ id: newId(), number: 0, subject: summarizeMessage(message, config.language), escalationLevel: 0 },
      ...{
        openedAt: message.providerAt,
        stateAt: isOpen ? old.stateAt : ctx.now,
        createdAt: ctx.now,
        updatedAt: ctx.now,
      },
      ...{ version: 1, snoozedAt: null, snoozedUntil: null, mergedInto: null },
    }
    const leaving: TicketMove = {
      values: isOpen
        ? { state: 'resolved', stateAt: ctx.now, resolvedAt: ctx.now, snoozedAt: null, snoozedUntil: null }
        : {},
      events: [
        ...(isOpen ? [{ kind: 'resolved' as const }] : []),
        { kind: 'split', data: { into: fresh.id, messageId } },
      ],
      action: 'ticket split',
    }
    // The old one first: a conversation has one open ticket.
    const told = await writeMove(tx, ctx, config, old, leaving, ctx.now)
    await writeTogether(tx, [
      { name: 'numbered', query: takeTicketNumbers(tx, [fresh]) },
      { name: 'tickets_made', query: insertTickets(tx, [fresh]) },
    ])
    const moved = await moveBelongings(tx, old.id, fresh.id, { at: message.providerAt, messageId })
    const made = await ticketById(tx, fresh.id)
    if (!made) throw new Error('The new ticket is not there')
    const opening: TicketMove = {
      values: {},
      events: [
        { kind: 'opened' },
        ...(made.state === 'waiting' ? [{ kind: 'answered' as const }] : []),
        { kind: 'split', data: { from: old.id, number: ticketNumber(old.number), moved } },
      ],
      action: 'ticket split',
    }
    told.push(...(await writeMove(tx, ctx, config, made, opening, message.providerAt)))
    return { connectionIds: told, newTicketId: fresh.id }
  })
  await wake(ctx, [...new Set(connectionIds)])
  const made = await inWorkspace(ctx.db, ctx.workspaceId, tx => ticketById(tx, newTicketId))
  if (!made) throw new AppError('not found', { what: 'ticket' })
  return made
}
