/** How a connection is let in: by an admin's consent, or by an API token where the account still has one. */
import { z } from 'zod'

/**
 * Nobody can make one since 2026-10-27, and all stop then:
 * https://support.zendesk.com/hc/en-us/articles/10212201463962
 */
export const API_TOKENS_END = new Date('2027-04-30T00:00:00Z')

/** What Zendesk signs webhooks with, as `withSecret` found it. Nobody types it. */
const signingSecret = z.string().optional()

const tokenAccess = z.object({
  email: z.email().meta({ title: 'E-mail of the admin', description: 'Whose API token it is.' }),
  apiToken: z.string().trim().min(1).meta({
    title: 'API token',
    description:
      'Admin Center → Apps and integrations → APIs. Zendesk ends them on 30 April 2027: connect by consent if you can.',
    secret: true,
  }),
  signingSecret,
})

/** Nobody types this: it is what `oauth.ts` gives. `clientId` and `redirectUri` are the app's, as it is registered. */
const oauthAccess = z.object({
  kind: z.literal('oauth'),
  subdomain: z.string().min(1),
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresAt: z.iso.datetime(),
  refreshExpiresAt: z.iso.datetime().optional(),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  redirectUri: z.string().min(1),
  scopes: z.array(z.string()),
  signingSecret,
})
export type OAuthAccess = z.infer<typeof oauthAccess>

const withoutKind = tokenAccess.extend({ kind: z.undefined().optional() })
export type ZendeskCredentials = z.infer<typeof withoutKind> | OAuthAccess

/** By their `kind`, which a typed token does not carry: what is missing is said of the one form, not of both. */
export const zendeskCredentials: z.ZodType<ZendeskCredentials> = z.unknown().transform((given, ctx) => {
  const isConsent = z.object({ kind: z.literal('oauth') }).safeParse(given).success
  const parsed = (isConsent ? oauthAccess : withoutKind).safeParse(given)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) ctx.addIssue({ ...issue, input: undefined })
  return z.NEVER
})

export function isOAuth(credentials: ZendeskCredentials): credentials is OAuthAccess {
  return credentials.kind === 'oauth'
}
