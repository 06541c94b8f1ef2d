/**
 * Connects a number: everything is looked at before anything is changed, each step tells what it did, and doing it again
 * does only what is missing. The channel is written last, so that a failure leaves none behind.
 */
import type { Check } from '../core/channel-checks.ts'
import type { Obstacle, Step } from '../core/channel-connection.ts'
import { diagnoseToken } from '../core/channel-diagnosis.ts'
import { AppError } from '../core/errors.ts'
import { type ChannelRow, channelByNumber, insertChannel, replaceChannel } from '../db/channels.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { auditChannel } from './audit-channel.ts'
import { inspectToken } from './check-channel.ts'
import { type InboxContext, newId } from './context.ts'
import { type AppCredentials, appToken, type MetaAppContext, metaAppOf, webhookUrl } from './meta-app.ts'
import { wakeChannel } from './wake-channel.ts'
import { type CallFailure, grantedPerSecond, type WhatsAppApi } from './whatsapp/client.ts'
import { readSubscribedApps } from './whatsapp/inspect.ts'
import { type ListedNumber, listNumbers, registerNumber, requestAppData, subscribeApp } from './whatsapp/onboarding.ts'

export type ConnectContext = InboxContext & MetaAppContext & { whatsapp: WhatsAppApi }

export type NewConnection = {
  appKey: string
  wabaId: string
  /** Absent: the account's only number. */
  phoneNumberId?: string | undefined
  token: string
  /** Of two-step verification; needed where the number is not registered yet. */
  pin?: string | undefined
  /** The number's webhooks come to us, whatever the app's own address is: for an app that several systems share. */
  override?: boolean | undefined
  name?: string | undefined
  /** Of a number of the WhatsApp Business app: what its phone is asked for, once. */
  import?: { contacts?: boolean | undefined; history?: boolean | undefined } | undefined
}

export type Connected =
  | { kind: 'connected'; channel: ChannelRow; steps: Step[] }
  /** Nothing was kept. */
  | { kind: 'stopped'; steps: Step[]; cause: Cause }

export type Cause =
  | { kind: 'checks'; checks: Check[] }
  | { kind: 'obstacle'; obstacle: Obstacle; numbers: ListedNumber[] }
  | { kind: 'call'; failure: CallFailure }

/** Throws `not found` for an app that the workspace does not have, `already exists` for another workspace's number. */
export async function connectChannel(
  ctx: ConnectContext,
  input: NewConnection,
  before: Step[] = [],
): Promise<Connected> {
  const app = await metaAppOf(ctx, input.appKey)
  const steps = [...before]
  const stop = (id: Step['id'], cause: Cause): Connected => {
    const detail = cause.kind === 'call' ? cause.failure.reason : null
    return { kind: 'stopped', steps: [...steps, { id, outcome: 'failed', detail }], cause }
  }
  const note = (id: Step['id'], outcome: Step['outcome'], detail: string | null = null) =>
    void steps.push({ id, outcome, detail })

  const { whatsapp, now } = ctx
  const { wabaId, token } = input
  const told = await inspectToken(whatsapp, token, appToken(app))
  const ids = { wabaId, phoneNumberId: input.phoneNumberId ?? '' }
  const checks = diagnoseToken({ token: told, app: { key: input.appKey, id: app.appId }, now, ...ids })
  const failed = checks.filter(({ state }) => state === 'failed')
  if (failed.length > 0) return stop('token', { kind: 'checks', checks: failed })
  if (told.kind === 'told') note('token', 'done')
  else note('token', 'unknown', told.reason)

  const listed = await listNumbers(whatsapp, wabaId, token)
  if (listed.kind !== 'listed') return stop('number', { kind: 'call', failure: listed })
  const number = chosen(listed.numbers, input.phoneNumberId)
  if (!number) return stop('number', { kind: 'obstacle', obstacle: 'choose number', numbers: listed.numbers })
  note('number', 'done', number.displayPhoneNumber ?? number.phoneNumberId)
  const isRegistered = number.onBusinessApp || (number.platform ?? 'CLOUD_API') === 'CLOUD_API'
  if (!isRegistered && !input.pin)
    return stop('registration', { kind: 'obstacle', obstacle: 'pin needed', numbers: [] })

  const appId = app.appId ?? (told.kind === 'told' ? told.value.appId : null)
  const subscribed = await subscribe(ctx, input, app, appId)
  if (typeof subscribed === 'object') return stop('subscription', { kind: 'call', failure: subscribed })
  note('subscription', subscribed)

  if (isRegistered) note('registration', number.onBusinessApp ? 'not needed' : 'already')
  else {
    const registered = await registerNumber(whatsapp, number.phoneNumberId, token, input.pin ?? '')
    if (registered.kind !== 'done') return stop('registration', { kind: 'call', failure: registered })
    note('registration', 'done')
  }

  const { channel, isNew } = await keep(ctx, input, number)
  note('channel', isNew ? 'done' : 'already')
  steps.push(...(await importFromPhone(ctx, input, number)))
  await wakeChannel(ctx, channel.id)
  const data = { workspaceId: ctx.workspaceId, channelId: channel.id }
  await ctx.emit([
    { name: 'inbox/templates.stale', data },
    { name: 'inbox/check.due', data },
  ])
  return { kind: 'connected', channel, steps }
}

