/** `/api/auth`: better-auth's doors (sign in and out, two steps, links, sessions), its refusals in our words. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { languageFor, problem } from './errors.ts'
import type { HttpEnv } from './runtime.ts'
import { comesFromHere } from './same-site.ts'
import { ADDRESS_HEADER } from './session-cookie.ts'

export const signIn = new Hono<HttpEnv>().all('/*', async c => {
  if (!['GET', 'HEAD'].includes(c.req.method) && !comesFromHere(c)) throw new AppError('cross site')
  const headers = new Headers(c.req.raw.headers)
  headers.set(ADDRESS_HEADER, c.var.runtime.clientAddress(c))
  headers.set('accept-language', languageFor(c))
  const answer = await (await c.var.runtime.identity()).handler(new Request(c.req.raw, { headers }))
  return answer.status < 400 ? answer : refusal(c, answer)
})

const refused = z.object({ code: z.string().optional(), message: z.string().optional(), until: z.string().optional() })

/** Which of ours each of theirs is. */
const ours: Record<string, (facts: { until: string }) => AppError> = {
  INVALID_EMAIL_OR_PASSWORD: () => new AppError('wrong password'),
  INVALID_PASSWORD: () => new AppError('wrong password'),
  ACCOUNT_LOCKED: ({ until }) => new AppError('account locked', { until }),
  INVALID_CODE: () => new AppError('wrong code'),
  INVALID_BACKUP_CODE: () => new AppError('wrong code'),
  INVALID_TWO_FACTOR_COOKIE: () => new AppError('wrong code'),
  NO_MAIL: () => new AppError('no mail'),
  MAIL_FAILED: () => new AppError('mail failed'),
  UNAUTHORIZED: () => new AppError('unauthorized'),
  SESSION_EXPIRED: () => new AppError('unauthorized'),
  INVALID_TOKEN: () => new AppError('link over'),
  INVALID_ORIGIN: () => new AppError('cross site'),
  MISSING_OR_NULL_ORIGIN: () => new AppError('cross site'),
}

/** Theirs where it is none of these: the code stays, for the console. */
async function refusal(c: Context<HttpEnv>, answer: Response): Promise<Response> {
  const { code = '', message = '', until = '' } = refused.safeParse(await answer.json().catch(() => ({}))).data ?? {}
  const error = ours[code]?.({ until }) ?? byStatus(answer.status, message || code)
  const said = problem(c, error, undefined, { reason: code || null })
  const retryAfter = answer.headers.get('x-retry-after')
  if (retryAfter) said.headers.set('retry-after', retryAfter)
  for (const cookie of answer.headers.getSetCookie()) said.headers.append('set-cookie', cookie)
  return said
}

function byStatus(status: number, message: string): AppError {
  if (status === 401) return new AppError('unauthorized')
  if (status === 404) return new AppError('no such route')
  if (status === 429) return new AppError('too many requests')
  return new AppError('invalid input', { problems: message.replace(/\.$/, '') })
}
