/**
 * The sidebar in Zendesk's tickets: an app whose page is ours, opened by a form with a token that Zendesk signs (RS256) with the
 * key of the app. https://developer.zendesk.com/documentation/apps/app-developer-guide/using-the-apps-framework/#signed-urls
 */
import { z } from 'zod'
import { RemoteCallError } from '../contract.ts'
import { readText, request } from './client.ts'
import type { ZendeskContext, ZendeskSettings } from './settings.ts'

/** As `app/manifest.json` calls it. */
export const APP_NAME = 'Buzón WhatsApp'
/** Clocks differ. ms */
const LEEWAY_MS = 60_000

export const frameAncestors = ({ subdomain }: ZendeskSettings): string => `https://${subdomain}.zendesk.com`

const header = z.object({ alg: z.literal('RS256') })
const claims = z.object({
  exp: z.number(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
  /** `https://{subdomain}.zendesk.com/api/v2/apps/installations/{id}.json` */
  aud: z.union([z.string(), z.array(z.string())]).transform(value => [value].flat()),
  /** The agent's address in the API. */
  sub: z.union([z.string(), z.number()]).transform(String),
})

/** Never throws: what is not signed by the app's key, for this installation, now, is nobody's. */
export async function admitAgent(
  { subdomain, app, owners }: ZendeskSettings,
  form: URLSearchParams,
  now: Date,
): Promise<{ email: string | null } | undefined> {
  const [head = '', body = '', signature = '', ...more] = (form.get('token') ?? '').split('.')
  const said = claims.safeParse(jsonOf(body)).data
  if (!app || !said || more.length > 0 || !header.safeParse(jsonOf(head)).success) return undefined
  if (!(await isSigned(app.publicKey, `${head}.${body}`, signature))) return undefined
  const installation = `https://${subdomain}.zendesk.com/api/v2/apps/installations/${app.installationId}`
  if (!said.aud.some(each => each.replace(/\.json$/, '') === installation)) return undefined
  const at = now.getTime()
  const begins = (said.nbf ?? said.iat ?? 0) * 1_000
  if (said.exp * 1_000 + LEEWAY_MS < at || begins - LEEWAY_MS > at) return undefined
  const userId = /(\d+)(?:\.json)?$/.exec(said.sub)?.[1]
  return { email: owners.find(({ id }) => id === userId)?.email ?? null }
}

const installationsAnswer = z.object({
  installations: z.array(
    z.object({
      ...{ id: z.coerce.string(), app_id: z.coerce.string(), enabled: z.boolean().default(true) },
      settings: z.object({ name: z.string().nullish(), title: z.string().nullish() }).nullish(),
    }),
  ),
})

/** Our app as it is installed there, with the key that its tokens are signed with; undefined where it is not. Throws RemoteCallError. */
export async function readApp(ctx: ZendeskContext): Promise<ZendeskSettings['app']> {
  const call = { method: 'GET', path: 'apps/installations', purpose: 'read', schema: installationsAnswer } as const
  const answer = await request(ctx, call)
  if (answer.kind === 'refused' && answer.failure.kind === 'retry after') throw new RemoteCallError(answer.failure)
  // Plans without apps have no sidebar, and everything else.
  if (answer.kind === 'refused') return undefined
  const { installations } = answer.value
  const ours = installations.find(
    ({ enabled, settings }) => enabled && [settings?.name, settings?.title].includes(APP_NAME),
  )
  if (!ours) return undefined
  return { installationId: ours.id, publicKey: await readText(ctx, `apps/${ours.app_id}/public_key.pem`) }
}

async function isSigned(pem: string, text: string, signature: string): Promise<boolean> {
  try {
    const spki = bytesOf(pem.replace(/-----[^-]+-----/g, '').replace(/\s+/g, ''))
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
    return await crypto.subtle.verify(algorithm.name, key, bytesOf(signature), new TextEncoder().encode(text))
  } catch {
    // Neither a key nor a signature: nobody's.
    return false
  }
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytesOf(part)))
  } catch {
    return undefined
  }
}

/** Base64, of either alphabet. Throws on what is none. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/')
  return Uint8Array.from(atob(plain), character => character.charCodeAt(0))
}
