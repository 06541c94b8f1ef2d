import type { Org } from './state.ts'

const HOUR_MS = 3_600_000

/** Calls of the last 24 hours, by the sandbox's clock. */
export function usageOf(org: Org, now: number): { used: number; max: number } {
  const hour = Math.floor(now / HOUR_MS)
  let used = 0
  for (const [at, calls] of org.usage) {
    if (at <= hour - 24) org.usage.delete(at)
    else used += calls
  }
  return { used, max: org.dailyLimit }
}

/** Whether one more may be made; it is counted then. */
export function takeCall(org: Org, now: number): boolean {
  const { used, max } = usageOf(org, now)
  if (used >= max) return false
  const hour = Math.floor(now / HOUR_MS)
  org.usage.set(hour, (org.usage.get(hour) ?? 0) + 1)
  return true
}
