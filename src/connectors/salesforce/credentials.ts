/**
 * How a connection is let in. All three end in an access token that `oauth.ts` gets and refreshes: by an admin's consent, by an
 * app's own secret that runs as one user, or by a certificate (JWT bearer). What nobody typed (`accessToken`, `instanceUrl`,
 * `expiresAt`) is absent until the first refresh.
 */
import { z } from 'zod'

/** What Salesforce gave: the token, and the host that takes it. */
const access = {
  accessToken: z.string().optional(),
  instanceUrl: z.url({ protocol: /^https?$/ }).optional(),
  expiresAt: z.iso.datetime().optional(),
}

/** What stands for a token that was not got yet, so that it is known among the headers of a call. */
export const NO_TOKEN = 'none'

const clientId = z.string().trim().min(1).meta({
  title: 'Consumer key',
  description: 'External Client App Manager → your app → Settings → OAuth Settings.',
})
/** It signs in and takes calls, so that it serves before the first token has named a host. */
const loginUrl = z
  .url({ protocol: /^https?$/ })
  .transform(url => url.replace(/\/+$/, ''))
  .meta({ title: 'My Domain URL', description: 'Such as https://acme.my.salesforce.com.' })

const clientCredentials = z.object({
  ...{ kind: z.undefined().optional(), clientId },
  clientSecret: z.string().trim().min(1).meta({
    title: 'Consumer secret',
    description: 'Of the same app. Its client credentials flow must be on, with a user to run as.',
    secret: true,
  }),
  loginUrl,
  ...access,
})

const jwtBearer = z.object({
  ...{ kind: z.literal('jwt'), clientId },
  username: z
    .string()
    .trim()
    .min(1)
    .meta({ title: 'User name', description: 'The integration user, approved for the app.' }),
  privateKey: z.string().trim().startsWith('-----BEGIN PRIVATE KEY-----', 'must be a private key in PKCS #8').meta({
    title: 'Private key',
    description: 'PKCS #8, of the certificate that the app has.',
    secret: true,
  }),
  componentKey: z.string().trim().min(24).optional().meta({
    title: 'Key of the components',
    description:
      'Any long secret, the same as in the External Credential of the package. Not needed without the package.',
    secret: true,
  }),
  loginUrl,
  ...access,
})

/** Nobody types this: it is what consent gives. */
const consent = z.object({
  ...{ kind: z.literal('oauth'), clientId, clientSecret: z.string().min(1), redirectUri: z.string().min(1) },
  refreshToken: z.string().min(1),
  accessToken: z.string().min(1),
  instanceUrl: z.url({ protocol: /^https?$/ }),
  expiresAt: z.iso.datetime(),
})

export type ClientCredentials = z.infer<typeof clientCredentials>
export type JwtBearer = z.infer<typeof jwtBearer>
export type Consent = z.infer<typeof consent>
export type SalesforceCredentials = ClientCredentials | JwtBearer | Consent

const forms = { oauth: consent, jwt: jwtBearer, plain: clientCredentials } as const

/** By their `kind`, which the plain form does not carry: what is missing is said of the one form, not of all. */
export const salesforceCredentials: z.ZodType<SalesforceCredentials> = z.unknown().transform((given, ctx) => {
  const { kind } = z.object({ kind: z.enum(['oauth', 'jwt']) }).safeParse(given).data ?? { kind: 'plain' as const }
  const parsed = forms[kind].safeParse(given)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) ctx.addIssue({ ...issue, input: undefined })
  return z.NEVER
})
