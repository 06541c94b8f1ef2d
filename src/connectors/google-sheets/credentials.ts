/** How a connection is let in: by a person's consent, or as a service account that the spreadsheet is shared with. */
import { z } from 'zod'

/** Nobody types this: it is what `oauth.ts` gives. `clientId` and `redirectUri` are the app's, as it is registered. */
const oauthAccess = z.object({
  kind: z.literal('oauth'),
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresAt: z.iso.datetime(),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  redirectUri: z.string().min(1),
})

/** Before its first token a key has none, and one that ended long ago is renewed first. */
const NEVER = new Date(0).toISOString()

const serviceAccount = z.object({
  kind: z.literal('service account'),
  clientEmail: z.email(),
  /** PKCS #8 in PEM. */
  privateKey: z.string().min(1),
  accessToken: z.string().default(''),
  expiresAt: z.iso.datetime().default(NEVER),
})

/** The key as Google's console gives it, pasted whole. */
const pastedKey = z.object({
  key: z.string().trim().min(1).meta({
    title: 'Key of the service account',
    description: 'The whole JSON file that Google gives. Share the spreadsheet with its client_email, as an editor.',
    secret: true,
  }),
})
const keyFile = z.object({
  type: z.literal('service_account'),
  client_email: z.email(),
  private_key: z.string().min(1),
})

export type OAuthAccess = z.infer<typeof oauthAccess>
export type ServiceAccount = z.infer<typeof serviceAccount>
export type GoogleCredentials = OAuthAccess | ServiceAccount

/** By their `kind`, which a pasted key does not carry. */
export const googleCredentials: z.ZodType<GoogleCredentials> = z.unknown().transform((given, ctx) => {
  const kind = z.object({ kind: z.string() }).safeParse(given).data?.kind
  const parsed =
    kind === 'oauth' ? oauthAccess.safeParse(given) : serviceAccount.safeParse(kind ? given : fromKey(given))
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
    // Of a key that was pasted there is one field to name.
    ctx.addIssue(kind ? { ...issue, input: undefined } : { code: 'custom', path: ['key'], message: NOT_A_KEY })
  }
  return z.NEVER
})

const NOT_A_KEY = 'must be the JSON key file of a service account, whole'

function fromKey(given: unknown): unknown {
  const { data } = pastedKey.safeParse(given)
  const file = keyFile.safeParse(jsonOf(data?.key ?? '')).data
  return file ? { kind: 'service account', clientEmail: file.client_email, privateKey: file.private_key } : {}
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What webhooks of this connection are signed with: known to both sides only, and lasting while the access does. */
export function signingSecret(credentials: GoogleCredentials): string {
  return credentials.kind === 'oauth' ? credentials.refreshToken : credentials.privateKey
}

/**
 * Of a Google project 300 readings and 300 writings a minute are counted over all who consented to its app, here together; and a service
 * account is one user, whichever connection it is asked by. https://developers.google.com/workspace/sheets/api/limits
 */
export function sharedAllowance(credentials: GoogleCredentials): { of: string; requests: number } {
  if (credentials.kind === 'oauth') return { of: `${credentials.clientId} ${credentials.clientSecret}`, requests: 300 }
  return { of: `${credentials.clientEmail} ${credentials.privateKey}`, requests: 60 }
}
