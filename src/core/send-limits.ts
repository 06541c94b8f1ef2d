/**
 * How fast WhatsApp lets a number send (Meta, "Throughput" and "Pair rate limits"): a pace for the number, and one towards
 * each customer. Both are kept as the instant until which everything sent has been paid for.
 */
import { type Pace, retryDelayMs } from './send-errors.ts'

export type SendPace = {
  intervalMs: number
  /** Messages that may leave at once and are paid for later. */
  burst: number
}

/** One message in 6 seconds to a customer; up to 45 may be borrowed from the time to come. */
export const PAIR_PACE: SendPace = { intervalMs: 6_000, burst: 45 }

export type SendLimit = { blockedUntil: Date | null; refusals: number; refusedAt: Date | null }

/** Refusals of the number are forgotten after this time without one; of a customer, when a message goes through. */
const MEMORY_MS = 10 * 60_000

/** At the least a 32nd of the pace is left. */
const MOST_HALVINGS = 5

/** A number's pace: what Meta grants, halved by each refusal of the last minutes. */
export function channelPace(perSecond: number, limit: SendLimit | undefined, now: Date): SendPace {
  const refusals = limit ? recentRefusals(limit, now) : 0
  const granted = Math.max(1, perSecond / 2 ** Math.min(refusals, MOST_HALVINGS))
  return { intervalMs: 1000 / granted, burst: Math.max(1, Math.floor(granted)) }
}

/** After Meta said that it was too fast. What is refused while a block lasts was on its way before, and adds nothing. */
export function afterRefusal(limit: SendLimit, pace: Pace, now: Date, random: number): SendLimit {
  if (limit.blockedUntil && limit.blockedUntil > now) return limit
  const refusals = (pace === 'pair' ? limit.refusals : recentRefusals(limit, now)) + 1
  const blockedUntil = new Date(now.getTime() + retryDelayMs(pace, refusals, random))
  return { blockedUntil, refusals, refusedAt: now }
}

function recentRefusals({ refusals, refusedAt }: SendLimit, now: Date): number {
  return refusedAt && now.getTime() - refusedAt.getTime() < MEMORY_MS ? refusals : 0
}
