/**
 * Makes two contacts one, because a person says that they are: the one that stays gets the ids, conversations, episodes,
 * messages and CRM records of the other, and what it lacks. What was whose is kept, so that it can be undone.
 */
import { spokenBy } from '../core/actor.ts'
import { joinEpisodes, joinedReach, type MergeFields, mayMerge, mergedFields } from '../core/contact-merge.ts'
import { AppError } from '../core/errors.ts'
import { policyFor } from '../core/sla.ts'
import * as arrivals from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import * as merging from '../db/contact-merges.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import { giveLinks, linksOfRecord } from '../db/links.ts'
import { settleSuggestions } from '../db/merge-suggestions.ts'
import { tellConnections, tellOnly, untell } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { ticketEvents } from '../db/tickets.ts'
import { type TicketMove, writeMove } from './change-ticket.ts'
import { contactsLocked } from './contacts-locked.ts'
import { type InboxContext, newId } from './context.ts'
import { noteChanges } from './note-changes.ts'
import { wake } from './tell.ts'
import { contactChanges } from './update-contact.ts'

/**
 * Of contacts that were merged before, those they have become are meant. Throws `missing permission`, `not found` and `same contact`.
 */
export async function mergeContacts(
  ctx: InboxContext,
  { survivorId, mergedId }: { survivorId: string; mergedId: string },
): Promise<merging.MergeRow> {
  if (!mayMerge(ctx.actor)) throw new AppError('missing permission', { permission: 'contacts.merge' })
  const { merge, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const became = await merging.survivorsOf(tx, [survivorId, mergedId])
    const [to, from] = [became.get(survivorId), became.get(mergedId)]
    if (!to || !from) throw new AppError('not found', { what: 'contact' })
    if (to === from) throw new AppError('same contact')
    return mergeIn(tx, ctx, to, from)
  })
  await wake(ctx, connectionIds)
  const { workspaceId } = ctx
  // What waited in a conversation that went into another leaves from there.
  const queued = merge.moved.joined.map(({ into }) => ({
    name: 'inbox/message.queued' as const,
    data: { workspaceId, conversationId: into },
  }))
  if (queued.length > 0) await ctx.emit(queued)
  return merge
}

async function mergeIn(tx: Tx, ctx: InboxContext, to: string, from: string) {
  const [{ contacts, identities }, config] = await Promise.all([
    contactsLocked(tx, ctx.workspaceId, [to, from]),
    loadInboxConfig(tx, ctx.workspaceId),
  ])
  const [survivor, merged] = [contacts.get(to), contacts.get(from)]
  // Somebody else merged one of them meanwhile.
  if (!survivor || !merged || survivor.mergedInto || merged.mergedInto) throw new AppError('same contact')
  const conversations = await merging.lockConversationsOf(tx, [to, from])
  const tickets = await merging.ticketsOfContacts(tx, [to, from])
  const theirs = tickets.filter(ticket => ticket.contactId === from).map(ticket => ticket.id)

  const moved: merging.Moved & { fields: ReturnType<typeof fieldsOf> } = {
    identities: identities.filter(row => row.contactId === from).map(row => row.id),
    ...{ conversations: [], joined: [], tickets: theirs, episodes: [] },
    fields: fieldsOf(survivor, merged),
    links: [],
  }
  const connectionIds: string[] = []
  for (const conversation of conversations) {
    if (conversation.contactId !== from) continue
    const { channelId, groupId } = conversation
    const into = groupId ? undefined : conversations.find(row => row.contactId === to && sameChannel(row, channelId))
    if (!into) {
      moved.conversations.push(conversation.id)
      continue
    }
    const open = tickets.filter(
      row => row.state !== 'resolved' && [conversation.id, into.id].includes(row.conversationId),
    )
    connectionIds.push(...(await joinOpen(tx, ctx, config, survivor.category, open, moved)))
    const reach = { before: reachOf(into), after: joinedReach(reachOf(into), reachOf(conversation)) }
    moved.joined.push({ from: conversation.id, into: into.id, ...reach })
    const inIt = tickets.filter(row => row.conversationId === conversation.id).map(row => row.id)
    await Promise.all([
      merging.giveTickets(tx, inIt, to, into.id, ctx.now),
      merging.moveMessages(tx, conversation.id, into.id),
      merging.saveReach(tx, into.id, reach.after),
    ])
  }
  await Promise.all([
    merging.giveIdentities(tx, moved.identities, to),
    merging.giveConversations(tx, moved.conversations, to),
    merging.giveTickets(tx, theirs, to, null, ctx.now),
    merging.giveMessages(tx, from, to),
    arrivals.updateContacts(tx, [{ ...survivor, ...moved.fields.after, updatedAt: ctx.now }]),
    noteChanges(tx, ctx, { kind: 'contact', id: to }, contactChanges(survivor, moved.fields.after)),
    merging.setMergedInto(tx, from, to, ctx.now),
  ])
  const remote = await moveLinks(tx, ctx, to, from, moved)
  const merge: merging.MergeRow = {
    ...{ id: newId(), workspaceId: ctx.workspaceId, survivorId: to, mergedId: from, at: ctx.now, actor: ctx.actor },
    ...{ moved, remote, undoneAt: null, undoneBy: null },
  }
  const records = [
    { kind: 'contact' as const, recordId: to },
    ...theirs.map(recordId => ({ kind: 'ticket' as const, recordId })),
  ]
  const [told] = await Promise.all([
    tellConnections(tx, ctx.workspaceId, records, ctx.now, spokenBy(ctx.actor)),
    merging.insertMerge(tx, merge),
    // They may speak of the pair by contacts that were merged before.
    settleSuggestions(tx, [to, ...(await merging.mergedInto(tx, to))], merge.id, ctx.now, ctx.actor),
    writeAudit(tx, ctx, newId(), {
      ...{ action: 'contacts merged', subjectKind: 'contact', subjectId: to },
      data: { mergeId: merge.id },
      ...{ before: { contacts: [to, from] }, after: { contacts: [to] } },
    }),
  ])
  return { merge, connectionIds: [...new Set([...connectionIds, ...told.map(row => row.connectionId)])] }
}

