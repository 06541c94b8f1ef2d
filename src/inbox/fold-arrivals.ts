/**
 * What a batch of inbound messages does to the people, conversations and tickets it meets: takes the rows as they are,
 * gives the rows to write. No I/O; ids come from `newId`.
 */
import { type Amendment, amend, isAmendment } from '../core/amendment.ts'
import { senderKey } from '../core/identity.ts'
import { type InboundMessage, isAnswer, opensWindow, wantsAnswer } from '../core/inbound.ts'
import { furthest } from '../core/message.ts'
import { summarizeMessage } from '../core/rendering.ts'
import { foldClocks, type SlaEventKind, slaEventKinds } from '../core/sla.ts'
import { arrive, handsOver, movedByReply, soonestDue, waitingSince } from '../core/ticket.ts'
import type {
  AmendmentRow,
  ClockRow,
  ContactRow,
  ConversationRow,
  IdentityRow,
  LaterMessage,
  MessageRow,
  StoredMessage,
  SuggestionRow,
  TicketEventRow,
  TicketRow,
} from '../db/arrivals.ts'
import type { InboxConfig } from '../db/inbox-config.ts'
import type { ReportedStatus } from '../db/statuses.ts'
import { People } from './fold-people.ts'
import { countIn, routeTicket } from './route-ticket.ts'

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
  /** Of the messages of the batch, and of those that they change, the ones that are stored already. */
  stored: StoredMessage[]
  /** Edits and deletions that came before the messages of the batch. */
  amendments: AmendmentRow[]
  /** What was reported of the business's own messages before they came. */
  statuses: ReportedStatus[]
  /** Of conversations in which something comes late: what was said since. */
  later: LaterMessage[]
  /** What CRMs say of the contacts; empty where no rule and no team asks. */
  crm: CrmRecord[]
}

export type CrmRecord = { contactId: string; connectionId: string; values: Record<string, unknown> }

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
  /** From before the number was connected: nobody is told. */
  imported: MessageRow[]
  changedMessages: StoredMessage[]
  events: TicketEventRow[]
  clocks: ClockRow[]
  assigned: { id: string; lastAssignedAt: Date | null }[]
  ruleHits: string[]
  /** Messages that stood outside the ticket which turns out to be theirs. */
  joined: { id: string; ticketId: string }[]
  /** Contacts that may be one person: nothing is merged. */
  suggestions: SuggestionRow[]
}

/**
 * Folds the items in the order they were written, whatever the order they came in. News of changed ids come before all,
 * because what was written under the new ones may stand before them.
 */
export function foldArrivals(world: World, items: Item[]): Changes {
  const fold = new Fold(world)
  const ordered = items
    .map((item, nth) => ({ item, nth, isNews: item.message.kind === 'system' && item.message.alsoKnownAs !== null }))
    .sort(
      (a, b) =>
        Number(b.isNews) - Number(a.isNews) ||
        a.item.message.at.getTime() - b.item.message.at.getTime() ||
        a.nth - b.nth,
    )
  for (const { item } of ordered) fold.take(item)
  return fold.changes()
}

/** The world while it is being folded: what is new, and what of the known has changed. */
class Fold {
  private readonly world: World
  private readonly people: People
  private readonly conversations = new Map<string, ConversationRow>()
  private readonly latest = new Map<string, TicketRow>()
  private readonly events = new Map<string, TicketEventRow[]>()
  private readonly touchedTickets = new Map<string, TicketRow>()
  private readonly touchedConversations = new Map<string, ConversationRow>()
  private readonly out: Changes = {
    ...{ newContacts: [], changedContacts: [], identities: [], conversations: [], newTickets: [], changedTickets: [] },
    ...{ messages: [], imported: [], changedMessages: [], events: [], clocks: [], assigned: [], ruleHits: [] },
    ...{ joined: [], suggestions: [] },
  }
  /** What is known of messages, and of what was said of them, by `channelId wamid`. */
  private readonly stored: Map<string, StoredMessage>
  private readonly made = new Map<string, MessageRow>()
  private readonly amendments: Map<string, Amendment[]>
  private readonly statuses: Map<string, ReportedStatus[]>
  private readonly imports = new Set<string>()
  /** What belongs to no ticket, and when customers wanted an answer, by conversation. */
  private readonly strays = new Map<string, Stray[]>()
  private readonly asked = new Map<string, Date[]>()
  private assignments = 0

