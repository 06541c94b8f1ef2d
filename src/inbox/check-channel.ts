/**
 * The doctor of a number: asks Meta and our own public address, all at once and within seconds, and keeps what was found.
 * Whatever does not answer is unknown, and hides nothing else.
 */
import type { Check } from '../core/channel-checks.ts'
import { diagnose } from '../core/channel-diagnosis.ts'
import type { NumberFacts, Observations, TokenFacts, Told } from '../core/channel-observations.ts'
import { AppError } from '../core/errors.ts'
import { accountNews, channelFacts, saveChannelCheck } from '../db/channel-checks.ts'
import { applyChannelEvents } from '../db/channel-events.ts'
import { type ChannelRow, channelById, setChannelState } from '../db/channels.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { troubleOf, tryDelivery, tryHandshake } from './loop-test.ts'
import { type AppCredentials, appToken, type MetaAppContext, metaAppOf, webhookUrl } from './meta-app.ts'
import { newId } from './new-id.ts'
import type { WhatsAppApi } from './whatsapp/client.ts'
import { readAccount, readAppWebhooks, readNumber, readSubscribedApps, readToken } from './whatsapp/inspect.ts'

/** `fetch` calls our own address and the host of media. */
export type CheckContext = MetaAppContext & { whatsapp: WhatsAppApi; fetch: typeof fetch }

export type Checked = { channelId: string; checkedAt: Date; checks: Check[] }

/** With what is written before and after it, ten seconds at the most. */
const DEADLINE_MS = 8_000

/** Throws `not found`. */
export async function checkChannel(ctx: CheckContext, channelId: string): Promise<Checked> {
  const known = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const channel = await channelById(tx, channelId)
    if (!channel) throw new AppError('not found', { what: 'channel' })
    const [facts, news] = await Promise.all([channelFacts(tx, channel), accountNews(tx, [channelId])])
    return { channel, facts, news: [...news] }
  })
  const { channel } = known
  const app = await metaAppOf(ctx, channel.appKey)
  const token = String(await ctx.sealing.open(channel.token))
  const callbackUrl = webhookUrl(ctx.appUrl, channel.appKey)
  const seen = await look(ctx, { channel, app, token, callbackUrl })
  const { state, stateReason: reason, phoneNumberId, wabaId } = channel
  const confirmed = state === 'unchecked' && seen.number.kind === 'told' && isValid(seen.token)
  const checks = diagnose({
    ...{ ...seen, ...known.facts, news: known.news, now: ctx.now, callbackUrl },
    channel: confirmed
      ? { state: 'connected', reason: null, phoneNumberId, wabaId }
      : { state, reason, phoneNumberId, wabaId },
    app: { key: channel.appKey, id: app.appId },
    simulated: isOfThisMachine(ctx.whatsapp.baseUrl),
  })
  await keep(ctx, channel, { checks, confirmed, number: seen.number })
  return { channelId, checkedAt: ctx.now, checks }
}

type Subject = { channel: ChannelRow; app: AppCredentials; token: string; callbackUrl: string }
type Seen = Pick<
  Observations,
  'token' | 'number' | 'account' | 'subscribed' | 'appWebhooks' | 'handshake' | 'loop' | 'skewMs' | 'mediaHost'
>

async function look(ctx: CheckContext, { channel, app, token, callbackUrl }: Subject): Promise<Seen> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const clock: { skewMs: number | null } = { skewMs: null }
  const api = watched(ctx.whatsapp, signal, date => {
    clock.skewMs ??= ctx.now.getTime() - date.getTime()
  })
  const { phoneNumberId, wabaId } = channel
  const asApp = appToken(app)
  const door = { fetch: ctx.fetch, url: callbackUrl, app, signal }
  const [tokenSeen, number, account, subscribed, appWebhooks, handshake, loop, mediaHost] = await Promise.all([
    inspectToken(api, token, asApp),
    readNumber(api, phoneNumberId, token),
    readAccount(api, wabaId, token),
    readSubscribedApps(api, wabaId, token),
    asApp && app.appId ? readAppWebhooks(api, app.appId, asApp) : null,
    tryHandshake(door),
    tryDelivery(door, ctx.db, channel.appKey),
    reachMedia(ctx, signal),
  ])
  return {
    ...{ number, account, subscribed, appWebhooks, handshake, loop, mediaHost, skewMs: clock.skewMs },
    token: tokenSeen,
  }
}

/** By the app; where its secret is refused, by the token itself: that tells less of tokens that are not valid. */
export async function inspectToken(api: WhatsAppApi, token: string, asApp: string | null): Promise<Told<TokenFacts>> {
  const byApp = asApp === null ? null : await readToken(api, token, asApp)
  return byApp?.kind === 'told' ? byApp : readToken(api, token, token)
}

/** Ends what takes too long, and hears what time it is at Meta's. */
function watched(api: WhatsAppApi, signal: AbortSignal, onDate: (date: Date) => void): WhatsAppApi {
  return {
    ...api,
    fetch: async (input, init) => {
      const signals = init?.signal ? AbortSignal.any([init.signal, signal]) : signal
      const answer = await api.fetch(input, { ...init, signal: signals })
      const date = new Date(answer.headers.get('date') ?? Number.NaN)
      if (!Number.isNaN(date.getTime())) onDate(date)
      return answer
    },
  }
}

/** Files are downloaded from here (Meta, "Media"). Any answer will do. */
const MEDIA_HOST = 'https://lookaside.fbsbx.com'

async function reachMedia({ fetch, whatsapp }: CheckContext, signal: AbortSignal): Promise<Observations['mediaHost']> {
  const origin = isOfThisMachine(whatsapp.baseUrl) ? new URL(whatsapp.baseUrl).origin : MEDIA_HOST
  const { host } = new URL(origin)
  try {
    await fetch(`${origin}/`, { method: 'HEAD', redirect: 'manual', signal })
    return { host, trouble: null }
  } catch (error) {
    return { host, trouble: troubleOf(error) }
  }
}

function isValid(token: Told<TokenFacts>): boolean {
  return token.kind === 'told' && token.value.isValid
}

function isOfThisMachine(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}

type Found = { checks: Check[]; confirmed: boolean; number: Told<NumberFacts> }

/** What was read of the number is news like any other: the newest stands. */
async function keep(ctx: CheckContext, channel: ChannelRow, { checks, confirmed, number }: Found): Promise<void> {
  const { workspaceId, now } = ctx
  const health = number.kind === 'told' ? changesOf(channel, number.value) : null
  await inWorkspace(ctx.db, workspaceId, async tx => {
    await saveChannelCheck(tx, { channelId: channel.id, workspaceId, checkedAt: now, checks })
    if (confirmed) await setChannelState(tx, channel.id, 'connected', null)
    if (!health) return
    const event = { field: 'check', event: 'read', at: now, health, data: {} }
    await applyChannelEvents(tx, [
      ...[
        { ...event, id: newId(), workspaceId, channelId: channel.id, deliveryId: newId(), place: '', recordedAt: now },
      ],
    ])
  })
}

function changesOf(channel: ChannelRow, number: NumberFacts): Record<string, string> | null {
  const read = {
    quality: number.quality,
    messagingLimit: number.messagingLimit?.replace(/^TIER_/, '') ?? null,
    verifiedName: number.verifiedName,
  } as const
  const changed = Object.entries(read).filter(([key, value]) => value && value !== channel[key as keyof typeof read])
  return changed.length > 0 ? (Object.fromEntries(changed) as Record<string, string>) : null
}
