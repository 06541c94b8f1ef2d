/** How a connection is let in: by a token that an admin pasted, or by an admin's consent. */
import { z } from 'zod'

const clientSecret = z.string().trim().min(1).meta({
  title: 'Client secret',
  description: 'Signs the webhooks that HubSpot sends. App settings → Auth.',
  secret: true,
})
const appId = z.coerce.string().trim().regex(/^\d+$/, 'must be digits only').meta({
  title: 'App ID',
  description: 'The number of the app, by which our own changes are recognised when HubSpot tells of them.',
})

const staticAccess = z.object({
  accessToken: z.string().trim().min(1).meta({
    title: 'Access token',
    description: 'The static token of your HubSpot project app (starts with pat-).',
    secret: true,
  }),
  clientSecret,
  appId,
})

/** Nobody types this: it is what `oauth.ts` gives. `clientId` and `redirectUri` are the app's, as it is registered. */
const oauthAccess = z.object({
  kind: z.literal('oauth'),
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresAt: z.iso.datetime(),
  clientId: z.string().min(1),
  redirectUri: z.string().min(1),
  scopes: z.array(z.string()),
  clientSecret,
  appId,
})
export type OAuthAccess = z.infer<typeof oauthAccess>

const withoutKind = staticAccess.extend({ kind: z.undefined().optional() })
export type HubSpotCredentials = z.infer<typeof withoutKind> | OAuthAccess

/** By their `kind`, which a static token does not carry: what is missing is said of the one form, not of both. */
export const hubspotCredentials: z.ZodType<HubSpotCredentials> = z.unknown().transform((given, ctx) => {
  const isConsent = z.object({ kind: z.literal('oauth') }).safeParse(given).success
  const parsed = (isConsent ? oauthAccess : withoutKind).safeParse(given)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) ctx.addIssue({ ...issue, input: undefined })
  return z.NEVER
})

export function isOAuth(credentials: HubSpotCredentials): credentials is OAuthAccess {
  return credentials.kind === 'oauth'
}
