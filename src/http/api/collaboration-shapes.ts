/** Notes, tasks and presence as the API shows them. */
import { z } from '@hono/zod-openapi'
import { type NoteRow, type PresenceRow, presenceKinds, type TaskRow } from '../../db/collaboration.ts'
import { instant, iso } from './shapes.ts'

export const noteShape = z
  .object({
    ...{ id: z.uuid(), ticketId: z.uuid(), text: z.string(), author: z.string(), mentions: z.array(z.uuid()) },
    createdAt: instant,
  })
  .openapi('Note')
export const taskShape = z
  .object({
    ...{ id: z.uuid(), ticketId: z.uuid(), title: z.string(), ownerId: z.uuid().nullable() },
    ...{ dueAt: instant, doneAt: instant, createdAt: instant },
  })
  .openapi('Task')
export const presenceShape = z
  .object({ agentId: z.uuid(), name: z.string(), kind: z.enum(presenceKinds), until: instant })
  .openapi('Presence')

export function showNote({ id, ticketId, text, authorName, mentions, createdAt }: NoteRow) {
  return { id, ticketId, text, author: authorName, mentions, createdAt: iso(createdAt) }
}

export function showTask({ id, ticketId, title, ownerId, dueAt, doneAt, createdAt }: TaskRow) {
  return { id, ticketId, title, ownerId, dueAt: iso(dueAt), doneAt: iso(doneAt), createdAt: iso(createdAt) }
}

export function showPresence({ agentId, name, kind, expiresAt }: PresenceRow) {
  return { agentId, name, kind, until: iso(expiresAt) }
}