function sameChannel(row: arrivals.ConversationRow, channelId: string): boolean {
  return row.channelId === channelId && row.groupId === null
}

function reachOf({ toWaId, toUserId, lastInboundAt, marketing, marketingAt }: arrivals.ConversationRow) {
  return { toWaId, toUserId, lastInboundAt, marketing, marketingAt }
}

export function mergeFieldsOf(contact: arrivals.ContactRow): MergeFields {
  const { name, nameFrom, nameAt, phone, waKey, email, category, tags, username, usernameAt } = contact
  const custom = contact.custom ?? {}
  return { name, nameFrom, nameAt, phone, waKey, email, category, tags, username, usernameAt, custom }
}

function fieldsOf(survivor: arrivals.ContactRow, merged: arrivals.ContactRow) {
  return { before: mergeFieldsOf(survivor), after: mergedFields(mergeFieldsOf(survivor), mergeFieldsOf(merged)) }
}

/** There is one open episode in a conversation: of two one goes on, and the other ends in its favour. */
async function joinOpen(
  tx: Tx,
  ctx: InboxContext,
  config: InboxConfig,
  category: string,
  [a, b]: arrivals.TicketRow[],
  moved: merging.Moved,
): Promise<string[]> {
  if (!a || !b) return []
  const { goesOn, ends, values } = joinEpisodes(a, b)
  const told = await move(ends, {
    values: { state: 'resolved', stateAt: ctx.now, resolvedAt: ctx.now, snoozedUntil: null },
    events: [{ kind: 'resolved', data: { reason: 'contacts merged', ticketId: goesOn.id } }],
    action: 'ticket joined to another',
  })
  if (Object.keys(values).length === 0) return told
  const { priority, state } = values
  const policy = policyFor(config.policies, { ...goesOn, category, priority: priority ?? goesOn.priority })
  const more = await move(goesOn, {
    values: { ...values, ...(priority ? { slaPolicyId: policy?.id ?? null } : {}) },
    events: [
      ...(priority ? [{ kind: 'priority changed' as const, data: { from: goesOn.priority, to: priority } }] : []),
      ...(state ? [{ kind: 'resumed' as const }] : []),
    ],
    action: 'ticket joined by another',
  })
  return [...told, ...more]

  async function move(ticket: arrivals.TicketRow, change: TicketMove): Promise<string[]> {
    const known = new Set((await ticketEvents(tx, ticket.id)).map(({ id }) => id))
    const connectionIds = await writeMove(tx, ctx, config, ticket, change, ctx.now)
    const eventIds = (await ticketEvents(tx, ticket.id)).map(({ id }) => id).filter(id => !known.has(id))
    const marks = { before: ticketMark(ticket), after: ticketMark({ ...ticket, ...change.values }) }
    moved.episodes.push({ id: ticket.id, eventIds, ...marks })
    return connectionIds
  }
}

export function ticketMark(row: arrivals.TicketRow): merging.TicketMark {
  const { state, stateAt, priority, slaPolicyId, resolvedAt } = row
  return { state, stateAt: stateAt.toISOString(), priority, slaPolicyId, resolvedAt: resolvedAt?.toISOString() ?? null }
}

/**
 * A record that one alone has in a CRM is the survivor's now. Where both have one, the other stays beside it, and what is
 * said of it is heard as the survivor's; the connection is told to make one of them, where it can.
 */
async function moveLinks(tx: Tx, ctx: InboxContext, to: string, from: string, moved: merging.Moved) {
  const remote: merging.MergeRow['remote'] = {}
  const own = new Set((await linksOfRecord(tx, to)).map(link => link.connectionId))
  const links = (await linksOfRecord(tx, from)).filter(link => link.remoteId !== null)
  for (const { id, connectionId } of links) {
    if (!own.has(connectionId)) moved.links.push({ id, connectionId })
    remote[connectionId] = own.has(connectionId) ? 'apart' : 'moved'
  }
  const both = links.map(link => link.connectionId).filter(id => own.has(id))
  await untell(tx, 'contact', from)
  const ids = moved.links.map(link => link.id)
  await Promise.all([
    giveLinks(tx, ids, to, ctx.now),
    tellOnly(tx, ctx.workspaceId, both, { kind: 'contact', recordId: from }, ctx.now),
  ])
  return remote
}
