/** What a CRM says of a record of ours, done in the inbox as people do it. */

import type { RemoteValues } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { seesAll } from '../core/permissions.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { agentBy } from '../db/tickets.ts'
import { assignTicket } from '../inbox/assign-ticket.ts'
import type { InboxContext } from '../inbox/context.ts'
import { updateContact } from '../inbox/update-contact.ts'
import { updateTicket } from '../inbox/update-ticket.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

/**
 * `ours` is what we say in their words, `take` what of it they say otherwise: only what means something else is changed. The
 * connection speaks, everybody else is told. False where the inbox does not allow it: then ours is told back.
 */
export async function carryOut(...given: Parameters<typeof speak>): Promise<boolean> {
  try {
    await speak(...given)
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
  ours: RemoteValues,
  take: RemoteValues,
  at: Date,
) {
  const { id: connectionId, name } = connection.row
  const actor: Actor = { kind: 'connection', connectionId, name }
  const { db, workspaceId, now, emit } = ctx
  const inbox: InboxContext = { db, workspaceId, now, emit, actor, sees: seesAll }
  const moment = at > now ? now : at

  /** One of our words may stand for several of theirs, so what they have not touched is not translated back. */
  function news<Change extends object>(
    fromRemote: ((settings: unknown, values: RemoteValues) => Change) | undefined,
  ): Partial<Change> {
    if (!fromRemote) return {}
    const before: Partial<Change> = fromRemote(connection.remote.settings, ours)
    const after = fromRemote(connection.remote.settings, { ...ours, ...take })
    const names = Object.keys(after) as (keyof Change)[]
    const changed = names.filter(name => JSON.stringify(after[name]) !== JSON.stringify(before[name]))
    return Object.fromEntries(changed.map(name => [name, after[name]])) as Partial<Change>
  }

  if (object === 'contact') {
    await updateContact(inbox, recordId, news(connection.connector.contact.fromRemote))
    return
  }
  const { ownerEmail, ...update } = news(connection.connector.ticket.fromRemote)
  await updateTicket(inbox, recordId, update, moment)
  if (ownerEmail === undefined) return
  const agent = ownerEmail ? await inWorkspace(db, workspaceId, tx => agentBy(tx, { email: ownerEmail })) : null
  // An owner who is nobody of ours changes nothing here.
  if (ownerEmail === null || agent) await assignTicket(inbox, recordId, agent?.id ?? null, moment)
}
