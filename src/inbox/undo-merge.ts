/**
 * Parts two contacts that were made one: all that was moved goes back. What has come since goes by the customer's ids: a
 * message outside tickets to whose id it is of, an episode with its messages to whose id opened it. What a person has
 * changed since stays changed.
 */
import { spokenBy } from '../core/actor.ts'
import { mayMerge, partedFields, type Reach } from '../core/contact-merge.ts'
import { AppError } from '../core/errors.ts'
import { canonicalWaId, identityKey } from '../core/identity.ts'
import { seesAll } from '../core/permissions.ts'
import * as arrivals from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import * as merging from '../db/contact-merges.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { forgetLinks, giveLinks } from '../db/links.ts'
import { reopenSuggestions } from '../db/merge-suggestions.ts'
import { conversationById } from '../db/messages.ts'
import { tellConnections, untell } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { lockTicket, ticketEvents } from '../db/tickets.ts'
import { contactsLocked } from './contacts-locked.ts'
import { type InboxContext, newId } from './context.ts'
import { clockRows, standing } from './fold-arrivals.ts'
import { mergeFieldsOf, ticketMark } from './merge-contacts.ts'
import { noteChanges } from './note-changes.ts'
import { wake } from './tell.ts'
import { contactChanges } from './update-contact.ts'

/**
 * A CRM in which the two records were merged cannot part them: a new one is made there for the contact that is back. Throws
 * `missing permission`, `not found`, `nothing to undo`, and `later merge` where another of the same contact stands on this one.
 */
export async function undoMerge(ctx: InboxContext, mergeId: string): Promise<merging.MergeRow> {
  if (!mayMerge(ctx.actor)) throw new AppError('missing permission', { permission: 'contacts.merge' })
  const { merge, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const merge = await merging.lockMerge(tx, mergeId)
    if (!merge) throw new AppError('not found', { what: 'merge' })
    if (merge.undoneAt) throw new AppError('nothing to undo')
    const later = await merging.laterMerge(tx, merge)
    if (later) throw new AppError('later merge', { merge: later.id })
    return { merge, connectionIds: await undoIn(tx, ctx, merge) }
  })
  await wake(ctx, connectionIds)
  return { ...merge, undoneAt: ctx.now, undoneBy: ctx.actor }
}

async function undoIn(tx: Tx, ctx: InboxContext, merge: merging.MergeRow): Promise<string[]> {
  const { survivorId, mergedId, moved } = merge
  const { contacts, identities } = await contactsLocked(tx, ctx.workspaceId, [survivorId, mergedId])
  const survivor = contacts.get(survivorId)
  if (!survivor) throw new AppError('not found', { what: 'contact' })
  const theirs = identities.filter(row => moved.identities.includes(row.id))
  const owners = { theirs, own: identities.filter(row => !theirs.includes(row)) }
  const keys = theirs.map(identityKey)
  await merging.lockConversationsOf(tx, [survivorId, mergedId])

  const back = [...moved.tickets]
  for (const { from, into, before } of moved.joined) {
    const since = await partConversation(tx, ctx, merge, into, { contactId: mergedId, conversationId: from }, keys)
    back.push(...since)
    await partReach(tx, { from, into, before: reachFrom(before) }, owners)
  }
  for (const id of moved.conversations) back.push(...(await leaveConversation(tx, ctx, merge, id, owners)))
  await merging.partGroupMessages(tx, survivorId, mergedId, keys)
  await merging.giveTickets(tx, back, mergedId, null, ctx.now)
  await restoreEpisodes(tx, ctx, merge)

  const parted = partedFields(mergeFieldsOf(survivor), fieldsFrom(moved.fields.before), fieldsFrom(moved.fields.after))
  const gone = Object.keys(merge.remote).filter(id => merge.remote[id] === 'merged')
  const records = [survivorId, mergedId].map(recordId => ({ kind: 'contact' as const, recordId }))
  await untell(tx, 'contact', mergedId)
  await Promise.all([
    merging.giveIdentities(
      tx,
      theirs.map(row => row.id),
      mergedId,
    ),
    arrivals.updateContacts(tx, [{ ...survivor, ...parted, updatedAt: ctx.now }]),
    noteChanges(tx, ctx, { kind: 'contact', id: survivorId }, contactChanges(survivor, parted)),
    merging.setMergedInto(tx, mergedId, null, ctx.now),
    giveLinks(
      tx,
      moved.links.map(link => link.id),
      mergedId,
      ctx.now,
    ),
    ...gone.map(connectionId => forgetLinks(tx, connectionId, 'contact', [mergedId])),
    merging.setUndone(tx, merge.id, ctx.now, ctx.actor),
    reopenSuggestions(tx, merge.id),
    writeAudit(tx, ctx, newId(), {
      ...{ action: 'merge undone', subjectKind: 'contact', subjectId: survivorId },
      data: { mergeId: merge.id },
      ...{ before: { contacts: [survivorId] }, after: { contacts: [survivorId, mergedId] } },
    }),
  ])
  const told = await tellConnections(
    tx,
    ctx.workspaceId,
    [...records, ...back.map(recordId => ({ kind: 'ticket' as const, recordId }))],
    ctx.now,
    spokenBy(ctx.actor),
  )
  return [...new Set(told.map(row => row.connectionId))]
}

