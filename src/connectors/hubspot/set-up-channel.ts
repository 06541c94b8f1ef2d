/**
 * The custom channel through which agents answer from HubSpot's inbox: one per app, one account per WhatsApp number.
 * Found before it is made, because doubled accounts break an account's workflows. Needs Sales or Service Hub
 * Professional; where HubSpot refuses it, everything else works without.
 */
import { z } from 'zod'
import type { ConnectionPlace, Making } from '../contract.ts'
import { RemoteCallError } from '../contract.ts'
import { demand, request } from './client.ts'
import type { HubSpotContext, HubSpotSettings } from './settings.ts'

const ids = z.union([z.string(), z.number()]).transform(String)
const channelAnswer = z.object({
  id: ids,
  name: z.string().optional(),
  webhookUrl: z.string().nullish(),
  capabilities: z.looseObject({ outgoingAttachmentTypes: z.array(z.string()).nullish().catch(undefined) }).nullish(),
})
const channelsAnswer = z.object({ results: z.array(channelAnswer).default([]) })
const accountAnswer = z.object({ id: ids, deliveryIdentifier: z.object({ value: z.string() }).nullish() })
const accountsAnswer = z.object({ results: z.array(accountAnswer).default([]) })

/** What HubSpot lets agents do in the channel. */
const capabilities = {
  deliveryIdentifierTypes: ['HS_PHONE_NUMBER'],
  threadingModel: 'DELIVERY_IDENTIFIER',
  richText: [],
  allowOutgoingMessages: true,
  allowConversationStart: false,
  allowInlineImages: false,
  outgoingAttachmentTypes: ['FILE'],
}

/** Nothing where no inbox was chosen, or HubSpot does not offer channels to the account. */
export async function setUpChannel(
  ctx: HubSpotContext,
  { webhookUrl, numbers }: ConnectionPlace,
): Promise<HubSpotSettings['channel']> {
  const { inboxId, apiVersion } = ctx.settings
  const [number] = numbers
  if (!inboxId || !number) return ctx.settings.channel
  const base = `/conversations/custom-channels/${apiVersion}`
  try {
    const channelId = await findOrMakeChannel(ctx, base, webhookUrl)
    let first: string | undefined
    for (const each of numbers) {
      const id = await findOrMakeAccount(ctx, `${base}/${channelId}/channel-accounts`, inboxId, each)
      first ??= id
    }
    return first === undefined ? undefined : { channelId, channelAccountId: first }
  } catch (error) {
    const notOffered = error instanceof RemoteCallError && error.failure.kind !== 'retry after'
    if (notOffered && 'status' in error.failure && (error.failure.status === 403 || error.failure.status === 404))
      return
    throw error
  }
}

/** What `setUpChannel` would make; nothing where HubSpot does not offer channels. Throws RemoteCallError. */
export async function willMakeChannel(
  ctx: HubSpotContext,
  { webhookUrl, numbers }: ConnectionPlace,
): Promise<Making[]> {
  const { inboxId, apiVersion } = ctx.settings
  if (!inboxId || numbers.length === 0) return []
  const base = `/conversations/custom-channels/${apiVersion}`
  const answer = await request(ctx, { method: 'GET', path: base, purpose: 'read', schema: channelsAnswer })
  if (answer.kind === 'refused') return []
  const { results } = answer.value
  const found = results.find(channel => channel.webhookUrl === webhookUrl) ?? results.find(({ name }) => name === NAME)
  const path = `${base}/${found?.id}/channel-accounts`
  const accounts = found
    ? (await demand(ctx, { method: 'GET', path, purpose: 'read', schema: accountsAnswer })).results
    : []
  const missing = numbers.filter(({ phone }) => !accounts.some(each => each.deliveryIdentifier?.value === phone))
  return [
    ...(found ? [] : [{ what: 'custom channel', name: NAME, label: NAME, detail: 'replies from the inbox' }]),
    ...missing.map(({ name, phone }) => ({ what: 'channel account', name: phone, label: name, detail: phone })),
  ]
}

async function findOrMakeChannel(ctx: HubSpotContext, path: string, webhookUrl: string): Promise<string> {
  const { results } = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: channelsAnswer })
  const found = results.find(channel => channel.webhookUrl === webhookUrl) ?? results.find(({ name }) => name === NAME)
  if (!found) {
    const body = { name: NAME, webhookUrl, capabilities }
    return (await demand(ctx, { method: 'POST', path, purpose: 'upsert', body, schema: channelAnswer })).id
  }
  // A channel of an earlier version took no files.
  const takesFiles = found.capabilities?.outgoingAttachmentTypes?.includes('FILE')
  if (found.webhookUrl !== webhookUrl || !takesFiles) {
    const body = { webhookUrl, capabilities }
    const patch = { method: 'PATCH', path: `${path}/${found.id}`, purpose: 'upsert', body } as const
    await demand(ctx, { ...patch, schema: channelAnswer })
  }
  return found.id
}

async function findOrMakeAccount(
  ctx: HubSpotContext,
  path: string,
  inboxId: string,
  number: ConnectionPlace['numbers'][number],
): Promise<string> {
  const { results } = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: accountsAnswer })
  const found = results.find(account => account.deliveryIdentifier?.value === number.phone)
  if (found) return found.id
  const deliveryIdentifier = { type: 'HS_PHONE_NUMBER', value: number.phone }
  const body = { name: number.name, inboxId, authorized: true, deliveryIdentifier }
  return (await demand(ctx, { method: 'POST', path, purpose: 'upsert', body, schema: accountAnswer })).id
}

const NAME = 'WhatsApp (Buzón)'
