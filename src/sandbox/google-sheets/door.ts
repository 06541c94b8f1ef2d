/** In front of the API: who is asking, whether they may, and how often. */
import type { Context, MiddlewareHandler } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { forbidden, GoogleRefused, missing, refusalBody } from './errors.ts'
import type { Account, DriveFile, GoogleState } from './state.ts'

const MINUTE_MS = 60_000

export type GoogleLimiter = { measure(email: string, project: string, kind: 'read' | 'write'): boolean; reset(): void }

/** Rolling minutes for each user and for the project, in real time and whatever the sandbox's clock was moved. */
export function createGoogleLimiter(state: () => GoogleState, movedMs: () => number): GoogleLimiter {
  let used = new Map<string, number[]>()
  return {
    measure(email, project, kind) {
      const { limits } = state()
      if (limits === false) return true
      const at = performance.timeOrigin + performance.now() + movedMs()
      const counters = [
        { key: `${kind} ${project} ${email}`, max: limits.perUser },
        { key: `${kind} ${project}`, max: limits.perProject },
      ].map(({ key, max }) => ({ key, max, times: (used.get(key) ?? []).filter(time => time > at - MINUTE_MS) }))
      if (counters.some(({ times, max }) => times.length >= max)) return false
      for (const { key, times } of counters) used.set(key, [...times, at])
      return true
    },
    reset() {
      used = new Map()
    },
  }
}

/** Every request for data passes here: token, then quota of its kind. Drive's own quota is far away. */
export function googleDoor({ world, clock }: Runtime, limiter: GoogleLimiter): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const token = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const access = world.google.access.get(token)
    const account = access && access.until > clock.now() ? world.google.accounts.get(access.email) : undefined
    if (!account) {
      const message =
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.'
      return refuse(c, new GoogleRefused({ code: 401, status: 'UNAUTHENTICATED', message, reason: 'authError' }))
    }
    c.set('account', access?.seesPicked ? { ...account, seesPicked: true } : account)
    const kind = kindOf(c.req.method, c.req.path)
    if (kind && !limiter.measure(account.email, account.clientId, kind)) {
      const name = kind === 'read' ? 'Read' : 'Write'
      const message = `Quota exceeded for quota metric '${name} requests' and limit '${name} requests per minute per user' of service 'sheets.googleapis.com'.`
      return refuse(
        c,
        new GoogleRefused({ code: 429, status: 'RESOURCE_EXHAUSTED', message, reason: 'rateLimitExceeded' }),
      )
    }
    try {
      await next()
    } catch (error) {
      if (error instanceof GoogleRefused) return refuse(c, error)
      throw error
    }
  }
}

function kindOf(method: string, path: string): 'read' | 'write' | undefined {
  if (!path.startsWith('/google/v4/')) return undefined
  return method === 'GET' || /(:getByDataFilter|:batchGet\w*|:search)$/.test(path) ? 'read' : 'write'
}

export function refuse(c: Context, { refusal }: GoogleRefused) {
  return c.json(refusalBody(refusal), refusal.code)
}

/** A file that the account may open. One that it may not see is not there. */
export function fileFor({ world }: Runtime, account: Account, id: string, need: 'read' | 'write'): DriveFile {
  const file = world.google.files.get(id)
  const role = file?.owner === account.email ? 'writer' : file?.shared.get(account.email)
  const isHidden = account.seesPicked && !file?.picked.has(account.email)
  if (!file || file.trashed || !role || isHidden) throw missing()
  if (need === 'write' && role !== 'writer') throw forbidden()
  return file
}
