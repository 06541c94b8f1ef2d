/** A ticket is an episode of a conversation; this is its states and the moves between them. */
import type { Activity } from './contact.ts'
import type { CustomValues } from './custom-field.ts'
import type { Permission } from './permissions.ts'

export const ticketStates = ['open', 'in_progress', 'waiting', 'resolved'] as const
export type TicketState = (typeof ticketStates)[number]

export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

/** A ticket as connectors see one. */
export type TicketRecord = {
  id: string
  /** Human-readable, such as `BZ-1042`. */
  number: string
  subject: string
  state: TicketState
  priority: Priority
  ownerEmail: string | null
  tags: string[]
  contactId: string
  openedAt: Date
  /** Fields of the workspace's own. */
  custom?: CustomValues | null
  activity?: Activity
}

/** `BZ-1042` from the workspace's running number. */
export function ticketNumber(sequence: number): string {
  return `BZ-${sequence}`
}

/** How long an inbound message reopens a resolved ticket instead of opening a new one; hours. */
export const DEFAULT_GRACE_HOURS = 72

export type Arrival = { kind: 'open' } | { kind: 'join'; state: TicketState } | { kind: 'reopen'; state: TicketState }

/**
 * What an inbound customer message does to the conversation's latest ticket: opens one, joins it (back from `waiting`),
 * or reopens it when it was resolved within the grace period. `at` and `stateAt` are provider times, so a message that
 * was written before the answer or the resolution joins without undoing it, however late it comes.
 */
export function arrive(
  latest: { state: TicketState; ownerId: string | null; stateAt: Date } | undefined,
  at: Date,
  graceHours: number,
): Arrival {
  if (!latest) return { kind: 'open' }
  const active: TicketState = latest.ownerId ? 'in_progress' : 'open'
  const late = at <= latest.stateAt
  if (latest.state === 'waiting') return { kind: 'join', state: late ? 'waiting' : active }
  if (latest.state !== 'resolved') return { kind: 'join', state: latest.state }
  if (late) return { kind: 'join', state: 'resolved' }
  const graceMs = graceHours * 3_600_000
  return at.getTime() - latest.stateAt.getTime() <= graceMs ? { kind: 'reopen', state: active } : { kind: 'open' }
}

/**
 * The state after an agent's answer, written at `at`: the ball is with the customer. An answer to a resolved ticket
 * leaves it resolved, and one written before the customer's last word leaves the ball with us.
 */
export function afterReply(ticket: { state: TicketState; stateAt: Date }, at: Date): TicketState {
  return ticket.state === 'resolved' || at < ticket.stateAt ? ticket.state : 'waiting'
}

/** What of the ticket an answer changes: an answer after an answer, since when it waits; one that came late nothing. */
export function movedByReply(
  ticket: { state: TicketState; stateAt: Date },
  at: Date,
): { state?: TicketState; stateAt?: Date } {
  const isNews = afterReply(ticket, at) === 'waiting' && (ticket.state !== 'waiting' || at > ticket.stateAt)
  return isNews ? { state: 'waiting', stateAt: at } : {}
}

/**
 * The moves that people make, from any of these states to that one. `active`: with its owner, or open to all. `same`: the
 * state stays. What customers and answers move is `arrive` and `afterReply`.
 */
export const ticketMoves = {
  wait: { from: ['open', 'in_progress'], to: 'waiting', permission: 'tickets.change', event: 'waiting' },
  resume: { from: ['waiting'], to: 'active', permission: 'tickets.change', event: 'resumed' },
  resolve: {
    from: ['open', 'in_progress', 'waiting'],
    to: 'resolved',
    permission: 'tickets.change',
    event: 'resolved',
  },
  reopen: { from: ['resolved'], to: 'active', permission: 'tickets.change', event: 'reopened' },
  snooze: { from: ['open', 'in_progress', 'waiting'], to: 'same', permission: 'tickets.change', event: 'snoozed' },
  wake: { from: ['open', 'in_progress', 'waiting'], to: 'same', permission: 'tickets.change', event: 'woke' },
  merge: { from: ticketStates, to: 'resolved', permission: 'tickets.change', event: 'merged' },
  split: { from: ticketStates, to: 'resolved', permission: 'tickets.change', event: 'split' },
  'hand over': {
    from: ['open', 'in_progress', 'waiting'],
    to: 'same',
    permission: 'tickets.assign',
    event: 'handed over',
  },
} as const satisfies Record<string, TicketMove>
export type TicketVerb = keyof typeof ticketMoves

