/** What a CRM says of a record of ours, done in the inbox as people do it. */
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { agentBy } from '../db/tickets.ts'
import { assignTicket } from '../inbox/assign-ticket.ts'
import type { InboxContext } from '../inbox/context.ts'
import { updateContact } from '../inbox/update-contact.ts'
import { updateTicket } from '../inbox/update-ticket.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

/** The connection speaks: everybody else is told. False where the inbox does not allow it: then ours is told back. */
export async function carryOut(
  ...[ctx, connection, object, recordId, values, at]: Parameters<typeof speak>
): Promise<boolean> {
  try {
    await speak(ctx, connection, object, recordId, values, at)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

async function speak(
  ctx: SyncContext,
  connection: OpenConnection,
  object: 'contact' | 'ticket',
  recordId: string,
  values: Record<string, string | null>,
  at: Date,
) {
  const { id: connectionId, name } = connection.row
  const actor: Actor = { kind: 'connection', connectionId, name }
  const { db, workspaceId, now, emit } = ctx
  const inbox: InboxContext = { db, workspaceId, now, emit, actor }
  const moment = at > now ? now : at
  if (object === 'contact') {
    const change = connection.connector.contact.fromRemote?.(connection.remote.settings, values) ?? {}
    await updateContact(inbox, recordId, change)
    return
  }
  const { ownerEmail, ...update } = connection.connector.ticket.fromRemote?.(connection.remote.settings, values) ?? {}
  await updateTicket(inbox, recordId, update, moment)
  if (ownerEmail === undefined) return
  const agent = ownerEmail ? await inWorkspace(db, workspaceId, tx => agentBy(tx, { email: ownerEmail })) : null
  // An owner who is nobody of ours changes nothing here.
  if (ownerEmail === null || agent) await assignTicket(inbox, recordId, agent?.id ?? null, moment)
}
