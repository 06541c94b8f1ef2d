/**
 * WhatsApp's customer service window: 24 hours from the customer's last message, in which free-form messages are
 * accepted. Outside it only templates are (error 131047).
 */
export const WINDOW_HOURS = 24
export const WINDOW_MS = WINDOW_HOURS * 3_600_000

export type Window = { kind: 'open'; closesAt: Date } | { kind: 'closed'; closedAt: Date | null }

/** `lastInboundAt` is the provider time of the customer's last message; null when there never was one. */
export function windowAt(lastInboundAt: Date | null, now: Date): Window {
  if (!lastInboundAt) return { kind: 'closed', closedAt: null }
  const closesAt = new Date(lastInboundAt.getTime() + WINDOW_MS)
  return now < closesAt ? { kind: 'open', closesAt } : { kind: 'closed', closedAt: closesAt }
}

const HOUR_MS = 3_600_000
/** Answered within a day, what came by an advertisement opens three days in which nothing is charged. */
const ENTRY_ANSWER_HOURS = 24
const ENTRY_HOURS = 72

/**
 * Until when messages are free after an advertisement led the customer here ("free entry point"): three days from our first
 * answer. The 24-hour window stays as it is: afterwards only templates go, and those are free too. Null where it never
 * opened, or is over.
 */
export function freeUntil(adAt: Date | null, answeredAt: Date | null, now: Date): Date | null {
  if (!adAt || !answeredAt) return null
  if (answeredAt.getTime() - adAt.getTime() > ENTRY_ANSWER_HOURS * HOUR_MS) return null
  const until = new Date(answeredAt.getTime() + ENTRY_HOURS * HOUR_MS)
  return now < until ? until : null
}