type TicketMove = {
  from: readonly TicketState[]
  to: TicketState | 'active' | 'same'
  permission: Permission
  /** What the chronology calls it. */
  event: string
}

export type Moved = { kind: 'moved'; state: TicketState } | { kind: 'already there' } | { kind: 'impossible' }

/** What a verb makes of a ticket in this state. */
export function moveTicket(ticket: { state: TicketState; ownerId: string | null }, verb: TicketVerb): Moved {
  const { from, to }: TicketMove = ticketMoves[verb]
  const active: TicketState = ticket.ownerId ? 'in_progress' : 'open'
  const state = to === 'same' ? ticket.state : to === 'active' ? active : to
  if (from.includes(ticket.state)) return { kind: 'moved', state }
  const isActive = ticket.state === 'open' || ticket.state === 'in_progress'
  const isThere = to === 'active' ? isActive : ticket.state === to
  return { kind: isThere ? 'already there' : 'impossible' }
}

/** Columns of the board; the database keeps each ticket's (set_board). */
export const boardColumns = ['new', 'assigned', 'waiting', 'escalated', 'resolved'] as const
export type BoardColumn = (typeof boardColumns)[number]

/**
 * Since when the ball is with us: from the first message of the customer's turn, or from what handed it over by hand. Null
 * while it is with the customer, and when all is over. From the chronology, in any order.
 */
export function waitingSince(events: readonly { kind: string; at: Date }[]): Date | null {
  const inOrder = [...events].sort((a, b) => a.at.getTime() - b.at.getTime())
  let since: Date | null = null
  for (const { kind, at } of inOrder) {
    if (handsOver(kind)) since = null
    else if (['opened', 'customer wrote', 'resumed', 'reopened'].includes(kind)) since ??= at
  }
  return since
}

/** With these the ball is with the customer, or nobody's. */
export function handsOver(kind: string): boolean {
  return ['answered', 'waiting', 'resolved'].includes(kind)
}

/** The earliest deadline that still runs; one that has passed unmet is the earliest of all. */
export function soonestDue(clocks: readonly { dueAt: Date | null; stoppedAt: Date | null }[]): Date | null {
  const running = clocks.flatMap(({ dueAt, stoppedAt }) => (dueAt && !stoppedAt ? [dueAt.getTime()] : []))
  return running.length > 0 ? new Date(Math.min(...running)) : null
}

/** What comes next on a ticket that is not resolved: each has exactly one. */
export type NextAction =
  | { kind: 'reply'; at: Date | null }
  | { kind: 'task'; at: Date; taskId: string; title: string }
  | { kind: 'wake'; at: Date | null }
  | { kind: 'follow up'; at: Date | null }

/**
 * A ticket that sleeps does nothing but wake; else the earlier of the answer that is due and the task that is. Where the
 * ball is with the customer and no task is set, it is to be followed up: when it would be closed by itself, if it would.
 */
export function nextAction(
  ticket: { state: TicketState; snoozedAt: Date | null; snoozedUntil: Date | null; dueAt: Date | null; stateAt: Date },
  tasks: readonly { id: string; title: string; dueAt: Date | null; doneAt: Date | null }[],
  autoCloseDays: number | null,
): NextAction | null {
  if (ticket.state === 'resolved') return null
  if (ticket.snoozedAt) return { kind: 'wake', at: ticket.snoozedUntil }
  const [task] = tasks
    .flatMap(({ id, title, dueAt, doneAt }) => (dueAt && !doneAt ? [{ id, title, dueAt }] : []))
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
  const isOurs = ticket.state !== 'waiting'
  if (task && (!isOurs || !ticket.dueAt || task.dueAt <= ticket.dueAt)) {
    return { kind: 'task', at: task.dueAt, taskId: task.id, title: task.title }
  }
  if (isOurs) return { kind: 'reply', at: ticket.dueAt }
  const at = autoCloseDays === null ? null : new Date(ticket.stateAt.getTime() + autoCloseDays * 86_400_000)
  return { kind: 'follow up', at }
}

/** The state after the ticket got an owner, or lost one. */
export function afterAssignment(state: TicketState, ownerId: string | null): TicketState {
  if (state === 'open' && ownerId) return 'in_progress'
  if (state === 'in_progress' && !ownerId) return 'open'
  return state
}