/** Gives back what stands in a conversation and is the parted contact's. Returns its tickets of after the merge. */
async function partConversation(
  tx: Tx,
  ctx: InboxContext,
  { at, moved }: merging.MergeRow,
  conversationId: string,
  to: { contactId: string; conversationId: string },
  customerKeys: string[],
): Promise<string[]> {
  const tickets = await merging.ticketsWithOpener(tx, conversationId)
  const since = tickets.filter(row => isSince(row, at, moved) && customerKeys.includes(row.openerKey ?? ''))
  const ticketIds = [...tickets.filter(row => moved.tickets.includes(row.id)), ...since].map(row => row.id)
  await merging.partMessages(tx, conversationId, { ticketIds, customerKeys, before: null }, to)
  await merging.giveTickets(tx, ticketIds, to.contactId, to.conversationId, ctx.now)
  return since.map(row => row.id)
}

function isSince(row: arrivals.TicketRow, at: Date, moved: merging.Moved): boolean {
  return row.createdAt >= at && !moved.tickets.includes(row.id)
}

/**
 * A conversation that was the parted contact's goes back whole, but for what the other has written in it since: that gets a
 * conversation of its own. Returns the tickets of after the merge that stay in it.
 */
async function leaveConversation(
  tx: Tx,
  ctx: InboxContext,
  { at, survivorId, mergedId, moved }: merging.MergeRow,
  conversationId: string,
  owners: Owners,
): Promise<string[]> {
  const customerKeys = owners.theirs.map(identityKey)
  const conversation = await conversationById(tx, conversationId)
  if (!conversation) return []
  const tickets = await merging.ticketsWithOpener(tx, conversationId)
  const [theirs, others] = [[] as string[], [] as string[]]
  for (const row of tickets) {
    const isOther = isSince(row, at, moved) && row.openerKey !== null && !customerKeys.includes(row.openerKey)
    if (isOther) others.push(row.id)
    else theirs.push(row.id)
  }
  await merging.giveConversations(tx, [conversationId], mergedId)
  const isSplit = !conversation.groupId && (await merging.hasOthers(tx, conversationId, theirs, customerKeys))
  if (isSplit) {
    const own = { ...conversation, id: newId(), contactId: survivorId, createdAt: ctx.now }
    await arrivals.saveConversations(tx, [own])
    const away = { contactId: mergedId, conversationId }
    // All of it leaves, and what is the parted contact's comes back.
    await merging.moveMessages(tx, conversationId, own.id)
    await merging.partMessages(tx, own.id, { ticketIds: theirs, customerKeys, before: at }, away)
    await merging.giveTickets(tx, others, survivorId, own.id, ctx.now)
    await partReach(tx, { from: conversationId, into: own.id, before: null }, owners)
  } else if (!conversation.groupId) {
    const all = { ticketIds: theirs, customerKeys, before: ctx.now }
    await merging.partMessages(tx, conversationId, all, { contactId: mergedId, conversationId })
  }
  return theirs.filter(id => !moved.tickets.includes(id))
}

