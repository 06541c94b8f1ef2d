/** A ticket is an episode of a conversation; this is its states and the moves between them. */
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

/** The state after the ticket got an owner, or lost one. */
export function afterAssignment(state: TicketState, ownerId: string | null): TicketState {
  if (state === 'open' && ownerId) return 'in_progress'
  if (state === 'in_progress' && !ownerId) return 'open'
  return state
}
