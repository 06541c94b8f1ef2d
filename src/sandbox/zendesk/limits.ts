import type { Account } from './state.ts'

export type Limiter = { measure(account: Account, path: string): Measured; reset(): void }
type Measured = { headers: Record<string, string>; retryAfter?: number }

const MINUTE_MS = 60_000

/** Calls of the last minute, of all and of exports, in real time and whatever the sandbox's clock was moved. */
export function createZendeskLimiter(movedMs: () => number): Limiter {
  let used = new Map<string, number[]>()

  function take(key: string, max: number, at: number): { left: number; retryAfter?: number } {
    const recent = (used.get(key) ?? []).filter(time => time > at - MINUTE_MS)
    used.set(key, recent)
    if (recent.length >= max) {
      return { left: 0, retryAfter: Math.max(1, Math.ceil(((recent[0] ?? at) + MINUTE_MS - at) / 1_000)) }
    }
    recent.push(at)
    return { left: max - recent.length }
  }

  return {
    measure(account, path) {
      if (account.rateLimit === false) return { headers: {} }
      const { perMinute, exportsPerMinute } = account.rateLimit
      const at = performance.timeOrigin + performance.now() + movedMs()
      const isExport = /\/incremental\//.test(path)
      const whole = take(account.subdomain, perMinute, at)
      const part = isExport ? take(`${account.subdomain} ${path}`, exportsPerMinute, at) : undefined
      const headers = {
        ...{ 'X-Rate-Limit': String(perMinute), 'X-Rate-Limit-Remaining': String(whole.left) },
        ...{ 'ratelimit-limit': String(perMinute), 'ratelimit-remaining': String(whole.left), 'ratelimit-reset': '60' },
      }
      const retryAfter = whole.retryAfter ?? part?.retryAfter
      return retryAfter === undefined ? { headers } : { headers, retryAfter }
    },
    reset() {
      used = new Map()
    },
  }
}
