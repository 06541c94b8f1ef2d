/**
 * What the webhooks of one workspace say, any number of items at once: contacts by their identities, conversations,
 * messages unique by (channel, wamid), tickets opened, joined or reopened, routing with its reason, clocks, delivery states,
 * news of numbers, and the outbox, in one transaction of four round trips (begin, read, write, commit) whatever the number.
 * Without messages there is nothing to read, and it is three; delivery states alone take two.
 */
import type { ChannelEvent } from '../core/channel.ts'
import { akinKeys, identitiesOf, lockKeys, lookupKeys, type Sender } from '../core/identity.ts'
import { type AddressBookEntry, isAnswer, wantsAnswer } from '../core/inbound.ts'
import * as arrivals from '../db/arrivals.ts'
import type { Db, Tx } from '../db/client.ts'
import { claimDeliveries, settleDeliveries } from '../db/deliveries.ts'
import { type InboxConfig, isMore, knownNeeds, loadInboxConfig, type Needs } from '../db/inbox-config.ts'
import { insertMedia, type MediaRow } from '../db/media.ts'
import { tellAgents } from '../db/notifications.ts'
import { type OutboxKind, tellConnections } from '../db/outbox.ts'
import { reportedStatuses } from '../db/statuses.ts'
import { inWorkspace, inWorkspaceAtOnce } from '../db/tenancy.ts'
import { applyStatuses, type StatusItem } from './apply-statuses.ts'
import { newId } from './context.ts'
import { type Changes, foldArrivals, type Item } from './fold-arrivals.ts'
import { holdBack, holdsBack } from './hold-back.ts'
import { filesOf, withoutAddress } from './media-of-messages.ts'
import { learnAddressBook, noteChannelEvents } from './note-channel-events.ts'

/** An item of a body, with the number of ours that it speaks of. */
export type ReceivedItem = { place: string } & (
  | ({ kind: 'message' } & Item)
  | ({ kind: 'status' } & StatusItem)
  | { kind: 'event'; channelId: string; wabaId: string | null; event: ChannelEvent }
  | { kind: 'address book'; channelId: string; entry: AddressBookEntry }
)

export type Received = {
  deliveryId: string
  /** Failed tries before this one. */
  attempts: number
  /** Other parts of the delivery are still to come: it is not settled with this one. */
  unfinished?: true
  items: ReceivedItem[]
}

export type ReceiveContext = { db: Db; workspaceId: string; now: Date }

/** Whom to wake after the commit. */
export type Woken = { connectionIds: string[]; staleTemplates: string[]; files: Pick<MediaRow, 'id' | 'channelId'>[] }

/**
 * Stores what these deliveries of the workspace say and settles them. What another process already has in hand, or has
 * finished, is left out.
 */
export async function receiveMessages(ctx: ReceiveContext, received: Received[]): Promise<Woken> {
  const states = statesOnly(received)
  if (states) return receiveStates(ctx, received, states)
  const hasMessages = received.some(delivery => delivery.items.some(item => item.kind === 'message'))
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    // States and news may be written twice and in any order, so nobody has to be waited for.
    const taken = hasMessages ? await readMessages(tx, ctx, received) : { deliveries: received, changes: null }
    const { deliveries, changes } = taken
    const files = changes ? filesOfChanges(ctx, changes) : []
    // The short one first: it travels in the packet of the next.
    const settling = settleDeliveries(tx, settledBy(deliveries), ctx.workspaceId, ctx.now).execute()
    const items = deliveries.flatMap(delivery => delivery.items)
    const statuses = items.filter(item => item.kind === 'status')
    const addressBook = items.filter(item => item.kind === 'address book')
    const [told, toldOfStatuses, staleTemplates] = await Promise.all([
      changes ? writeChanges(tx, ctx, changes, files) : [],
      applyStatuses(tx, { ...ctx, newId }, statuses) ?? [],
      noteChannelEvents(tx, ctx, deliveries),
      holdBack(tx, ctx, statuses),
      learnAddressBook(tx, ctx, addressBook),
      settling,
    ])
    const connectionIds = [...new Set([...told, ...toldOfStatuses].map(row => row.connectionId))]
    return { connectionIds, staleTemplates, files }
  })
}

/** The commonest body there is: delivery states, and nothing that reads before it writes. Null for any other. */
function statesOnly(received: Received[]): StatusItem[] | null {
  const items = received.flatMap(delivery => delivery.items)
  const states = items.filter(item => item.kind === 'status')
  return states.length === items.length && !holdsBack(states) ? states : null
}

