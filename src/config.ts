/** The environment, read in one place. A wrong value stops the start with a sentence per mistake. */
import { z } from 'zod'

/** The fixed secrets of the sandbox: they open nothing but simulations on this machine. See `.env.example`. */
export const SANDBOX = {
  appId: '4242000000000001',
  appSecret: 'sandbox-app-secret',
  verifyToken: 'sandbox-verify-token',
  sealingKey: 'sandbox-sealing-key-for-this-machine-only',
  apiKey: 'bz_demo_sandbox_key',
  password: 'sandbox-password',
  people: [
    { name: 'Carmen Ruiz', email: 'carmen.ruiz@example.com', role: 'admin' },
    { name: 'Javier Ortega', email: 'javier.ortega@example.com', role: 'supervisor' },
    { name: 'Nuria Vidal', email: 'nuria.vidal@example.com', role: 'agent' },
    { name: 'Andrés Molina', email: 'andres.molina@example.com', role: 'agent' },
  ],
  operatorToken: 'sandbox-operator-token-for-this-machine-only',
  whatsappToken: 'sandbox-whatsapp-token',
  hubspot: { accessToken: 'pat-sandbox-demo', clientSecret: 'sandbox-hubspot-client-secret', appId: '4242001' },
  salesforce: {
    orgId: '00D000000000042EAA',
    clientId: 'sandbox-salesforce-app',
    clientSecret: 'sandbox-salesforce-secret',
  },
  zendesk: {
    subdomain: 'arrayan',
    clientId: 'sandbox-zendesk-client',
    clientSecret: 'sandbox-zendesk-client-secret',
    apiToken: 'sandbox-zendesk-api-token',
  },
  google: {
    email: 'carmen.ruiz@example.com',
    clientId: 'sandbox-google-client',
    clientSecret: 'sandbox-google-client-secret',
  },
  mail: { apiKey: 'sandbox-mail-key', from: 'Buzón <buzon@example.com>' },
  inngest: { signingKey: '5a4db0c55a4db0c55a4db0c55a4db0c5', eventKey: 'sandbox-event-key' },
} as const

const list = z
  .string()
  .transform(text => text.split(',').map(item => item.trim()))
  .pipe(z.array(z.string().min(1, 'has an empty part between commas')))

const url = (what: string) =>
  z.url({ protocol: /^https?$/, error: `must be ${what} beginning with http:// or https://` })
const withoutSlash = (value: string) => value.replace(/\/+$/, '')

/** The SDK and the server hash it as the bytes that it spells; Inngest Cloud puts `signkey-prod-` in front. */
const signingKey = z
  .string()
  .regex(
    /^(signkey-\w+-)?([0-9a-f]{2}){16,}$/i,
    'must be hex, at least 32 digits and an even number: openssl rand -hex 32',
  )

