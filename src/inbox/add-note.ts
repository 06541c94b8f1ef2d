import { AppError } from '../core/errors.ts'
import type { TicketRow } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { insertNotes, type NoteRow } from '../db/collaboration.ts'
import type { InboxConfig } from '../db/inbox-config.ts'
import { nameOf } from './assign-ticket.ts'
import { changeTicket } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'
import { notify } from './notify.ts'

/** `id` and `authorName`: of a note that somebody wrote elsewhere, so that it is the same note however often it is told. */
export type NoteInput = { text: string; mentions?: string[]; id?: string; authorName?: string | null }

/** A private remark. It is no answer, moves no clock, and no CRM is told of it. Throws `not found` for who is no agent. */
export async function addNote(ctx: InboxContext, ticketId: string, input: NoteInput): Promise<NoteRow> {
  let note: NoteRow | undefined
  await changeTicket(ctx, ticketId, (ticket, config) => {
    note = noteRow(ctx, ticket, config, input)
    return noteMove(ctx, note)
  })
  if (!note) throw new Error('The note was not made')
  return note
}

export function noteRow(ctx: InboxContext, ticket: TicketRow, config: InboxConfig, input: NoteInput): NoteRow {
  const mentions = [...new Set(input.mentions ?? [])]
  if (mentions.some(id => !config.agents.some(agent => agent.id === id)))
    throw new AppError('not found', { what: 'agent' })
  return {
    ...{ id: input.id ?? newId(), workspaceId: ctx.workspaceId, ticketId: ticket.id, text: input.text, mentions },
    ...{ author: ctx.actor, authorName: input.authorName ?? nameOf(ctx.actor), createdAt: ctx.now },
  }
}

function noteMove(ctx: InboxContext, note: NoteRow) {
  return {
    values: {},
    events: [{ kind: 'noted' as const, data: { noteId: note.id, mentions: note.mentions } }],
    action: 'note added',
    beside: { before: {}, after: { noteId: note.id, text: note.text, mentions: note.mentions } },
    also: (tx: Tx) => writeNote(tx, ctx, note),
    private: true as const,
  }
}

/** Whoever is named in it is told. */
export async function writeNote(tx: Tx, ctx: InboxContext, note: NoteRow): Promise<void> {
  await insertNotes(tx, [note])
  const { mentions: agentIds, ticketId, id } = note
  await notify(tx, ctx, [{ agentIds, kind: 'mentioned', key: id, ticketId, data: { noteId: id } }])
}