  constructor(world: World) {
    this.world = world
    this.people = new People(world)
    for (const row of world.conversations) this.conversations.set(placeOf(row), row)
    this.stored = new Map(world.stored.map(row => [`${row.channelId} ${row.wamid}`, row]))
    this.amendments = Map.groupBy(world.amendments, row => `${row.channelId} ${row.targetWamid}`)
    this.statuses = Map.groupBy(world.statuses, row => `${row.channelId} ${row.wamid}`)
    for (const row of world.tickets) this.latest.set(row.conversationId, row)
    for (const row of world.later) {
      if (!row.ticketId) this.addStray(row.conversationId, { id: row.id, at: row.at, isAnswer: isAnswer(row) })
      if (wantsAnswer(row)) this.noteAsked(row.conversationId, row.at)
    }
    for (const row of world.events) this.events.set(row.ticketId, [...(this.events.get(row.ticketId) ?? []), row])
  }

  take({ channelId, message }: Item) {
    const key = `${channelId} ${message.wamid}`
    const known = this.made.get(key) ?? this.stored.get(key)
    if (known) {
      if (known.content?.placeholder && message.kind !== 'unsupported')
        this.rewrite(key, { ...known, ...saidBy(message) })
      return
    }
    const contact = this.people.of({ channelId, message })
    const conversation = this.conversationOf(contact, channelId, message)
    if (wantsAnswer(message)) this.noteAsked(conversation.id, message.at)
    const ticket = wantsAnswer(message)
      ? this.ticketFor(conversation, contact, message)
      : this.ticketBeside(conversation, message)
    if (ticket && isAnswer(message)) this.answered(ticket, conversation.id, message.at)
    const row = this.messageRow(message, contact, conversation, ticket ?? null)
    if (message.via === 'history') this.imports.add(row.id)
    else if (!ticket) {
      this.addStray(conversation.id, { id: row.id, at: message.at, isAnswer: isAnswer(message), key })
      if (!conversation.strayAt || message.at > conversation.strayAt) conversation.strayAt = message.at
    }
    this.make(key, row)
    if (message.targetWamid && isAmendment(message.content)) this.amend(`${channelId} ${message.targetWamid}`, message)
  }

  changes(): Changes {
    const { newContacts, changedContacts, identities, suggestions } = this.people
    Object.assign(this.out, { newContacts, changedContacts, identities, suggestions })
    const fresh = new Set(this.out.newTickets.map(ticket => ticket.id))
    this.out.changedTickets = [...this.touchedTickets.values()].filter(ticket => !fresh.has(ticket.id))
    this.out.conversations = [...this.touchedConversations.values()]
    for (const row of this.made.values()) (this.imports.has(row.id) ? this.out.imported : this.out.messages).push(row)
    for (const ticket of [...this.out.newTickets, ...this.out.changedTickets]) {
      const clocks = this.clocksOf(ticket)
      Object.assign(ticket, standing(this.events.get(ticket.id) ?? [], clocks))
      this.out.clocks.push(...clocks)
    }
    return this.out
  }

  private make(key: string, row: MessageRow) {
    const amended = (this.amendments.get(key) ?? []).reduce((now, each) => amend(now, each) ?? now, row)
    this.made.set(key, amended)
  }

  private amend(key: string, amendment: Amendment) {
    this.amendments.set(key, [...(this.amendments.get(key) ?? []), amendment])
    const target = this.made.get(key) ?? this.stored.get(key)
    const amended = target && amend(target, amendment)
    if (amended) this.rewrite(key, amended)
  }

  /** A message of the batch is written as it is by then; one that is stored is changed. */
  private rewrite(key: string, row: StoredMessage) {
    const made = this.made.get(key)
    if (made) {
      this.made.set(key, { ...made, kind: row.kind, text: row.text, content: row.content })
      return
    }
    this.stored.set(key, row)
    this.out.changedMessages = [...this.out.changedMessages.filter(each => each.id !== row.id), row]
  }

