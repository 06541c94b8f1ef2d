/**
 * What a batch of inbound messages does to the people, conversations and tickets it meets: takes the rows as they are,
 * gives the rows to write. No I/O; ids come from `newId`.
 */
import { type Calendar, isOpen } from '../core/business-hours.ts'
import { displayPhone, identitiesOf, matchContact, type Sender, waKey } from '../core/identity.ts'
import { type InboundMessage, opensWindow, wantsAnswer } from '../core/inbound.ts'
import { describeMessage } from '../core/rendering.ts'
import { type AssignmentReason, firstMatch, nextAgent, type RuleMatch } from '../core/routing.ts'
import { foldClocks, policyFor, type SlaEventKind, slaEventKinds } from '../core/sla.ts'
import { arrive } from '../core/ticket.ts'
import type {
  ClockRow,
  ContactRow,
  ConversationRow,
  IdentityRow,
  MessageRow,
  TicketEventRow,
  TicketRow,
} from '../db/arrivals.ts'
import type { InboxConfig } from '../db/inbox-config.ts'

export type World = {
  workspaceId: string
  now: Date
  newId: () => string
  config: InboxConfig
  identities: IdentityRow[]
  contacts: ContactRow[]
  conversations: ConversationRow[]
  tickets: TicketRow[]
  events: TicketEventRow[]
  /** `channelId wamid` of messages that are stored already. */
  seen: Set<string>
}

export type Item = { channelId: string; message: InboundMessage }

/** The rows to write. Updated rows are whole. */
export type Changes = {
  newContacts: ContactRow[]
  changedContacts: ContactRow[]
  identities: IdentityRow[]
  conversations: ConversationRow[]
  newTickets: TicketRow[]
  changedTickets: TicketRow[]
  messages: MessageRow[]
  events: TicketEventRow[]
  clocks: ClockRow[]
  assigned: { id: string; lastAssignedAt: Date | null }[]
  ruleHits: string[]
  /** A sender's identities belong to several contacts: nothing was merged. */
  conflicts: { contactId: string; others: string[] }[]
}

/** Folds the items in the order they were written, whatever the order they came in. */
export function foldArrivals(world: World, items: Item[]): Changes {
  const fold = new Fold(world)
  const ordered = items
    .map((item, nth) => ({ item, nth }))
    .sort((a, b) => a.item.message.at.getTime() - b.item.message.at.getTime() || a.nth - b.nth)
  for (const { item } of ordered) fold.take(item)
  return fold.changes()
}

/** The world while it is being folded: what is new, and what of the known has changed. */
class Fold {
  private readonly world: World
  private readonly contacts: Map<string, ContactRow>
  private readonly conversations = new Map<string, ConversationRow>()
  private readonly latest = new Map<string, TicketRow>()
  private readonly events = new Map<string, TicketEventRow[]>()
  private readonly touchedTickets = new Map<string, TicketRow>()
  private readonly touchedConversations = new Map<string, ConversationRow>()
  private readonly out: Changes = {
    ...{ newContacts: [], changedContacts: [], identities: [], conversations: [], newTickets: [], changedTickets: [] },
    ...{ messages: [], events: [], clocks: [], assigned: [], ruleHits: [], conflicts: [] },
  }
  private assignments = 0

  constructor(world: World) {
    this.world = world
    this.contacts = new Map(world.contacts.map(contact => [contact.id, contact]))
    for (const row of world.conversations) this.conversations.set(`${row.contactId} ${row.channelId}`, row)
    for (const row of world.tickets) this.latest.set(row.conversationId, row)
    for (const row of world.events) this.events.set(row.ticketId, [...(this.events.get(row.ticketId) ?? []), row])
  }

  take({ channelId, message }: Item) {
    const key = `${channelId} ${message.wamid}`
    if (this.world.seen.has(key)) return
    this.world.seen.add(key)
    const contact = this.contactOf(message)
    const conversation = this.conversationOf(contact, channelId, message)
    const ticket = wantsAnswer(message)
      ? this.ticketFor(conversation, contact, message)
      : this.latest.get(conversation.id)
    this.out.messages.push(this.messageRow(message, conversation, ticket ?? null))
  }

  changes(): Changes {
    const fresh = new Set(this.out.newTickets.map(ticket => ticket.id))
    this.out.changedTickets = [...this.touchedTickets.values()].filter(ticket => !fresh.has(ticket.id))
    this.out.conversations = [...this.touchedConversations.values()]
    for (const ticket of [...this.out.newTickets, ...this.out.changedTickets]) {
      this.out.clocks.push(...this.clocksOf(ticket))
    }
    return this.out
  }

  private contactOf(message: InboundMessage): ContactRow {
    const { contactId, conflict } = matchContact(message.sender, this.world.identities)
    const known = contactId ? this.contacts.get(contactId) : undefined
    const contact = known ?? this.newContact(message)
    if (known) this.learn(known, message)
    if (conflict.length > 0) this.out.conflicts.push({ contactId: contact.id, others: conflict })
    this.learnIdentities(contact, message.sender)
    return contact
  }

