import { AppError } from '../core/errors.ts'
import { afterAssignment } from '../core/ticket.ts'
import type { TicketRow } from '../db/arrivals.ts'
import { noteRow, writeNote } from './add-note.ts'
import { nameOf } from './assign-ticket.ts'
import { changeTicket } from './change-ticket.ts'
import type { InboxContext } from './context.ts'
import { stateAfter } from './move-ticket.ts'

export type HandOver = {
  /** To this agent, to nobody (null), or to a team's queue. */
  agentId?: string | null | undefined
  teamId?: string | undefined
  /** What the next one must know. */
  note: string
}

/** Gives the ticket to somebody else together with a note, in one act. To a team alone it goes without an owner. */
export function handOverTicket(ctx: InboxContext, ticketId: string, to: HandOver): Promise<TicketRow> {
  return changeTicket(ctx, ticketId, (ticket, config) => {
    stateAfter(ticket, 'hand over')
    const ownerId = to.agentId ?? null
    if (ownerId && !config.agents.some(agent => agent.id === ownerId))
      throw new AppError('not found', { what: 'agent' })
    if (to.teamId && !config.teams.some(team => team.id === to.teamId))
      throw new AppError('not found', { what: 'team' })
    const state = afterAssignment(ticket.state, ownerId)
    const reason = { kind: 'by hand' as const, by: nameOf(ctx.actor) }
    const note = noteRow(ctx, ticket, config, { text: to.note, mentions: ownerId ? [ownerId] : [] })
    const teamId = to.teamId ?? ticket.teamId
    return {
      values: {
        ...{ ownerId, teamId, state, assignmentReason: reason },
        stateAt: state === ticket.state ? ticket.stateAt : ctx.now,
      },
      events: [
        { kind: 'assigned', data: { ownerId, teamId, reason } },
        { kind: 'handed over', data: { noteId: note.id, from: ticket.ownerId, mentions: note.mentions } },
      ],
      action: 'ticket handed over',
      also: tx => writeNote(tx, ctx, note),
    }
  })
}
