import { spokenBy } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import type { TicketRow } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { insertNotes, type NoteRow } from '../db/collaboration.ts'
import type { InboxConfig } from '../db/inbox-config.ts'
import { tellOfNote } from '../db/outbox.ts'
import { nameOf } from './assign-ticket.ts'
import { changeTicket } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'
import { notify } from './notify.ts'
import { wake } from './tell.ts'

/** `id` and `authorName`: of a note that somebody wrote elsewhere, so that it is the same note however often it is told. */
export type NoteInput = { text: string; mentions?: string[]; id?: string; authorName?: string | null }

/**
 * A private remark. It is no answer, moves no clock, and only CRMs that are set to carry notes are told. Throws `not found` for
 * who is no agent.
 */
export async function addNote(ctx: InboxContext, ticketId: string, input: NoteInput): Promise<NoteRow> {
  let note: NoteRow | undefined
  let told: string[] = []
  await changeTicket(ctx, ticketId, (ticket, config) => {
    const made = noteRow(ctx, ticket, config, input)
    note = made
    const also = async (tx: Tx) => {
      told = await writeNote(tx, ctx, made)
    }
    return noteMove(made, also)
  })
  if (!note) throw new Error('The note was not made')
  if (told.length > 0) await wake(ctx, told)
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

function noteMove(note: NoteRow, also: (tx: Tx) => Promise<void>) {
  return {
    values: {},
    events: [{ kind: 'noted' as const, data: { noteId: note.id, mentions: note.mentions } }],
    action: 'note added',
    beside: { before: {}, after: { noteId: note.id, text: note.text, mentions: note.mentions } },
    also,
    private: true as const,
  }
}

/** Whoever is named in it is told. Returns the connections that hear of notes, to be woken after commit. */
export async function writeNote(tx: Tx, ctx: InboxContext, note: NoteRow): Promise<string[]> {
  await insertNotes(tx, [note])
  const { mentions: agentIds, ticketId, id } = note
  await notify(tx, ctx, [{ agentIds, kind: 'mentioned', key: id, ticketId, data: { noteId: id } }])
  const told = await tellOfNote(tx, ctx.workspaceId, id, ctx.now, spokenBy(ctx.actor))
  return told.map(({ connectionId }) => connectionId)
}