  private newContact(message: InboundMessage): ContactRow {
    const { now, workspaceId, newId } = this.world
    const contact: ContactRow = {
      id: newId(),
      workspaceId,
      name: message.name,
      phone: displayPhone(message.sender.waId),
      waKey: waKey(message.sender),
      email: null,
      category: 'standard',
      tags: [],
      createdAt: now,
      updatedAt: now,
      version: 1,
    }
    this.contacts.set(contact.id, contact)
    this.out.newContacts.push(contact)
    return contact
  }

  /** Fills what was not known; what a person or a CRM wrote is never replaced by a profile name. */
  private learn(contact: ContactRow, { name, sender }: InboundMessage) {
    const learned = (!contact.name && name) || (!contact.phone && sender.waId)
    if (!learned) return
    contact.name ??= name
    if (!contact.phone && sender.waId) {
      contact.phone = displayPhone(sender.waId)
      contact.waKey = waKey(sender)
    }
    contact.updatedAt = this.world.now
    const isNew = this.out.newContacts.includes(contact)
    if (!isNew && !this.out.changedContacts.includes(contact)) this.out.changedContacts.push(contact)
  }

  private learnIdentities(contact: ContactRow, sender: Sender) {
    const { workspaceId, now, newId, identities } = this.world
    for (const identity of identitiesOf(sender)) {
      if (identities.some(row => row.kind === identity.kind && row.matchKey === identity.matchKey)) continue
      const row = { id: newId(), workspaceId, contactId: contact.id, ...identity, createdAt: now }
      identities.push(row)
      this.out.identities.push(row)
    }
  }

  private conversationOf(contact: ContactRow, channelId: string, message: InboundMessage): ConversationRow {
    const key = `${contact.id} ${channelId}`
    const { workspaceId, now, newId } = this.world
    const conversation = this.conversations.get(key) ?? {
      ...{ id: newId(), workspaceId, contactId: contact.id, channelId, toWaId: null, toUserId: null },
      ...{ lastInboundAt: null, createdAt: now },
    }
    const newest = !conversation.lastInboundAt || message.at >= conversation.lastInboundAt
    if (newest || (!conversation.toWaId && !conversation.toUserId)) {
      conversation.toWaId = message.sender.waId ?? conversation.toWaId
      conversation.toUserId = message.sender.userId ?? message.sender.parentUserId ?? conversation.toUserId
    }
    if (newest && opensWindow(message)) conversation.lastInboundAt = message.at
    this.conversations.set(key, conversation)
    this.touchedConversations.set(key, conversation)
    return conversation
  }

  private ticketFor(conversation: ConversationRow, contact: ContactRow, message: InboundMessage): TicketRow {
    const latest = this.latest.get(conversation.id)
    const arrival = arrive(latest, message.at, this.world.config.graceHours)
    if (!latest || arrival.kind === 'open') return this.openTicket(conversation, contact, message)
    if (arrival.kind === 'reopen') {
      this.addEvent(latest, 'reopened', message.at, contact)
      this.change(latest, { state: arrival.state, stateAt: message.at, resolvedAt: null })
    } else if (arrival.state !== latest.state) {
      this.addEvent(latest, 'customer wrote', message.at, contact)
      this.change(latest, { state: arrival.state, stateAt: message.at })
    }
    if (message.at < latest.openedAt) {
      // Written first, come later: the episode began with it.
      this.addEvent(latest, 'opened', message.at, contact)
      const stateAt = latest.stateAt.getTime() === latest.openedAt.getTime() ? message.at : latest.stateAt
      this.change(latest, { openedAt: message.at, stateAt })
    }
    return latest
  }

  private openTicket(conversation: ConversationRow, contact: ContactRow, message: InboundMessage): TicketRow {
    const { workspaceId, now, newId, config } = this.world
    const match = firstMatch(config.rules, {
      text: message.text,
      inBusinessHours: isOpen(this.defaultCalendar(), message.at),
      category: contact.category,
      channelId: conversation.channelId,
    })
    const priority = match?.rule.actions.priority ?? (contact.category === 'vip' ? 'high' : 'normal')
    const { ownerId, teamId, reason } = this.assign(match)
    const ticket: TicketRow = {
      id: newId(),
      workspaceId,
      number: 0,
      conversationId: conversation.id,
      contactId: contact.id,
      channelId: conversation.channelId,
      state: 'open',
      stateAt: message.at,
      priority,
      subject: subjectOf(message, config.language),
      tags: [...new Set([...contact.tags, ...(match?.rule.actions.tags ?? [])])],
      ownerId,
      teamId,
      assignmentReason: reason,
      slaPolicyId: policyFor(config.policies, priority)?.id ?? null,
      snoozedUntil: null,
      escalationLevel: 0,
      openedAt: message.at,
      resolvedAt: null,
      createdAt: now,
      updatedAt: now,
      version: 1,
    }
    if (match) this.out.ruleHits.push(match.rule.id)
    this.latest.set(conversation.id, ticket)
    this.out.newTickets.push(ticket)
    this.addEvent(ticket, 'opened', message.at, contact)
    this.addEvent(ticket, 'assigned', message.at, null, { ownerId, teamId, reason })
    return ticket
  }

