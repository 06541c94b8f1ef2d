import type { Refusal } from './errors.ts'
import type { Portal } from './state.ts'

/** Searches have their own, tighter limit for the whole account. */
const SEARCHES_PER_SECOND = 5

/** An app installed by OAuth has this many calls in an interval of each account, and no daily limit. */
const OAUTH_MAX = 110

type Used = { times: number[]; head: number; day: string; today: number; searches: number[] }
export type Measured = { headers: Record<string, string>; refusal?: Refusal }
export type Limiter = { measure(portal: Portal, search: boolean, isOAuth: boolean): Measured; reset(): void }

/** Rolling windows per portal, in real time and whatever the sandbox's clock was moved. */
export function createLimiter(movedMs: () => number): Limiter {
  let used = new Map<number, Used>()
  return {
    measure(portal, search, isOAuth) {
      if (portal.rateLimit === false) return { headers: {} }
      let mine = used.get(portal.portalId)
      if (!mine) {
        mine = { times: [], head: 0, day: '', today: 0, searches: [] }
        used.set(portal.portalId, mine)
      }
      const { max, intervalMs, daily } = portal.rateLimit
      const limit = isOAuth
        ? { max: Math.min(max, OAUTH_MAX), intervalMs, daily: Number.POSITIVE_INFINITY }
        : { max, intervalMs, daily }
      return measureOne(mine, limit, search, performance.timeOrigin + performance.now() + movedMs())
    },
    reset() {
      used = new Map()
    },
  }
}

function measureOne(
  used: Used,
  limit: { max: number; intervalMs: number; daily: number },
  search: boolean,
  at: number,
): Measured {
  const day = new Date(at).toISOString().slice(0, 10)
  if (used.day !== day) {
    used.day = day
    used.today = 0
  }
  forget(used, at - limit.intervalMs)
  const recent = used.times.length - used.head
  const refusal = refusalFor(used, limit, recent, search, at)
  if (!refusal) {
    used.times.push(at)
    used.today++
    if (search) used.searches.push(at)
  }
  const spent = refusal ? recent : recent + 1
  const headers: Record<string, string> = {
    ...(Number.isFinite(limit.daily)
      ? {
          'X-HubSpot-RateLimit-Daily': String(limit.daily),
          'X-HubSpot-RateLimit-Daily-Remaining': String(Math.max(0, limit.daily - used.today)),
        }
      : {}),
    'X-HubSpot-RateLimit-Interval-Milliseconds': String(limit.intervalMs),
    'X-HubSpot-RateLimit-Max': String(limit.max),
    'X-HubSpot-RateLimit-Remaining': String(Math.max(0, limit.max - spent)),
  }
  return { headers: search ? {} : headers, ...(refusal ? { refusal } : {}) }
}

function forget(used: Used, before: number) {
  while (used.head < used.times.length && (used.times[used.head] as number) <= before) used.head++
  if (used.head > 1_000) {
    used.times = used.times.slice(used.head)
    used.head = 0
  }
}

function refusalFor(
  used: Used,
  limit: { max: number; daily: number },
  recent: number,
  search: boolean,
  at: number,
): Refusal | undefined {
  if (used.today >= limit.daily) return tooMany('DAILY', 'You have reached your daily limit.')
  if (recent >= limit.max) return tooMany('TEN_SECONDLY_ROLLING', 'You have reached your ten_secondly_rolling limit.')
  if (!search) return undefined
  used.searches = used.searches.filter(time => time > at - 1_000)
  if (used.searches.length < SEARCHES_PER_SECOND) return undefined
  return tooMany('SECONDLY', 'You have reached your secondly limit.')
}

function tooMany(policyName: string, message: string): Refusal {
  return { status: 429, category: 'RATE_LIMITS', message, policyName }
}
