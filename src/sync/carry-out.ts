/** What a CRM says of a record of ours, done in the inbox as people do it. */

import type { ContactChange, RemoteValues, TicketChange } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { fitAll } from '../core/custom-field.ts'
import { AppError } from '../core/errors.ts'
import { sameValue } from '../core/mapping/apply.ts'
import type { MappedKind, OurValue, OurValues } from '../core/mapping/row.ts'
import { seesAll } from '../core/permissions.ts'
import type { Because } from '../core/provenance.ts'
import { listCustomFields } from '../db/custom-fields.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { agentBy, ticketById } from '../db/tickets.ts'
import { assignTicket } from '../inbox/assign-ticket.ts'
import type { InboxContext } from '../inbox/context.ts'
import { tagTicket } from '../inbox/tag-ticket.ts'
import { updateContact } from '../inbox/update-contact.ts'
import { updateTicket } from '../inbox/update-ticket.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

/**
 * `ours` is what we say in their words, `take` what of it they say otherwise: only what means something else is changed. The
 * connection speaks, everybody else is told. False where the inbox does not allow it: then ours is told back. `from`: the
 * record there, and who changed it, as far as it is known.
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
  object: MappedKind,
  recordId: string,
  ours: RemoteValues,
  take: RemoteValues,
  at: Date,
  from: { remoteId: string | null; user: string | null } = { remoteId: null, user: null },
) {
  const inbox = speakerOf(ctx, connection, object, from)
  const moment = at > ctx.now ? ctx.now : at
  if (object === 'contact') await changeContact(inbox, recordId, newsOf(connection, 'contact', ours, take), moment)
  else await changeTicket(inbox, recordId, newsOf(connection, 'ticket', ours, take), moment)
}

function speakerOf(
  { db, workspaceId, now, emit }: SyncContext,
  { row, mapping }: OpenConnection,
  object: MappedKind,
  from: { remoteId: string | null; user: string | null },
): InboxContext {
  const actor: Actor = { kind: 'connection', connectionId: row.id, name: row.name }
  const because: Because = {
    source: { kind: 'connection', connectionId: row.id, ...from },
    policies: Object.fromEntries(mapping[object].map(({ ours, policy }) => [ours, policy])),
  }
  return { db, workspaceId, now, emit, actor, because, sees: seesAll }
}

async function changeContact(inbox: InboxContext, recordId: string, news: ContactChange, at: Date) {
  const { custom, ...update } = news
  await updateContact(inbox, recordId, { ...update, ...(await fitting(inbox, 'contact', custom)) }, at)
}

async function changeTicket(inbox: InboxContext, recordId: string, news: TicketChange, at: Date) {
  const { ownerEmail, tags, custom, ...update } = news
  await updateTicket(inbox, recordId, { ...update, ...(await fitting(inbox, 'ticket', custom)) }, at)
  if (tags) await retag(inbox, recordId, tags)
  if (ownerEmail === undefined) return
  const agent = ownerEmail
    ? await inWorkspace(inbox.db, inbox.workspaceId, tx => agentBy(tx, { email: ownerEmail }))
    : null
  // An owner who is nobody of ours changes nothing here.
  if (ownerEmail === null || agent) await assignTicket(inbox, recordId, agent?.id ?? null, at)
}

async function retag(inbox: InboxContext, ticketId: string, tags: string[]) {
  const ticket = await inWorkspace(inbox.db, inbox.workspaceId, tx => ticketById(tx, ticketId))
  await tagTicket(inbox, ticketId, { add: tags, remove: (ticket?.tags ?? []).filter(tag => !tags.includes(tag)) })
}

/** What a field of the workspace's own cannot hold says nothing here, and stays as it is there. */
async function fitting({ db, workspaceId }: InboxContext, kind: MappedKind, custom: OurValues | undefined) {
  if (!custom) return {}
  const fields = await inWorkspace(db, workspaceId, tx => listCustomFields(tx, kind))
  return { custom: fitAll(fields, custom) }
}

type Changes = { contact: ContactChange; ticket: TicketChange }

/** One of our words may stand for several of theirs, so what they have not touched is not translated back. */
function newsOf<Kind extends MappedKind>(
  { connector, remote, mapping }: OpenConnection,
  kind: Kind,
  ours: RemoteValues,
  take: RemoteValues,
): Changes[Kind] {
  const read = (values: RemoteValues) => connector[kind].fromRemote(remote.settings, values, mapping[kind])
  const [before, after] = [read(ours), read({ ...ours, ...take })]
  const { custom, ...plain } = after
  const own = custom && changedIn(before.custom ?? {}, custom)
  const news = { ...changedIn({ ...before, custom: null }, plain), ...(own ? { custom: own } : {}) }
  return news as Changes[Kind]
}

function changedIn(before: Record<string, OurValue | undefined>, after: Record<string, OurValue | undefined>) {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => !(name in before) || !sameValue(value, before[name])),
  )
}
