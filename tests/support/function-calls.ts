/** Calls of `/api/inngest`: as an Inngest server makes them, and as somebody makes them who has not the key. */
import { createHmac } from 'node:crypto'
import { SERVE_PATH } from '../../src/functions/index.ts'
import { newId } from '../../src/inbox/new-id.ts'

/** Of a Worker or a hub: `path` begins with a slash. */
export type Ask = (path: string, init: RequestInit) => Promise<Response>

export type Forgery = { name: string; header?: (text: string) => string }

/** `recover-deliveries`, because what it would do is seen: a body that waits in the ledger is processed. */
const FUNCTION = `${SERVE_PATH}?fnId=buzon-recover-deliveries&stepId=step`

/** The first call of a run. Keys are sorted, as the signature wants them. */
const BODY = JSON.stringify({
  ctx: { attempt: 0, max_attempts: 2, run_id: newId(), stack: { current: 0, stack: [] } },
  event: { data: {}, name: 'inngest/scheduled.timer', ts: 0 },
  events: [{ data: {}, name: 'inngest/scheduled.timer', ts: 0 }],
  steps: {},
  version: -1,
})

const SYNC = '{"url":"https://elsewhere.example/api/inngest"}'

/** `t=<seconds>&s=<HMAC of the body and t>`, by the text of the key without its prefix. */
export function signature(text: string, signingKey: string, at = Date.now()): string {
  const seconds = String(Math.round(at / 1000))
  const key = signingKey.replace(/^signkey-\w+-/, '')
  return `t=${seconds}&s=${createHmac('sha256', key).update(text).update(seconds).digest('hex')}`
}

/** Everything that is no signature of this body, now, by `signingKey`. */
export function forgeries(signingKey: string): Forgery[] {
  const minutes = 60_000
  const hex = (text: string) => signature(text, signingKey).split('&s=')[1] ?? ''
  return [
    { name: 'missing' },
    { name: 'empty', header: () => '' },
    { name: 'malformed', header: () => 'sha256=zz' },
    { name: 'without its time', header: text => `s=${hex(text)}` },
    { name: 'without its sum', header: () => `t=${Math.round(Date.now() / 1000)}` },
    { name: 'of zeros', header: () => `t=${Math.round(Date.now() / 1000)}&s=${'0'.repeat(64)}` },
    { name: 'by another key', header: text => signature(text, 'signkey-prod-0123456789abcdef') },
    { name: 'by an empty key', header: text => signature(text, ' ') },
    { name: 'of more than five minutes ago', header: text => signature(text, signingKey, Date.now() - 5.1 * minutes) },
    {
      name: 'of more than five minutes ahead',
      header: text => signature(text, signingKey, Date.now() + 5.1 * minutes),
    },
    { name: 'of another body', header: text => signature(`${text} `, signingKey) },
    { name: 'of another moment', header: text => `t=${Math.round(Date.now() / 1000) - 7}&s=${hex(text)}` },
  ]
}

/** The statuses of every way to ask with this header, and the bodies of the answers. */
export async function askEveryWay(ask: Ask, { header }: Forgery) {
  const attempts: [method: string, path: string, body: string | undefined, headers: Record<string, string>][] = [
    ['GET', SERVE_PATH, undefined, {}],
    ['PUT', SERVE_PATH, SYNC, {}],
    ['PUT', SERVE_PATH, SYNC, { 'x-inngest-sync-kind': 'in_band' }],
    ['PUT', `${SERVE_PATH}?deployId=1`, '', {}],
    ['POST', FUNCTION, BODY, {}],
    ['POST', FUNCTION, '', {}],
    ['POST', FUNCTION, '{"no": JSON', {}],
    ['POST', `${SERVE_PATH}?probe=trust`, '{}', {}],
    ['DELETE', SERVE_PATH, undefined, {}],
  ]
  const answers = await Promise.all(
    attempts.map(async ([method, path, body, headers]) => {
      const forged = header ? { 'x-inngest-signature': header(body ?? '') } : {}
      const given = { 'content-type': 'application/json', ...headers, ...forged } as Record<string, string>
      const answer = await ask(path, { method, headers: given, ...(body === undefined ? {} : { body }) })
      return { asked: `${method} ${path} ${body ?? ''}`, status: answer.status, text: await answer.text() }
    }),
  )
  return answers
}

/** The same calls with a right signature: what the forgeries would have done. */
export function callAsServer(ask: Ask, signingKey: string): Promise<Response> {
  return ask(FUNCTION, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-inngest-signature': signature(BODY, signingKey) },
    body: BODY,
  })
}
