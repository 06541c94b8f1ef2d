/** Who goes first over what a CRM allows in calls, and how much of it is left to those who are more urgent. */

/** In the order in which they are served: what people wait for, what failed before, what is carried over in bulk. */
export const lanes = ['live', 'retry', 'backfill'] as const
export type Lane = (typeof lanes)[number]

/**
 * What part a lane may use up of the vendor's window and of the day's budget: the rest stays free for the lanes before it,
 * so that a message that comes in the midst of a backfill finds room at once. Sums of halves, which a `real` of Postgres holds
 * exactly.
 */
export const laneShares: Record<Lane, { window: number; day: number }> = {
  live: { window: 1, day: 1 },
  retry: { window: 0.875, day: 0.9375 },
  backfill: { window: 0.75, day: 0.75 },
}

/** Of a lane's part of the window, for asking what is there before something is said over it: there is room left to say it then. */
export const HEARING_PART = 0.875

export type Budget = {
  /** Calls the vendor allows in a day; null where it counts none. */
  dailyMax: number | null
  dailyUsed: number
  /** Percent of it that an admin lets us use. */
  dailyShare: number
  /** Of the last 24 hours, and not of a day. */
  isRolling: boolean
}

export type Forecast = {
  /** Calls that may be made in a day. */
  allowed: number
  left: number
  /** When it is used up at the pace of the last hours; null where that is not before the day ends. */
  usedUpAt: Date | null
}

/**
 * `perHour`: calls of the last hours. The day is UTC's, which stands in for the account's; of the last 24 hours, what was used comes
 * free again as evenly as it may have been used.
 */
export function forecast(budget: Budget, perHour: number, now: Date): Forecast | null {
  const { dailyMax, dailyUsed, dailyShare, isRolling } = budget
  if (dailyMax === null) return null
  const allowed = Math.floor((dailyMax * dailyShare) / 100)
  const left = Math.max(0, allowed - dailyUsed)
  if (left === 0) return { allowed, left, usedUpAt: now }
  const growth = isRolling ? perHour - dailyUsed / 24 : perHour
  if (growth <= 0) return { allowed, left, usedUpAt: null }
  const at = new Date(now.getTime() + (left / growth) * 3_600_000)
  const isSoon = at < (isRolling ? new Date(now.getTime() + DAY_MS) : endOfDay(now))
  return { allowed, left, usedUpAt: isSoon ? at : null }
}

const DAY_MS = 24 * 3_600_000

/** When a new day's budget begins. */
export function endOfDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
}