  private conversationOf(contact: ContactRow, channelId: string, message: InboundMessage): ConversationRow {
    const key = placeOf({ contactId: contact.id, channelId, groupId: message.groupId })
    const { workspaceId, now, newId } = this.world
    const conversation = this.conversations.get(key) ?? {
      ...{ id: newId(), workspaceId, contactId: contact.id, channelId, toWaId: null, toUserId: null },
      ...{ lastInboundAt: null, createdAt: now, groupId: message.groupId, marketing: null, marketingAt: null },
      strayAt: null,
    }
    this.learnAddress(conversation, message)
    const newest = !conversation.lastInboundAt || message.at >= conversation.lastInboundAt
    if (newest && opensWindow(message)) conversation.lastInboundAt = message.at
    const [, marketing] = /^marketing_(\w+)$/.exec(String(message.content?.event)) ?? []
    if (marketing && (!conversation.marketingAt || message.at >= conversation.marketingAt)) {
      Object.assign(conversation, { marketing, marketingAt: message.at })
    }
    this.conversations.set(key, conversation)
    this.touchedConversations.set(key, conversation)
    return conversation
  }

  /** The address to answer is that of the newest message of the customer's own; a group has its id. */
  private learnAddress(conversation: ConversationRow, message: InboundMessage) {
    if (conversation.groupId) return
    const { waId, userId, parentUserId } =
      message.kind === 'system' && message.alsoKnownAs ? message.alsoKnownAs : message.sender
    const isTheirs = message.direction === 'in' && message.via !== 'history'
    const newest = !conversation.lastInboundAt || message.at >= conversation.lastInboundAt
    if ((isTheirs && newest) || (!conversation.toWaId && !conversation.toUserId)) {
      conversation.toWaId = waId ?? conversation.toWaId
      conversation.toUserId = userId ?? parentUserId ?? conversation.toUserId
    }
  }

  /** Where a message belongs that asks nothing: to the episode in which it was written; of the business's own, an open one. */
  private ticketBeside(conversation: ConversationRow, { via, direction, at }: InboundMessage): TicketRow | undefined {
    const latest = this.latest.get(conversation.id)
    if (via === 'history' || !latest || at < latest.openedAt) return undefined
    return direction === 'in' || latest.state !== 'resolved' ? latest : undefined
  }

  /** The business answered in its app: the ball is with the customer, unless they have written since. */
  private answered(ticket: TicketRow, conversationId: string, at: Date) {
    this.addEvent(ticket, 'answered', at, null)
    const since = (this.asked.get(conversationId) ?? []).filter(asked => asked > at).sort((a, b) => +a - +b)
    const [first, last] = [since[0], since.at(-1)]
    // Come late: the turn that the customer began after it is a turn of its own.
    if (first && !this.isHandedOver(ticket, at, first)) this.addEvent(ticket, 'customer wrote', first, null)
    const isOver = !last || (ticket.state === 'waiting' && ticket.stateAt >= last)
    if (isOver) {
      this.change(ticket, movedByReply(ticket, at))
      return
    }
    const arrival = arrive(
      { state: 'waiting', ownerId: ticket.ownerId, stateAt: at },
      last,
      this.world.config.graceHours,
    )
    this.change(ticket, { state: arrival.kind === 'open' ? 'open' : arrival.state, stateAt: last })
  }

  /** Whether the ball went to the customer, or all was over, after one instant and not after the other. */
  private isHandedOver(ticket: TicketRow, after: Date, until: Date): boolean {
    return (this.events.get(ticket.id) ?? []).some(({ kind, at }) => handsOver(kind) && at > after && at <= until)
  }

  private noteAsked(conversationId: string, at: Date) {
    this.asked.set(conversationId, [...(this.asked.get(conversationId) ?? []), at])
  }

  private addStray(conversationId: string, stray: Stray) {
    this.strays.set(conversationId, [...(this.strays.get(conversationId) ?? []), stray])
  }