const environment = z.object({
  PORT: z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(1, 'must be between 1 and 65534')
    .max(65_534, 'must be between 1 and 65534 (the sandbox takes the port after it)')
    .default(8787),
  HOST: z.string().default('0.0.0.0'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a URL beginning with postgres://' }).optional(),
  APP_URL: url('the public address of this service').transform(withoutSlash).optional(),
  WHATSAPP_APP_SECRET: list
    .pipe(z.array(z.string()).max(2, 'holds more than two secrets: the current one and the one before'))
    .optional(),
  WHATSAPP_APP_ID: z
    .string()
    .regex(/^\d{5,30}$/, 'must be the id of your Meta app, digits only (App settings › Basic)')
    .optional(),
  WHATSAPP_VERIFY_TOKEN: z.string().min(1).optional(),
  WHATSAPP_API_URL: url('the address of the Graph API').transform(withoutSlash).default('https://graph.facebook.com'),
  WHATSAPP_API_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/, 'must look like v26.0')
    .default('v26.0'),
  SALESFORCE_LOGIN_URL: url('the address where Salesforce signs people in')
    .transform(withoutSlash)
    .default('https://login.salesforce.com'),
  SALESFORCE_EVENTS_URL: url('the address of Salesforce’s Pub/Sub API')
    .transform(withoutSlash)
    .default('https://api.pubsub.salesforce.com:7443'),
  ZENDESK_URL: z
    .string()
    .regex(/^https?:\/\//, 'must be the address of Zendesk’s accounts beginning with http:// or https://')
    .transform(withoutSlash)
    .default('https://{subdomain}.zendesk.com'),
  GOOGLE_API_URL: url('the address of Google’s APIs').transform(withoutSlash).default('https://www.googleapis.com'),
  HUBSPOT_API_URL: url('the address of HubSpot’s API').transform(withoutSlash).default('https://api.hubapi.com'),
  SEALING_KEY: list
    .pipe(z.array(z.string().min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32')))
    .optional(),
  OPERATOR_TOKEN: z
    .string()
    .regex(
      /^[\x21-\x7e]{32,}$/,
      'must have at least 32 characters, of ASCII and without spaces: openssl rand -base64 32',
    )
    .optional(),
  MEDIA_DIR: z.string().optional(),
  S3_ENDPOINT: url('the address of the S3 service, without the bucket,').transform(withoutSlash).optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket: lower-case letters, digits and hyphens')
    .optional(),
  S3_REGION: z.string().default('auto'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be a URL beginning with smtp:// or smtps://' }).optional(),
  MAIL_API_URL: url('the address of the mail service’s API').transform(withoutSlash).default('https://api.resend.com'),
  MAIL_API_KEY: z.string().min(1).optional(),
  MAIL_FROM: z
    .string()
    .regex(/@/, 'must be the address that mails come from, such as Buzón <inbox@example.com>')
    .optional(),
  OPEN_SIGN_UP: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
  SANDBOX: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
  INNGEST_BASE_URL: url('the address of your Inngest server').transform(withoutSlash).optional(),
  INNGEST_SIGNING_KEY: signingKey.optional(),
  INNGEST_SIGNING_KEY_FALLBACK: signingKey.optional(),
  INNGEST_EVENT_KEY: z.string().min(1).optional(),
})

export type Config = {
  port: number
  host: string
  /** Absent: the embedded Postgres. */
  databaseUrl: string | undefined
  appUrl: string
  /** `appId`: without it some of the app's settings cannot be checked, and nobody can sign up by Meta's own page. */
  whatsapp: { appId: string | null; appSecrets: string[]; verifyToken: string; apiUrl: string; version: string }
  googleApiUrl: string
  /** With `{subdomain}` where each account has a host of its own. */
  zendeskUrl: string
  hubspotApiUrl: string
  salesforceLoginUrl: string
  /** Of its change events, on Node; the sandbox says its own when it listens. */
  salesforceEventsUrl: string
  sealingKeys: [string, ...string[]]
  /** Where files are kept: a bucket where one is named, else `dir` on Node and the binding MEDIA on Workers. */
  media: { dir: string | undefined; s3: S3Config | undefined }
  /** How mails go out; absent, none do. */
  mail: MailConfig | undefined
  /** Anybody may make a workspace of their own; else the first person makes one, and all others come by invitation. */
  openSignUp: boolean
  /** Opens /operator; absent, there is no such area. */
  operatorToken: string | undefined
  /** Simulated vendors, on the port after ours; on only when nothing real is configured. */
  sandbox: boolean
  sandboxPort: number
  /** Absent: the embedded engine. */
  inngest: InngestConfig | undefined
}

export type MailConfig =
  | { kind: 'smtp'; url: string; from: string }
  | { kind: 'http'; apiUrl: string; apiKey: string; from: string }

export type S3Config = {
  /** Without a trailing slash. */
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

export type InngestConfig = {
  /** Absent: Inngest Cloud. */
  baseUrl: string | undefined
  signingKey: string
  /** Accepted too, while one key replaces the other. */
  signingKeyFallback?: string
  eventKey: string
}

/** Throws `ConfigError` with a sentence per mistake. `env` as of the process or the Worker. */
export function readConfig(env: Record<string, unknown>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '' && value !== undefined))
  const parsed = environment.safeParse(given)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(sentence))
  const values = parsed.data
  const real = REAL.filter(name => name in given)
  const sandbox = values.SANDBOX ? values.SANDBOX === 'on' : real.length === 0
  const problems = [
    ...(sandbox ? sandboxProblems(values.SANDBOX, real) : realProblems(values)),
    ...inngestProblems(values, sandbox),
    ...s3Problems(values),
    ...mailProblems(values),
  ]
  if (problems.length > 0) throw new ConfigError(problems)

  const sandboxPort = values.PORT + 1
  const simulated = `http://127.0.0.1:${sandboxPort}`
  return {
    port: values.PORT,
    // A sandbox has known secrets: nobody but this machine may reach it.
    host: sandbox ? '127.0.0.1' : values.HOST,
    databaseUrl: values.DATABASE_URL,
    appUrl: values.APP_URL ?? `http://127.0.0.1:${values.PORT}`,
    whatsapp: {
      appId: values.WHATSAPP_APP_ID ?? (sandbox ? SANDBOX.appId : null),
      appSecrets: values.WHATSAPP_APP_SECRET ?? [SANDBOX.appSecret],
      verifyToken: values.WHATSAPP_VERIFY_TOKEN ?? SANDBOX.verifyToken,
      apiUrl: sandbox ? `${simulated}/whatsapp` : values.WHATSAPP_API_URL,
      version: values.WHATSAPP_API_VERSION,
    },
    salesforceLoginUrl: sandbox ? `${simulated}/salesforce` : values.SALESFORCE_LOGIN_URL,
    salesforceEventsUrl: values.SALESFORCE_EVENTS_URL,
    zendeskUrl: sandbox ? `${simulated}/zendesk` : values.ZENDESK_URL,
    googleApiUrl: sandbox ? `${simulated}/google` : values.GOOGLE_API_URL,
    hubspotApiUrl: sandbox ? `${simulated}/hubspot` : values.HUBSPOT_API_URL,
    sealingKeys: (values.SEALING_KEY ?? [SANDBOX.sealingKey]) as [string, ...string[]],
    media: { dir: values.MEDIA_DIR, s3: s3Of(values) },
    mail: sandbox ? { kind: 'http', apiUrl: `${simulated}/mail`, ...SANDBOX.mail } : mailOf(values),
    openSignUp: values.OPEN_SIGN_UP === 'on',
    operatorToken: sandbox ? SANDBOX.operatorToken : values.OPERATOR_TOKEN,
    sandbox,
    sandboxPort,
    inngest: inngestOf(values, sandbox),
  }
}

/** In a sandbox the server is on this machine, and knows the sandbox's keys. */
function inngestOf(values: z.infer<typeof environment>, sandbox: boolean): InngestConfig | undefined {
  const { INNGEST_BASE_URL: baseUrl, INNGEST_SIGNING_KEY: signingKey } = values
  if (sandbox) return baseUrl ? { baseUrl, ...SANDBOX.inngest } : undefined
  if (!signingKey) return undefined
  const fallback = values.INNGEST_SIGNING_KEY_FALLBACK
  return {
    ...{ baseUrl, signingKey, eventKey: values.INNGEST_EVENT_KEY ?? '' },
    ...(fallback ? { signingKeyFallback: fallback } : {}),
  }
}

/** Where a connector's API is when not at its own address, by connector id. */
export function connectorUrls(config: Config): Record<string, string> {
  return {
    'google-sheets': config.googleApiUrl,
    hubspot: config.hubspotApiUrl,
    salesforce: config.salesforceLoginUrl,
    zendesk: config.zendeskUrl,
  }
}

export class ConfigError extends Error {
  readonly problems: string[]
  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n- ${problems.join('\n- ')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Any of these says that this is no sandbox. */
const REAL = [
  'WHATSAPP_APP_SECRET',
  'WHATSAPP_VERIFY_TOKEN',
  'SEALING_KEY',
  'OPERATOR_TOKEN',
  'INNGEST_SIGNING_KEY',
  'INNGEST_SIGNING_KEY_FALLBACK',
] as const

function sandboxProblems(asked: 'on' | 'off' | undefined, real: string[]): string[] {
  if (asked !== 'on' || real.length === 0) return []
  return [
    `SANDBOX is on, but ${real.join(', ')} ${real.length === 1 ? 'is' : 'are'} set: real secrets do not belong in a sandbox`,
  ]
}

function realProblems(values: z.infer<typeof environment>): string[] {
  const needed = {
    WHATSAPP_APP_SECRET: 'the app secret of your Meta app (App settings › Basic)',
    WHATSAPP_VERIFY_TOKEN: 'any word of your own, entered with the webhook address in the Meta dashboard',
    SEALING_KEY: 'the key for secrets at rest; make one with: openssl rand -base64 32',
    APP_URL: 'the public address of this service, as vendors call it',
  } as const
  return Object.entries(needed)
    .filter(([name]) => values[name as keyof typeof needed] === undefined)
    .map(([name, what]) => `${name} is missing: ${what}`)
}

function inngestProblems(values: z.infer<typeof environment>, sandbox: boolean): string[] {
  const { INNGEST_BASE_URL: server, INNGEST_SIGNING_KEY: key, INNGEST_SIGNING_KEY_FALLBACK: fallback } = values
  const missing: string[] = []
  if (server && !key && !(sandbox && isLoopback(server))) {
    missing.push('INNGEST_SIGNING_KEY is missing: INNGEST_BASE_URL names a server, and it must sign its calls')
  }
  if (fallback && !key) {
    missing.push('INNGEST_SIGNING_KEY is missing: INNGEST_SIGNING_KEY_FALLBACK is only the key before it')
  }
  if (key && !values.INNGEST_EVENT_KEY) {
    missing.push('INNGEST_EVENT_KEY is missing: without it no event can be sent')
  }
  return missing
}

const ofS3 = {
  S3_ENDPOINT: 'the address of the S3 service, such as https://s3.eu-west-1.amazonaws.com',
  S3_BUCKET: 'the bucket for files of messages',
  S3_ACCESS_KEY_ID: 'the id of a key that may read, write and delete in the bucket',
  S3_SECRET_ACCESS_KEY: 'the secret of that key',
} as const

/** All of them or none: half a bucket keeps nothing. */
function s3Problems(values: z.infer<typeof environment>): string[] {
  const names = Object.keys(ofS3) as (keyof typeof ofS3)[]
  const missing = names.filter(name => values[name] === undefined)
  if (missing.length === names.length) return []
  const problems = missing.map(name => `${name} is missing: ${ofS3[name]}`)
  if (values.MEDIA_DIR !== undefined && missing.length === 0)
    problems.push('MEDIA_DIR is set beside S3_BUCKET: files are kept in one place, so leave one of the two away')
  return problems
}

function s3Of(values: z.infer<typeof environment>): S3Config | undefined {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = values
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = values
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) return undefined
  return { endpoint, bucket, region, accessKeyId, secretAccessKey }
}

/** One way out, with an address that it comes from. */
function mailProblems(values: z.infer<typeof environment>): string[] {
  const { SMTP_URL: smtp, MAIL_API_KEY: key, MAIL_FROM: from } = values
  if (smtp && key) return ['SMTP_URL is set beside MAIL_API_KEY: mails go out one way, so leave one of the two away']
  if ((smtp || key) && !from) return ['MAIL_FROM is missing: the address that mails come from']
  if (from && !smtp && !key) return ['MAIL_FROM is set, but neither SMTP_URL nor MAIL_API_KEY says how mails go out']
  return []
}

function mailOf(values: z.infer<typeof environment>): MailConfig | undefined {
  const { SMTP_URL: url, MAIL_API_URL: apiUrl, MAIL_API_KEY: apiKey, MAIL_FROM: from } = values
  if (!from) return undefined
  if (url) return { kind: 'smtp', url, from }
  return apiKey ? { kind: 'http', apiUrl, apiKey, from } : undefined
}

/** Of this machine: what has known secrets is asked, and asks, by these names only. */
export function isLoopback(address: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname)
}

function sentence(issue: z.core.$ZodIssue): string {
  return `${issue.path[0] === undefined ? 'The environment' : String(issue.path[0])} ${issue.message}`
}