/** Where none is named, the only one; of several, the only one of the WhatsApp Business app. */
function chosen(numbers: ListedNumber[], phoneNumberId: string | undefined): ListedNumber | undefined {
  if (phoneNumberId !== undefined) return numbers.find(number => number.phoneNumberId === phoneNumberId)
  const inApp = numbers.filter(number => number.onBusinessApp)
  const [only, another] = inApp.length > 0 ? inApp : numbers
  return another ? undefined : only
}

/** An address that somebody set for the account is left alone, unless another is asked for. */
async function subscribe(
  ctx: ConnectContext,
  { appKey, wabaId, token, override }: NewConnection,
  app: AppCredentials,
  appId: string | null,
): Promise<'done' | 'already' | CallFailure> {
  const known = await readSubscribedApps(ctx.whatsapp, wabaId, token)
  const ours = known.kind === 'told' ? known.value.find(each => each.appId === appId) : undefined
  const url = webhookUrl(ctx.appUrl, appKey)
  if (ours && (!override || ours.overrideUrl === url)) return 'already'
  const own = override ? { url, verifyToken: app.verifyToken } : null
  const done = await subscribeApp(ctx.whatsapp, wabaId, token, own)
  return done.kind === 'done' ? 'done' : done
}

async function keep(ctx: ConnectContext, input: NewConnection, number: ListedNumber) {
  const { appKey, wabaId, token } = input
  const sealed = await ctx.sealing.seal(token)
  try {
    return await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const known = await channelByNumber(tx, number.phoneNumberId)
      const channel: ChannelRow = {
        id: known?.id ?? newId(),
        workspaceId: ctx.workspaceId,
        name: input.name ?? known?.name ?? number.verifiedName ?? number.displayPhoneNumber ?? number.phoneNumberId,
        ...{ phoneNumberId: number.phoneNumberId, wabaId, appKey, token: sealed },
        displayPhoneNumber: number.displayPhoneNumber,
        ...{ state: 'connected', stateReason: null, createdAt: known?.createdAt ?? ctx.now },
        perSecond: grantedPerSecond(number.onBusinessApp, number.throughput) ?? known?.perSecond ?? DEFAULT_PER_SECOND,
      }
      if (known) await replaceChannel(tx, channel)
      else await insertChannel(tx, channel)
      await auditChannel(tx, ctx, 'channel connected', known, channel)
      return { channel, isNew: !known }
    })
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error
    throw new AppError('already exists', { what: `phoneNumberId ${number.phoneNumberId}` }, { cause: error })
  }
}

/** Messages a second that Meta grants to any number. */
const DEFAULT_PER_SECOND = 80

/** The number works without it, so a refusal is told and stops nothing. */
async function importFromPhone(ctx: ConnectContext, input: NewConnection, number: ListedNumber): Promise<Step[]> {
  const steps: Step[] = []
  for (const id of ['contacts', 'history'] as const) {
    if (!input.import?.[id]) continue
    const kind = id === 'contacts' ? 'smb_app_state_sync' : 'history'
    const asked = await requestAppData(ctx.whatsapp, number.phoneNumberId, input.token, kind)
    const isDone = asked.kind === 'done'
    steps.push({ id, outcome: isDone ? 'asked' : 'failed', detail: isDone ? null : asked.reason })
  }
  return steps
}
