/**
 * WhatsApp's customer service window: 24 hours from the customer's last message, in which free-form messages are
 * accepted. Outside it only templates are (error 131047).
 */
export const WINDOW_HOURS = 24

export type Window = { kind: 'open'; closesAt: Date } | { kind: 'closed'; closedAt: Date | null }

/** `lastInboundAt` is the provider time of the customer's last message; null when there never was one. */
export function windowAt(lastInboundAt: Date | null, now: Date): Window {
  if (!lastInboundAt) return { kind: 'closed', closedAt: null }
  const closesAt = new Date(lastInboundAt.getTime() + WINDOW_HOURS * 3_600_000)
  return now < closesAt ? { kind: 'open', closesAt } : { kind: 'closed', closedAt: closesAt }
}
