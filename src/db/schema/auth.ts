/**
 * Who people are, before any workspace is known: better-auth's tables, in a schema that the hub's role cannot read. The role
 * `buzon_auth` can, and is taken for one statement at a time (db/auth.ts); all else is asked of narrow functions.
 */
import { bigint, boolean, index, integer, pgRole, pgSchema, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant } from './tenancy.ts'

/** Made by the migration of this schema. */
export const authRole = pgRole('buzon_auth').existing()

export const auth = pgSchema('auth')

export const users = auth.table(
  'users',
  {
    id: id(),
    name: text().notNull(),
    email: text().notNull(),
    emailVerified: boolean().notNull(),
    image: text(),
    /** Of what is written to them; null: the workspace's. */
    language: text(),
    twoFactorEnabled: boolean(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [uniqueIndex('users_email').on(table.email)],
)

const userId = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const sessions = auth.table(
  'sessions',
  {
    id: id(),
    userId: userId(),
    token: text().notNull(),
    expiresAt: instant().notNull(),
    ipAddress: text(),
    userAgent: text(),
    /** The workspace that was chosen last; null: the first one. */
    workspaceId: uuid(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [uniqueIndex('sessions_token').on(table.token), index('sessions_user').on(table.userId, table.createdAt)],
)

/** How somebody signs in: a password, or later an account elsewhere. */
export const accounts = auth.table(
  'accounts',
  {
    id: id(),
    userId: userId(),
    accountId: text().notNull(),
    providerId: text().notNull(),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: instant(),
    refreshTokenExpiresAt: instant(),
    scope: text(),
    /** scrypt, as better-auth writes it. */
    password: text(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [index('accounts_user').on(table.userId)],
)

/** What was sent out and waits to come back: links, codes. */
export const verifications = auth.table(
  'verifications',
  {
    id: id(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: instant().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [index('verifications_identifier').on(table.identifier)],
)

/** Secret and backup codes are encrypted under SEALING_KEY. */
export const twoFactors = auth.table(
  'two_factors',
  {
    id: id(),
    userId: userId(),
    secret: text().notNull(),
    backupCodes: text().notNull(),
    verified: boolean(),
    failedVerificationCount: integer(),
    lockedUntil: instant(),
  },
  table => [index('two_factors_user').on(table.userId)],
)

/** Attempts at the doors of /api/auth, by address and path, and by account. */
export const rateLimits = auth.table(
  'rate_limits',
  {
    id: id(),
    key: text().notNull(),
    count: integer().notNull(),
    /** Milliseconds since 1970. */
    lastRequest: bigint({ mode: 'number' }).notNull(),
  },
  table => [uniqueIndex('rate_limits_key').on(table.key)],
)
