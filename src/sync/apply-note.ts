/** What somebody noted in the CRM, for their colleagues, is a note on the ticket here. */
import type { RemoteChange } from '../connectors/contract.ts'
import { seesAll } from '../core/permissions.ts'
import { notesOfTicket } from '../db/collaboration.ts'
import { linksByRemote } from '../db/links.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { addNote } from '../inbox/add-note.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

/** Once, however often it is told. On a ticket of theirs that is none of ours it says nothing. */
export async function applyNote(
  ctx: SyncContext,
  { row }: OpenConnection,
  { remoteId, ticketRemoteId, text, author }: Extract<RemoteChange, { kind: 'note' }>,
): Promise<void> {
  const { id: connectionId, name } = row
  const id = await idOf(`${connectionId} ${remoteId}`)
  const ticketId = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [link] = await linksByRemote(tx, connectionId, 'ticket', [ticketRemoteId])
    const isKnown = link && (await notesOfTicket(tx, link.recordId)).some(note => note.id === id)
    return isKnown ? undefined : link?.recordId
  })
  if (!ticketId) return
  const { db, workspaceId, now, emit } = ctx
  const actor = { kind: 'connection', connectionId, name } as const
  await addNote({ db, workspaceId, now, emit, actor, sees: seesAll }, ticketId, { text, id, authorName: author.name })
}

/** A UUID of its own making (RFC 9562, version 8), the same for the same note. */
async function idOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).slice(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
