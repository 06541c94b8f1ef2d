/**
 * Who people are: better-auth with passwords, magic links and two steps, over tables of its own. What they may do is ours
 * (auth.ts). The same on Node and on Workers.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { magicLink } from 'better-auth/plugins/magic-link'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { languages } from '../core/errors.ts'
import { type Mailer, type MailKind, writeMail } from '../core/mail.ts'
import { forgetWrongPasswords, lockedUntil, noteWrongPassword, userByEmail } from '../db/auth.ts'
import { authAdapter } from '../db/auth-adapter.ts'
import type { Db } from '../db/client.ts'
import { newId } from '../inbox/new-id.ts'
import { languageOf } from './errors.ts'
import { ADDRESS_HEADER, COOKIE_PREFIX } from './session-cookie.ts'

const DAY_S = 24 * 3600
const LINK_MINUTES = 10

export type IdentityOptions = {
  db: Db
  /** Absent: no mail can be sent, and what needs one says so. */
  mailer: Mailer | undefined
  appUrl: string
  sealingKeys: readonly string[]
  onError: (error: unknown) => void
}

export type Identity = ReturnType<typeof createIdentity>

export function createIdentity({ db, mailer, appUrl, sealingKeys, onError }: IdentityOptions) {
  const [secret = ''] = sealingKeys

  async function send(kind: MailKind, user: { email: string; language?: unknown }, url: string, asked?: string) {
    if (!mailer) throw new APIError('BAD_REQUEST', { code: 'NO_MAIL' })
    const language = languages.find(each => each === user.language) ?? languageOf(asked) ?? 'en'
    try {
      await mailer.send(writeMail(kind, user.email, { url }, language))
    } catch (error) {
      onError(error)
      throw new APIError('BAD_GATEWAY', { code: 'MAIL_FAILED' })
    }
  }

  return betterAuth({
    appName: 'Buzón',
    baseURL: appUrl,
    basePath: '/api/auth',
    trustedOrigins: [appUrl, ...loopbackTwin(appUrl)],
    // What is encrypted keeps its key's number, so that keys can be rotated as elsewhere.
    secret: forIdentity(secret),
    secrets: sealingKeys.map((key, nth) => ({ version: sealingKeys.length - nth, value: forIdentity(key) })),
    database: authAdapter(db),
    // People come by invitation or set an installation up: api/join.ts, which asks for more than a password.
    disabledPaths: ['/sign-up/email', '/change-email', '/delete-user', '/is-username-available'],
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 10,
      maxPasswordLength: 128,
      resetPasswordTokenExpiresIn: 3600,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url }, request) =>
        send('new password', user, url, request?.headers.get('accept-language') ?? undefined),
    },
    user: { additionalFields: { language: { type: [...languages], required: false } } },
    session: {
      expiresIn: 7 * DAY_S,
      updateAge: DAY_S,
      additionalFields: { workspaceId: { type: 'string', required: false, input: false } },
    },
    plugins: [
      twoFactor({ issuer: 'Buzón' }),
      magicLink({
        ...{ expiresIn: LINK_MINUTES * 60, disableSignUp: true, storeToken: 'hashed' },
        async sendMagicLink({ email, url }, ctx) {
          // To strangers nothing is sent, and nobody is told so.
          const user = await userByEmail(db, email)
          const asked = ctx?.headers?.get('accept-language') ?? undefined
          // A link alone would be one step where the person wants two.
          if (user?.twoFactorEnabled) return send('two steps instead', user, appUrl, asked)
          if (user) return send('sign-in link', user, url, asked)
          if (!mailer) throw new APIError('BAD_REQUEST', { code: 'NO_MAIL' })
        },
      }),
    ],
    hooks: {
      before: createAuthMiddleware(async ctx => {
        if (ctx.path !== '/sign-in/email') return
        const until = await lockedUntil(db, String(ctx.body?.email ?? ''))
        if (until) throw new APIError('TOO_MANY_REQUESTS', { code: 'ACCOUNT_LOCKED', until: until.toISOString() })
      }),
      after: createAuthMiddleware(async ctx => {
        if (ctx.path !== '/sign-in/email') return
        const email = String(ctx.body?.email ?? '')
        const { returned } = ctx.context
        if (returned instanceof APIError && returned.statusCode === 401) await noteWrongPassword(db, email, newId())
        else if (!(returned instanceof APIError)) await forgetWrongPasswords(db, email)
      }),
    },
    // Per address and path; an office shares an address.
    rateLimit: {
      ...{ enabled: true, storage: 'database', window: 60, max: 100 },
      customRules: {
        '/sign-in/email': { window: 60, max: 30 },
        '/sign-in/magic-link': { window: 60, max: 10 },
        '/request-password-reset': { window: 60, max: 10 },
        '/two-factor/*': { window: 60, max: 20 },
        '/get-session': false,
      },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: appUrl.startsWith('https:'),
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_, message) => onError(new Error(`better-auth: ${message}`)) },
  })
}

/** Not the key that seals: another use, another key. */
function forIdentity(sealingKey: string): string {
  return bytesToHex(hmac(sha256, utf8ToBytes(sealingKey), utf8ToBytes('buzon identity')))
}

/** A machine calls itself by two names. */
function loopbackTwin(appUrl: string): string[] {
  const { protocol, hostname, port } = new URL(appUrl)
  const twin = { '127.0.0.1': 'localhost', localhost: '127.0.0.1' }[hostname]
  return twin ? [`${protocol}//${twin}${port ? `:${port}` : ''}`] : []
}