  /** What stood outside any ticket, and was written in this episode, belongs to it; an answer among it answers. */
  private takeStrays(ticket: TicketRow, conversationId: string, since: Date) {
    const { mine = [], others = [] } = Object.groupBy(this.strays.get(conversationId) ?? [], ({ at }) =>
      at >= since ? 'mine' : 'others',
    )
    this.strays.set(conversationId, others)
    for (const { id, at, isAnswer, key } of mine.sort((a, b) => a.at.getTime() - b.at.getTime())) {
      const made = key === undefined ? undefined : this.made.get(key)
      if (key !== undefined && made) this.made.set(key, { ...made, ticketId: ticket.id })
      else this.out.joined.push({ id, ticketId: ticket.id })
      if (isAnswer) this.answered(ticket, conversationId, at)
    }
  }

  private ticketFor(conversation: ConversationRow, contact: ContactRow, message: InboundMessage): TicketRow {
    const latest = this.latest.get(conversation.id)
    const arrival = arrive(latest, message.at, this.world.config.graceHours)
    if (!latest || arrival.kind === 'open') {
      const opened = this.openTicket(conversation, contact, message, latest)
      this.takeStrays(opened, conversation.id, message.at)
      return opened
    }
    if (arrival.kind === 'reopen') {
      this.addEvent(latest, 'reopened', message.at, contact)
      // It is their turn that begins too: the next response is promised.
      this.addEvent(latest, 'customer wrote', message.at, contact)
      this.change(latest, { state: arrival.state, stateAt: message.at, resolvedAt: null })
      this.leaveToOthers(latest, message.at)
    } else if (arrival.state !== latest.state) {
      this.addEvent(latest, 'customer wrote', message.at, contact)
      this.change(latest, { state: arrival.state, stateAt: message.at })
    } else if (message.at >= latest.openedAt && message.at <= latest.stateAt)
      this.beganTurn(latest, message.at, contact)
    if (latest.snoozedAt && message.at > latest.snoozedAt) {
      this.addEvent(latest, 'woke', message.at, contact)
      this.change(latest, { snoozedAt: null, snoozedUntil: null })
    }
    if (message.at < latest.openedAt) {
      // Written first, come later: the episode began with it.
      this.addEvent(latest, 'opened', message.at, contact)
      const stateAt = latest.stateAt.getTime() === latest.openedAt.getTime() ? message.at : latest.stateAt
      this.change(latest, { openedAt: message.at, stateAt })
      this.takeStrays(latest, conversation.id, message.at)
    } else if (arrival.kind === 'reopen') this.takeStrays(latest, conversation.id, message.at)
    return latest
  }

  /** Come late: where it was the customer's turn to write, they had written, whatever was said since. */
  private beganTurn(ticket: TicketRow, at: Date, contact: ContactRow) {
    const before = (this.events.get(ticket.id) ?? []).filter(event => event.at < at)
    if (waitingSince(before) !== null) return
    this.addEvent(ticket, 'customer wrote', at, contact)
    this.change(ticket, {})
  }

  /** Of whoever has left since: the ticket waits in its team's queue. */
  private leaveToOthers(ticket: TicketRow, at: Date) {
    const owner = this.world.config.agents.find(agent => agent.id === ticket.ownerId)
    if (!owner?.hasLeft) return
    const team = this.world.config.teams.find(row => row.id === ticket.teamId)?.name ?? null
    const reason = { kind: 'handed on' as const, from: owner.name, because: 'left' as const, team, strategy: null }
    this.change(ticket, { ownerId: null, state: 'open', assignmentReason: reason })
    this.addEvent(ticket, 'assigned', at, null, { ownerId: null, teamId: ticket.teamId, reason })
  }

