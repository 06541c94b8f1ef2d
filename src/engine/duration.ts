const UNITS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Milliseconds of `10s`, `1h30m`, `2 days`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const pattern =
    /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])/g
  if (text.trim() === '' || text.replace(pattern, '').trim() !== '') return undefined
  let total = 0
  for (const [, amount = '', unit = ''] of text.matchAll(pattern)) {
    const known = unit.startsWith('ms') || unit.startsWith('mil') ? 'ms' : unit.slice(0, 1)
    total += Number(amount) * (UNITS[known] ?? 0)
  }
  return total
}

/** The instant of a sleep: a duration from `now` or a date. The SDK sends both in the same field. */
export function wakeTime(text: string, now: Date): Date | undefined {
  const duration = parseDuration(text)
  const time = duration === undefined ? Date.parse(text) : now.getTime() + duration
  return Number.isNaN(time) ? undefined : new Date(time)
}

/** Inngest's table (`pkg/backoff` of its server): the wait after each failed attempt, before jitter. */
const BACKOFF_SECONDS = [15, 30, 60, 120, 300, 600, 1_200, 2_400, 3_600, 7_200]
const JITTER_MS = 30_000

/** When attempt `attempt` (from 0), which failed, is tried again. `retryAfter` is the header: seconds or a date. */
export function retryTime(attempt: number, retryAfter: string | undefined, now: Date, random: () => number): Date {
  if (retryAfter !== undefined) {
    const time = /^\d+(\.\d+)?$/.test(retryAfter) ? now.getTime() + Number(retryAfter) * 1_000 : Date.parse(retryAfter)
    if (!Number.isNaN(time)) return new Date(Math.max(time, now.getTime()))
  }
  const seconds = BACKOFF_SECONDS[Math.min(attempt, BACKOFF_SECONDS.length - 1)] ?? 7_200
  return new Date(now.getTime() + seconds * 1_000 + Math.floor(random() * JITTER_MS))
}
