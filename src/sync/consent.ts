/**
 * A connection by an admin's consent (RFC 6749, RFC 7636): they are sent to the vendor, and come back with a code that is
 * exchanged for access. What was begun is kept sealed with whoever began it, so that nobody else can bring it to an end.
 */
import { z } from 'zod'
import type { Connector, OAuthAbility } from '../connectors/contract.ts'
import { connectorById, createTransport } from '../connectors/registry.ts'
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { type ConnectionRow, connectionById } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { askRemote } from './ask-remote.ts'
import { connect, reconnect } from './connect.ts'
import type { SyncContext } from './context.ts'

/** People read what they agree to, and may have to sign in there first. ms */
const LASTS_MS = 15 * 60_000

const begun = z.object({
  ...{ state: z.string(), verifier: z.string(), sessionId: z.string(), workspaceId: z.string(), connector: z.string() },
  app: z.object({ clientId: z.string(), clientSecret: z.string(), redirectUri: z.string() }),
  /** Of one that gets other credentials. */
  connectionId: z.string().nullable(),
  name: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()),
  until: z.number(),
})
type Begun = z.infer<typeof begun>

export type ConsentInput = {
  connector: string
  clientId: string
  clientSecret: string
  connectionId?: string | undefined
  name?: string | undefined
  settings?: Record<string, unknown> | undefined
}

/**
 * `url`: where to go. `kept`: to be brought back by the same session. Throws `not found` for a connector without consent, or a
 * connection that is not there.
 */
export async function beginConsent(
  ctx: SyncContext,
  { connector: id, clientId, clientSecret, connectionId, name, settings = {} }: ConsentInput,
  { sessionId, redirectUri }: { sessionId: string; redirectUri: string },
): Promise<{ url: string; kept: string; lastsMs: number }> {
  const { oauth, connector } = withOAuth(id)
  const known = connectionId
    ? await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
    : undefined
  if (connectionId && (!known || known.connector !== id)) throw new AppError('not found', { what: 'connection' })
  const app = { clientId, clientSecret, redirectUri }
  const kept: Begun = {
    ...{ state: random(), verifier: random(), sessionId, workspaceId: ctx.workspaceId, connector: id, app },
    settings: { ...(known?.settings as object | undefined), ...settings },
    ...{ connectionId: connectionId ?? null, name: name ?? null, until: ctx.now.getTime() + LASTS_MS },
  }
  const challenge = await challengeOf(kept.verifier)
  const url = oauth.authorizeUrl(app, {
    ...{ state: kept.state, challenge, baseUrl: baseUrlOf(ctx, connector), settings: kept.settings },
  })
  return { url, kept: await ctx.sealing.seal(kept), lastsMs: LASTS_MS }
}

/** What was begun, or undefined for what we did not seal, what is over, and what another session began. */
export async function readConsent(
  { sealing }: Pick<SyncContext, 'sealing'>,
  kept: string,
  state: string,
  now: Date,
): Promise<Begun | undefined> {
  const read = begun.safeParse(await sealing.open(kept).catch(() => undefined)).data
  return read && read.state === state && read.until > now.getTime() ? read : undefined
}

/** Throws `connection failed` with the vendor's words, or what connecting throws. */
export async function endConsent(
  ctx: SyncContext,
  { connector: id, app, verifier, connectionId, name, settings }: Begun,
  code: string,
  actor: Actor,
): Promise<ConnectionRow> {
  const { oauth, connector } = withOAuth(id)
  const fetch = createTransport({ fetch: ctx.fetch, clock: ctx.clock })
  const call = { fetch, baseUrl: baseUrlOf(ctx, connector), now: ctx.now, settings }
  const exchanged = await askRemote(connector, () => oauth.exchange(call, app, { code, verifier }))
  const credentials = exchanged as Record<string, unknown>
  if (connectionId) return reconnect(ctx, connectionId, credentials, actor)
  return connect(ctx, { connector: id, credentials, settings, ...(name ? { name } : {}) }, actor)
}

function withOAuth(id: string): { connector: Connector; oauth: OAuthAbility<unknown> } {
  const connector = connectorById(id)
  if (!connector?.oauth) throw new AppError('not found', { what: 'connector' })
  return { connector, oauth: connector.oauth }
}

function baseUrlOf(ctx: SyncContext, connector: Connector): string {
  return ctx.baseUrls[connector.id] ?? connector.baseUrl
}

/** 256 bits, as RFC 7636 asks of a verifier. */
function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return base64url(new Uint8Array(digest))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