  private openTicket(
    conversation: ConversationRow,
    contact: ContactRow,
    message: InboundMessage,
    last: TicketRow | undefined,
  ): TicketRow {
    const { workspaceId, now, newId, config } = this.world
    const { channelId } = conversation
    const crm = this.world.crm.filter(record => record.contactId === contact.id)
    const routed = routeTicket(config, { message, contact, channelId, lastAgentId: last?.ownerId, crm, now })
    // Each assignment of a batch is a moment of its own, so that turns are taken within it too.
    countIn(config, routed, new Date(now.getTime() + this.assignments++))
    const { agent, matches, ownerId, teamId, reason, priority, tags, skills, slaPolicyId } = routed
    if (agent) this.out.assigned = [...this.out.assigned.filter(row => row.id !== agent.id), agent]
    const ticket: TicketRow = {
      id: newId(),
      ...{ workspaceId, number: 0, conversationId: conversation.id, contactId: contact.id, channelId },
      ...{ state: 'open', stateAt: message.at, priority, tags, skills },
      subject: summarizeMessage(message, config.language),
      ...{ ownerId, teamId, assignmentReason: reason, slaPolicyId },
      ...{ snoozedUntil: null, escalationLevel: 0, openedAt: message.at, resolvedAt: null },
      ...{ createdAt: now, updatedAt: now, version: 1 },
      ...{ dueAt: null, waitingSince: message.at, snoozedAt: null, mergedInto: null },
    }
    this.out.ruleHits.push(...matches.map(({ rule }) => rule.id))
    this.latest.set(conversation.id, ticket)
    this.out.newTickets.push(ticket)
    this.addEvent(ticket, 'opened', message.at, contact)
    this.addEvent(ticket, 'assigned', message.at, null, { ownerId, teamId, reason })
    return ticket
  }

  private clocksOf(ticket: TicketRow): ClockRow[] {
    return clockRows(this.world.config, ticket, this.events.get(ticket.id) ?? [], this.world.newId)
  }

  private change(ticket: TicketRow, values: Partial<TicketRow>) {
    Object.assign(ticket, values, { updatedAt: this.world.now })
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

  private messageRow(
    message: InboundMessage,
    contact: ContactRow,
    conversation: ConversationRow,
    ticket: TicketRow | null,
  ): MessageRow {
    const { wamid, direction, origin, kind, text, content, raw, replyToWamid, targetWamid, via } = message
    const reported = message.direction === 'out' ? (this.statuses.get(`${conversation.channelId} ${wamid}`) ?? []) : []
    const status = reported.reduce((now, each) => furthest(now, each.status), message.status)
    const failure = status === 'failed' ? reported.find(each => each.status === 'failed') : undefined
    return {
      id: this.world.newId(),
      workspaceId: this.world.workspaceId,
      channelId: conversation.channelId,
      conversationId: conversation.id,
      contactId: contact.id,
      ticketId: ticket?.id ?? null,
      ...{ wamid, direction, origin, kind, text, content, raw, replyToWamid, targetWamid, status, via },
      customerKey: senderKey(message.sender),
      providerAt: message.at,
      recordedAt: this.world.now,
      failureCode: failure?.errorCode ?? null,
      failureReason: failure ? (failure.errorText ?? '') : null,
      authorName: direction === 'in' ? message.name : null,
      ...{ sourceConnectionId: null, sourceRemoteId: null, idempotencyKey: null, sendingAt: null },
    }
  }
}

/** A message outside any ticket; with its `key` where it is of this batch. */
type Stray = { id: string; at: Date; isAnswer: boolean; key?: string }

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

/** What lists sort by, from the chronology and the clocks. Every verb that adds to the chronology writes it. */
export function standing(
  events: readonly { kind: string; at: Date }[],
  clocks: readonly Pick<ClockRow, 'dueAt' | 'stoppedAt'>[],
): Pick<TicketRow, 'dueAt' | 'waitingSince'> {
  return { dueAt: soonestDue(clocks), waitingSince: waitingSince(events) }
}

/** A group is one conversation; outside groups, a contact on a channel is. */
function placeOf(row: Pick<ConversationRow, 'contactId' | 'channelId' | 'groupId'>): string {
  return row.groupId ? `group ${row.groupId} ${row.channelId}` : `${row.contactId} ${row.channelId}`
}

function saidBy({ kind, text, content }: InboundMessage): Pick<StoredMessage, 'kind' | 'text' | 'content'> {
  return { kind, text, content }
}
