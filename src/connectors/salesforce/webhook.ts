/**
 * What the package in Salesforce says to us, over its Named Credential: that somebody wrote an answer, so that the feed is read now
 * and not within the minute. The same key lets its component ask for the conversation (`http/embed.ts`); Salesforce itself keeps it,
 * where neither Apex nor a browser can read it.
 */
import { z } from 'zod'
import type { Connector, WebhookRequest, WebhookVerdict } from '../contract.ts'
import type { SalesforceCredentials } from './credentials.ts'

const KEY_HEADER = 'x-buzon-key'

const ring = z.object({ kind: z.literal('ring') })

export const salesforceWebhook: NonNullable<Connector<SalesforceCredentials>['webhook']> = {
  verify: verifyKey,
  rings: body => ring.safeParse(body).success,
  parse: () => [],
}

/** Compared as digests, which takes as long whatever is the same. Nothing is said but that there is news: it cannot be too old. */
async function verifyKey(credentials: SalesforceCredentials, { headers }: WebhookRequest): Promise<WebhookVerdict> {
  const key = keyOf(credentials)
  const given = headers.get(KEY_HEADER)
  if (!key || !given) return 'invalid'
  const [known, said] = await Promise.all([digestOf(key), digestOf(given)])
  return known.reduce((differs, byte, at) => differs | (byte ^ (said[at] ?? 0)), 0) === 0 ? 'valid' : 'invalid'
}

/** The app's secret, which an admin has at hand when the package is installed; with a certificate a key of its own. */
function keyOf(credentials: SalesforceCredentials): string {
  return credentials.kind === 'jwt' ? (credentials.componentKey ?? '') : credentials.clientSecret
}

async function digestOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}