  private assign(match: RuleMatch | null): { ownerId: string | null; teamId: string | null; reason: AssignmentReason } {
    const { teams, agents } = this.world.config
    const actions = match?.rule.actions ?? {}
    const named = agents.find(agent => agent.id === actions.agentId)
    const team = teams.find(row => row.id === actions.teamId) ?? (named ? undefined : teams.find(row => row.isDefault))
    const chosen = named ?? nextAgent(agents.filter(agent => team?.members.includes(agent.id)))
    if (chosen) {
      // Each assignment of a batch is a moment of its own, so that turns are taken within it too.
      chosen.lastAssignedAt = new Date(this.world.now.getTime() + this.assignments++)
      this.out.assigned = [...this.out.assigned.filter(row => row.id !== chosen.id), chosen]
    }
    const strategy = named ? 'named agent' : 'round robin'
    return { ownerId: chosen?.id ?? null, teamId: team?.id ?? null, reason: reason() }

    function reason(): AssignmentReason {
      if (match) {
        const { id, position, name } = match.rule
        const how = { keyword: match.keyword, team: team?.name ?? null, strategy: chosen ? strategy : null } as const
        return { kind: 'rule', ruleId: id, position, rule: name, ...how }
      }
      if (!chosen || !team) return { kind: 'nobody available', team: team?.name ?? null }
      return { kind: 'default team', team: team.name, strategy }
    }
  }

  private defaultCalendar(): Calendar | null {
    return this.world.config.calendars.find(row => row.isDefault)?.calendar ?? null
  }

  private clocksOf(ticket: TicketRow): ClockRow[] {
    return clockRows(this.world.config, ticket, this.events.get(ticket.id) ?? [], this.world.newId)
  }

  private change(ticket: TicketRow, values: Partial<TicketRow>) {
    Object.assign(ticket, values, { updatedAt: this.world.now, snoozedUntil: null })
    this.touchedTickets.set(ticket.id, ticket)
  }

  private addEvent(
    ticket: TicketRow,
    kind: TicketEventRow['kind'],
    at: Date,
    by: ContactRow | null,
    data: unknown = null,
  ) {
    const actor = by ? { kind: 'customer', contactId: by.id } : { kind: 'system' }
    const { workspaceId, now, newId } = this.world
    const event = { id: newId(), workspaceId, ticketId: ticket.id, kind, at, recordedAt: now, actor, data }
    this.events.set(ticket.id, [...(this.events.get(ticket.id) ?? []), event])
    this.out.events.push(event)
  }

  private messageRow(message: InboundMessage, conversation: ConversationRow, ticket: TicketRow | null): MessageRow {
    return {
      id: this.world.newId(),
      workspaceId: this.world.workspaceId,
      channelId: conversation.channelId,
      conversationId: conversation.id,
      contactId: conversation.contactId,
      ticketId: ticket?.id ?? null,
      wamid: message.wamid,
      direction: 'in',
      origin: 'customer',
      kind: message.kind,
      text: message.text,
      content: message.content,
      raw: message.raw,
      replyToWamid: message.replyToWamid,
      providerAt: message.at,
      recordedAt: this.world.now,
      status: 'received',
      ...{ failureCode: null, failureReason: null, authorName: message.name, sourceConnectionId: null },
      ...{ sourceRemoteId: null, idempotencyKey: null, sendingAt: null },
    }
  }
}

/** The clocks of a ticket from its chronology. Shared by every verb that adds to the chronology. */
export function clockRows(
  config: Pick<InboxConfig, 'policies' | 'calendars'>,
  ticket: Pick<TicketRow, 'id' | 'workspaceId' | 'slaPolicyId'>,
  events: { kind: string; at: Date }[],
  newId: () => string,
): ClockRow[] {
  const policy = config.policies.find(row => row.id === ticket.slaPolicyId)
  if (!policy) return []
  const calendar = config.calendars.find(row => row.id === policy.businessHoursId)?.calendar ?? null
  const moves = events.filter((event): event is { kind: SlaEventKind; at: Date } =>
    (slaEventKinds as readonly string[]).includes(event.kind),
  )
  return foldClocks(policy, calendar, moves).map(clock => ({
    ...{ id: newId(), workspaceId: ticket.workspaceId, ticketId: ticket.id, warnedAt: null },
    ...clock,
  }))
}

const SUBJECT_LENGTH = 80

function subjectOf(message: InboundMessage, language: InboxConfig['language']): string {
  const line = describeMessage(message, language).split('\n')[0] ?? ''
  return line.length > SUBJECT_LENGTH ? `${line.slice(0, SUBJECT_LENGTH - 1).trimEnd()}…` : line
}
