/**
 * Inbound messages and delivery states of one workspace, any number at once: contacts by their identities,
 * conversations, messages unique by (channel, wamid), tickets opened, joined or reopened, routing with its reason,
 * clocks, and the outbox, in one transaction of four round trips (begin, read, write, commit) whatever the number.
 */
import { identitiesOf, lockKeys, lookupKeys } from '../core/identity.ts'
import * as arrivals from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import type { Db, Tx } from '../db/client.ts'
import { claimDeliveries, settleDeliveries } from '../db/deliveries.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { type OutboxKind, tellConnections } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { applyStatuses, type StatusItem } from './apply-statuses.ts'
import { newId } from './context.ts'
import { type Changes, foldArrivals, type Item } from './fold-arrivals.ts'

export type Received = {
  deliveryId: string
  /** Failed tries before this one. */
  attempts: number
  /** Other parts of the delivery are still to come: it is not settled with this one. */
  unfinished?: true
  messages: Item[]
  statuses: StatusItem[]
}

export type ReceiveContext = { db: Db; workspaceId: string; now: Date }

/**
 * Stores what these deliveries of the workspace say and settles them. What another process already has in hand, or has
 * finished, is left out. Returns the connections that have something to hear.
 */
export async function receiveMessages(ctx: ReceiveContext, received: Received[]): Promise<string[]> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const all = received.flatMap(delivery => delivery.messages)
    const ids = received.map(delivery => delivery.deliveryId)
    const senders = all.map(item => item.message.sender)
    const keys = senders.flatMap(identitiesOf)
    const lookups = keys.flatMap(identity => lookupKeys(identity).map(matchKey => ({ kind: identity.kind, matchKey })))
    const channelIds = [...new Set(all.map(item => item.channelId))]

    // One round trip: sent in this order, each sees what the one before waited for.
    const locked = arrivals.lockSenders(tx, ctx.workspaceId, [...new Set(senders.flatMap(lockKeys))].sort()).execute()
    const claiming = claimDeliveries(tx, ids).execute()
    const [, claimed, loaded, config] = await Promise.all([
      locked,
      claiming,
      arrivals.loadArrivals(
        tx,
        lookups,
        channelIds,
        all.map(item => item.message.wamid),
      ),
      loadInboxConfig(tx),
    ])
    const mine = new Set(claimed.map(row => row.id))
    const taken = received.filter(delivery => mine.has(delivery.deliveryId))
    const [identities, contacts, conversations, tickets, events, stored] = loaded
    const changes = foldArrivals(
      {
        ...{ workspaceId: ctx.workspaceId, now: ctx.now, newId, config },
        ...{ identities: [...identities], contacts, conversations, tickets, events },
        seen: new Set(stored.map(row => `${row.channelId} ${row.wamid}`)),
      },
      taken.flatMap(delivery => delivery.messages),
    )
    const settled = taken.filter(delivery => !delivery.unfinished).map(delivery => delivery.deliveryId)
    const statuses = taken.flatMap(delivery => delivery.statuses)
    // The short one first: it travels in the packet of the next.
    const settling = settleDeliveries(tx, settled, ctx.workspaceId, ctx.now).execute()
    const [told, moved] = await Promise.all([
      writeChanges(tx, ctx, changes),
      statuses.length > 0 ? applyStatuses(tx, { ...ctx, newId }, statuses) : [],
      settling,
    ])
    const toldOfStatuses =
      moved.length > 0
        ? await tellConnections(
            tx,
            ctx.workspaceId,
            moved.map(row => ({ kind: 'message', recordId: row.id })),
            ctx.now,
            null,
          )
        : []
    return [...new Set([...told, ...toldOfStatuses].map(row => row.connectionId))]
  })
}

/** Everything at once, and only what has rows. */
async function writeChanges(tx: Tx, ctx: ReceiveContext, changes: Changes): Promise<{ connectionId: string }[]> {
  const { newContacts, changedContacts, identities, conversations, newTickets, changedTickets } = changes
  const { messages, events, clocks, assigned, ruleHits } = changes
  const told = records(changes)
  const audits = changes.conflicts.map(({ contactId, others }) => {
    const entry = { action: 'identity conflict', subjectKind: 'contact', subjectId: contactId, data: { others } }
    return writeAudit(tx, { ...ctx, actor: { kind: 'system' } }, newId(), entry)
  })
  const writes = [
    ...named('contacts_made', newContacts, rows => arrivals.insertContacts(tx, rows)),
    ...named('contacts_changed', changedContacts, rows => arrivals.updateContacts(tx, rows)),
    ...named('identities_made', identities, rows => arrivals.insertIdentities(tx, rows)),
    ...named('conversations_saved', conversations, rows => arrivals.saveConversations(tx, rows)),
    ...named('tickets_changed', changedTickets, rows => arrivals.updateTickets(tx, rows)),
    ...named('numbered', newTickets, rows => arrivals.takeTicketNumbers(tx, rows)),
    ...named('tickets_made', newTickets, rows => arrivals.insertTickets(tx, rows)),
    ...named('messages_made', messages, rows => arrivals.insertMessages(tx, rows)),
    ...named('events_made', events, rows => arrivals.insertTicketEvents(tx, rows)),
    ...named('clocks_saved', clocks, rows => arrivals.saveClocks(tx, rows)),
    ...named('agents_counted', assigned, rows => arrivals.countAssignments(tx, rows)),
    ...named('rules_counted', ruleHits, rows => arrivals.countRuleHits(tx, rows, ctx.now)),
    ...named('told', told, rows => tellConnections(tx, ctx.workspaceId, rows, ctx.now, null)),
  ]
  if (writes.length === 0) return []
  const [rows] = await Promise.all([arrivals.writeTogether<{ connectionId: string }>(tx, writes), ...audits])
  return rows
}

function named<Row, Query>(name: string, rows: Row[], query: (rows: Row[]) => Query): { name: string; query: Query }[] {
  return rows.length > 0 ? [{ name, query: query(rows) }] : []
}

function records(changes: Changes): { kind: OutboxKind; recordId: string }[] {
  const of = (kind: OutboxKind, rows: { id: string }[]) => rows.map(row => ({ kind, recordId: row.id }))
  return [
    ...of('contact', [...changes.newContacts, ...changes.changedContacts]),
    ...of('ticket', [...changes.newTickets, ...changes.changedTickets]),
    ...of('message', changes.messages),
  ]
}
