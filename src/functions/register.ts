/**
 * Tells an Inngest server of the functions, by way of the service itself: asked with a signature, it registers at the
 * server that its configuration names. So one call proves address, keys and server together.
 */
import { z } from 'zod'

export type Registration =
  /** `url` is where the server will call the functions. */
  | { kind: 'registered'; url: string; functions: RegisteredFunction[]; modified: boolean }
  | { kind: 'unreachable'; why: string }
  /** The service has another signing key, or its clock is minutes away from ours. */
  | { kind: 'refused' }
  | { kind: 'no handler'; status: number; text: string }
  /** The service is well, but the server could not be reached or did not accept. */
  | { kind: 'not accepted'; why: string }

export type RegisteredFunction = { id: string; triggers: string[] }

const trigger = z.object({ event: z.string().optional(), cron: z.string().optional() })
const config = z.object({
  url: z.string(),
  functions: z.array(z.object({ id: z.string(), triggers: z.array(trigger) })),
})
const outcome = z.object({ message: z.string(), modified: z.boolean().optional() })

/** What the SDK says when the server has answered without an error. */
const SUCCESS = 'Successfully registered'

/** `url` is the address of `/api/inngest`. */
export async function register(url: string, signingKey: string, call: typeof fetch = fetch): Promise<Registration> {
  const body = JSON.stringify({ url })
  const put = async (headers: Record<string, string>) => {
    const signature = await sign(body, signingKey)
    const given = { ...headers, 'content-type': 'application/json', 'x-inngest-signature': signature }
    const answer = await call(url, { method: 'PUT', body, headers: given, redirect: 'manual' })
    return { status: answer.status, text: await answer.text() }
  }
  try {
    // In band, the service answers what it serves and tells nobody.
    const served = await put({ 'x-inngest-sync-kind': 'in_band' })
    if (served.status === 401) return { kind: 'refused' }
    const known = config.safeParse(json(served.text))
    if (served.status !== 200 || !known.success) return { kind: 'no handler', ...served }
    const told = await put({})
    const answer = outcome.safeParse(json(told.text))
    if (!answer.success) return { kind: 'no handler', ...told }
    if (told.status !== 200 || answer.data.message !== SUCCESS)
      return { kind: 'not accepted', why: answer.data.message }
    return {
      kind: 'registered',
      url: known.data.url,
      functions: known.data.functions.map(fn => ({ id: fn.id, triggers: fn.triggers.map(describe) })),
      modified: answer.data.modified ?? false,
    }
  } catch (error) {
    return { kind: 'unreachable', why: words(error) }
  }
}

function describe({ event, cron }: z.infer<typeof trigger>): string {
  return event ?? `cron ${cron}`
}

/** The signature that the SDK expects: `t=<seconds>&s=<HMAC of the body and t>`, by the key without its prefix. */
async function sign(body: string, signingKey: string): Promise<string> {
  const seconds = Math.round(Date.now() / 1000)
  const bytes = new TextEncoder().encode(signingKey.replace(/^signkey-\w+-/, ''))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const sum = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${body}${seconds}`))
  const hex = Array.from(new Uint8Array(sum), byte => byte.toString(16).padStart(2, '0')).join('')
  return `t=${seconds}&s=${hex}`
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `fetch failed` says nothing; its cause does. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? words(error.cause) : error.message
}