/** Two round trips: begin, and all the rest with the commit. */
async function receiveStates(ctx: ReceiveContext, received: Received[], states: StatusItem[]): Promise<Woken> {
  const told = await inWorkspaceAtOnce(ctx.db, ctx.workspaceId, async tx => {
    const settling = settleDeliveries(tx, settledBy(received), ctx.workspaceId, ctx.now).execute()
    const applying = applyStatuses(tx, { ...ctx, newId }, states)?.execute()
    const [rows = []] = await Promise.all([applying, settling])
    return rows
  })
  return { connectionIds: [...new Set(told.map(row => row.connectionId))], staleTemplates: [], files: [] }
}

/** Those of which no part is still to come. */
function settledBy(received: Received[]): string[] {
  return received.filter(delivery => !delivery.unfinished).map(delivery => delivery.deliveryId)
}

async function readMessages(tx: Tx, ctx: ReceiveContext, received: Received[]) {
  const ids = received.map(delivery => delivery.deliveryId)
  const all = messagesOf(received)
  const keys = keysOf(all)
  const ofOurs = all.filter(item => item.message.direction === 'out').map(item => item.message.wamid)

  // One round trip: sent in this order, each sees what the one before waited for.
  const locked = arrivals.lockSenders(tx, ctx.workspaceId, locksOf(all)).execute()
  const claiming = claimDeliveries(tx, ids).execute()
  const needs = knownNeeds(ctx.workspaceId)
  const assigning = readAssigning(tx, ctx, all, needs)
  const [, claimed, loaded, statuses, known] = await Promise.all([
    locked,
    claiming,
    arrivals.loadArrivals(tx, keys),
    ofOurs.length > 0 ? reportedStatuses(tx, keys.channelIds, ofOurs) : [],
    assigning,
  ])
  // Somebody has just changed what has to be known: once, a trip more.
  const { config, crm } = isMore(known.config.needs, needs)
    ? await readAssigning(tx, ctx, all, known.config.needs)
    : known
  const mine = new Set(claimed.map(row => row.id))
  const deliveries = received.filter(delivery => mine.has(delivery.deliveryId))
  const [identities, contacts, conversations, tickets, events, stored, amendments] = loaded
  const later = await readLater(tx, messagesOf(deliveries), conversations)
  const world = {
    ...{ workspaceId: ctx.workspaceId, now: ctx.now, newId, config },
    ...{ identities: [...identities], contacts, conversations, tickets, events, stored, amendments, statuses, later },
    crm,
  }
  return { deliveries, changes: foldArrivals(world, messagesOf(deliveries)) }
}

/**
 * The configuration, and what assignment goes by. Where that is what agents have in hand, whoever may open a ticket waits
 * for the others who do, so that nobody gets more than is enough for them.
 */
async function readAssigning(tx: Tx, { workspaceId }: ReceiveContext, items: Item[], needs: Needs) {
  const asking = items.filter(({ message }) => wantsAnswer(message))
  const senders = asking.flatMap(({ channelId, message }, nth) =>
    message.groupId ? [] : keysOf([{ channelId, message }]).identities.map(key => ({ nth, channelId, ...key })),
  )
  const mayOpen = () => arrivals.mayOpenTicket(tx, asking.length, senders)
  const [, config, crm] = await Promise.all([
    needs.loads && asking.length > 0 ? arrivals.lockAssignments(tx, workspaceId, mayOpen()).execute() : null,
    loadInboxConfig(tx, workspaceId, asking.length > 0 && mayOpen()),
    needs.crm && asking.length > 0 ? arrivals.crmRecords(tx, keysOf(asking).identities) : [],
  ])
  return { config: config as InboxConfig, crm }
}

/**
 * What was said since where something comes late: an answer that the customer has written after, or the beginning of an
 * episode of which something is known already. A trip of its own, which messages in their order do not need.
 */
async function readLater(tx: Tx, items: Item[], conversations: arrivals.ConversationRow[]) {
  const [asked, answers] = [wantsAnswer, isAnswer].map(is => {
    const times = items.filter(({ message }) => is(message)).map(({ message }) => message.at.getTime())
    return Math.min(...times)
  }) as [number, number]
  const late = conversations.filter(
    ({ strayAt, lastInboundAt }) => (strayAt && asked <= +strayAt) || (lastInboundAt && answers < +lastInboundAt),
  )
  if (late.length === 0) return []
  const ids = late.map(({ id }) => id)
  return arrivals.laterMessages(tx, ids, new Date(Math.min(asked, answers)))
}

function messagesOf(received: Received[]) {
  return received.flatMap(delivery => delivery.items).filter(item => item.kind === 'message')
}