type Owners = { theirs: arrivals.IdentityRow[]; own: arrivals.IdentityRow[] }

/** Each conversation is answered where its own customer wrote last, as long as what they wrote there allows. */
async function partReach(
  tx: Tx,
  { from, into, before }: { from: string; into: string; before: Reach | null },
  owners: Owners,
) {
  const [theirs, joined] = await Promise.all([conversationById(tx, from), conversationById(tx, into)])
  if (!theirs || !joined) return
  const [theirLast, ownLast] = await Promise.all([merging.lastOpening(tx, from), merging.lastOpening(tx, into)])
  await Promise.all([
    merging.saveReach(tx, from, {
      ...theirs,
      ...addressOfOwner(owners.theirs, [joined, theirs]),
      lastInboundAt: theirLast ?? (before ? theirs.lastInboundAt : null),
    }),
    merging.saveReach(tx, into, {
      ...joined,
      ...addressOfOwner(owners.own, before ? [joined, before] : [joined]),
      lastInboundAt: ownLast ?? before?.lastInboundAt ?? null,
    }),
  ])
}

type Address = Pick<Reach, 'toWaId' | 'toUserId'>

/** The first of these that is the owner's, as it was received; else an id of theirs. */
function addressOfOwner(owner: arrivals.IdentityRow[], known: Address[]): Address {
  const numbers = owner.filter(row => row.kind === 'wa_id')
  const ids = owner.filter(row => row.kind !== 'wa_id')
  const waIds = known.flatMap(({ toWaId }) => toWaId ?? [])
  const userIds = known.flatMap(({ toUserId }) => toUserId ?? [])
  const isTheirNumber = (waId: string) => numbers.some(row => row.matchKey === canonicalWaId(waId))
  return {
    toWaId: waIds.find(isTheirNumber) ?? numbers[0]?.value ?? null,
    toUserId: userIds.find(userId => ids.some(row => row.matchKey === userId)) ?? ids[0]?.value ?? null,
  }
}

/** An episode that ended only because of the merge, or changed by it, is as before; unless somebody has changed it since. */
async function restoreEpisodes(tx: Tx, ctx: InboxContext, { moved }: merging.MergeRow) {
  const config = await loadInboxConfig(tx, ctx.workspaceId)
  for (const { id, eventIds, before, after } of moved.episodes) {
    const ticket = await lockTicket(tx, seesAll, id)
    if (!ticket) continue
    const mark = partedFields(ticketMark(ticket), before, after)
    const values = {
      ...mark,
      stateAt: new Date(mark.stateAt),
      resolvedAt: mark.resolvedAt && new Date(mark.resolvedAt),
    }
    const isOpen = values.state !== 'resolved' && ticket.state === 'resolved'
    // An episode that has begun there since stays the open one.
    if (isOpen && (await merging.hasOpenTicket(tx, ticket.conversationId))) continue
    if (ticketMark(ticket).state === after.state) await merging.deleteTicketEvents(tx, eventIds)
    const restored = { ...ticket, ...values, updatedAt: ctx.now }
    const events = await ticketEvents(tx, id)
    const clocks = clockRows(config, restored, events, newId)
    await arrivals.updateTickets(tx, [{ ...restored, ...standing(events, clocks) } as arrivals.TicketRow])
    await arrivals.saveClocks(tx, clocks)
  }
}

function reachFrom(kept: Reach): Reach {
  const { lastInboundAt, marketingAt } = kept
  return {
    ...kept,
    lastInboundAt: lastInboundAt && new Date(lastInboundAt),
    marketingAt: marketingAt && new Date(marketingAt),
  }
}

/** Kept as JSON, where instants are text. */
function fieldsFrom(kept: Record<string, unknown>): ReturnType<typeof mergeFieldsOf> {
  const instant = (value: unknown) => (typeof value === 'string' ? new Date(value) : null)
  const fields = kept as ReturnType<typeof mergeFieldsOf>
  return { ...fields, nameAt: instant(kept.nameAt), usernameAt: instant(kept.usernameAt) }
}