function keysOf(items: Item[]): arrivals.ArrivalKeys {
  const identities = items
    .flatMap(item => peopleOf(item).flatMap(identitiesOf))
    .flatMap(identity =>
      [...lookupKeys(identity), ...akinKeys(identity)].map(matchKey => ({ kind: identity.kind, matchKey })),
    )
  return {
    identities,
    channelIds: [...new Set(items.map(item => item.channelId))],
    groupIds: [...new Set(items.flatMap(item => item.message.groupId ?? []))],
    wamids: items.map(item => item.message.wamid),
    targetWamids: items.flatMap(item => (item.message.kind === 'system' ? (item.message.targetWamid ?? []) : [])),
  }
}

function locksOf(items: Item[]): string[] {
  const groups = items.flatMap(({ message }) => (message.groupId ? [`group:${message.groupId}`] : []))
  return [...new Set([...items.flatMap(item => peopleOf(item).flatMap(lockKeys)), ...groups])].sort()
}

function peopleOf({ message }: Item): Sender[] {
  return message.alsoKnownAs ? [message.sender, message.alsoKnownAs] : [message.sender]
}

function filesOfChanges(ctx: ReceiveContext, { messages, imported, changedMessages }: Changes): MediaRow[] {
  return filesOf([...messages, ...imported, ...changedMessages], ctx.workspaceId, ctx.now)
}

/** Everything at once, and only what has rows. */
async function writeChanges(
  tx: Tx,
  ctx: ReceiveContext,
  changes: Changes,
  files: MediaRow[],
): Promise<{ connectionId: string }[]> {
  const { newContacts, changedContacts, identities, conversations, newTickets, changedTickets } = changes
  const { messages, imported, changedMessages, joined, events, clocks, assigned, ruleHits, suggestions } = changes
  const told = records(changes)
  const writes = [
    ...named('contacts_made', newContacts, rows => arrivals.insertContacts(tx, rows)),
    ...named('contacts_changed', changedContacts, rows => arrivals.learnContacts(tx, rows)),
    ...named('identities_made', identities, rows => arrivals.insertIdentities(tx, rows)),
    ...named('conversations_saved', conversations, rows => arrivals.saveConversations(tx, rows)),
    ...named('tickets_changed', changedTickets, rows => arrivals.updateTickets(tx, rows)),
    ...named('numbered', newTickets, rows => arrivals.takeTicketNumbers(tx, rows)),
    ...named('tickets_made', newTickets, rows => arrivals.insertTickets(tx, rows)),
    ...named('messages_made', [...messages, ...imported].map(withoutAddress), rows =>
      arrivals.insertMessages(tx, rows),
    ),
    ...named('messages_changed', changedMessages.map(withoutAddress), rows => arrivals.rewriteMessages(tx, rows)),
    ...named('files_made', files, rows => insertMedia(tx, rows)),
    ...named('events_made', events, rows => arrivals.insertTicketEvents(tx, rows)),
    ...named('clocks_saved', clocks, rows => arrivals.saveClocks(tx, rows)),
    ...named('agents_counted', assigned, rows => arrivals.countAssignments(tx, rows)),
    ...named('owners_told', ownersOf(newTickets), rows => tellAgents(tx, rows)),
    ...named('rules_counted', ruleHits, rows => arrivals.countRuleHits(tx, rows, ctx.now)),
    ...named('suggested', suggestions, rows => arrivals.insertSuggestions(tx, rows)),
    ...named('told', told, rows => tellConnections(tx, ctx.workspaceId, rows, ctx.now, null)),
  ]
  if (writes.length === 0) return []
  // Apart: an edit may write to the same row.
  const joining = joined.length > 0 ? arrivals.putInTickets(tx, joined).execute() : null
  const [rows] = await Promise.all([arrivals.writeTogether<{ connectionId: string }>(tx, writes), joining])
  return rows
}

/** Who is given a new ticket hears of it. */
function ownersOf(tickets: arrivals.TicketRow[]) {
  return tickets.flatMap(({ id: ticketId, workspaceId, ownerId, createdAt }) =>
    ownerId
      ? [{ id: newId(), workspaceId, agentId: ownerId, kind: 'assigned' as const, key: ticketId, ticketId, createdAt }]
      : [],
  )
}

function named<Row, Query>(name: string, rows: Row[], query: (rows: Row[]) => Query): { name: string; query: Query }[] {
  return rows.length > 0 ? [{ name, query: query(rows) }] : []
}

function records(changes: Changes): { kind: OutboxKind; recordId: string; contactId?: string }[] {
  const of = (kind: OutboxKind, rows: { id: string }[]) => rows.map(row => ({ kind, recordId: row.id }))
  const ofContact = (kind: OutboxKind, rows: { id: string; contactId: string }[]) =>
    rows.map(row => ({ kind, recordId: row.id, contactId: row.contactId }))
  return [
    ...of('contact', [...changes.newContacts, ...changes.changedContacts]),
    ...ofContact('ticket', [...changes.newTickets, ...changes.changedTickets]),
    ...ofContact('message', changes.messages),
  ]
}
