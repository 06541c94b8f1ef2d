import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Courier } from '../courier.ts'
import { type Refusal, validation } from './errors.ts'
import { commitWrite, findRecord, prepareWrite, type Scope } from './records.ts'
import { type Channel, type ChannelAccount, type ChannelMessage, type CrmRecord, newId, type Portal } from './state.ts'

const identifier = z.object({ type: z.string().min(1), value: z.string().min(1) })
const party = z.looseObject({
  name: z.string().optional(),
  deliveryIdentifier: identifier.optional(),
  senderActorId: z.string().optional(),
})

export const channelSchema = z.object({
  name: z.string().min(1),
  webhookUrl: z.url().optional(),
  capabilities: z.record(z.string(), z.unknown()).default({}),
})
export const channelPatchSchema = channelSchema.partial()
export const accountSchema = z.object({
  name: z.string().min(1),
  inboxId: z.union([z.string(), z.number()]).transform(String),
  authorized: z.boolean().default(true),
  deliveryIdentifier: identifier,
})
export const publishSchema = z.object({
  channelAccountId: z.union([z.string(), z.number()]).transform(String),
  messageDirection: z.enum(['INCOMING', 'OUTGOING']),
  senders: z.array(party).default([]),
  recipients: z.array(party).default([]),
  text: z.string().min(1),
  richText: z.string().optional(),
  timestamp: z.iso.datetime({ offset: true }),
  attachments: z.array(z.unknown()).default([]),
  integrationThreadId: z.string().optional(),
  integrationIdempotencyId: z.string().optional(),
  inReplyToId: z.string().optional(),
  associateWithContactId: z.union([z.string(), z.number()]).transform(String).optional(),
})
export const messageStatusSchema = z.object({
  statusType: z.enum(['SENT', 'DELIVERED', 'READ', 'FAILED']),
  errorMessage: z.string().optional(),
  failureDetails: z.looseObject({}).optional(),
})

type Publication = z.infer<typeof publishSchema>
type Party = z.infer<typeof party>

/** A message that happened in WhatsApp appears in HubSpot's inbox; the same idempotency id gives the first one again. */
export function publishMessage(scope: Scope, channel: Channel, input: Publication): ChannelMessage | Refusal {
  const account = channel.accounts.get(input.channelAccountId)
  if (!account) return validation(`Channel account ${input.channelAccountId} does not exist`)
  const known = input.integrationIdempotencyId && channel.idempotency.get(input.integrationIdempotencyId)
  if (known) return channel.messages.get(known) as ChannelMessage
  const incoming = input.messageDirection === 'INCOMING'
  const customer = (incoming ? input.senders : input.recipients)[0]
  const contact = contactFor(scope, input, customer)
  if (!contact) return validation('The customer needs a deliveryIdentifier or associateWithContactId')
  const visitor = { actorId: `V-${contact.id}`, ...customer }
  const business = (incoming ? input.recipients : input.senders).map(entry => ({
    actorId: entry.senderActorId,
    ...entry,
  }))
  const message: ChannelMessage = {
    id: randomBytes(16).toString('hex'),
    conversationsThreadId: threadFor(scope, channel, account, contact, input.integrationThreadId),
    ...(input.integrationThreadId ? { integrationThreadId: input.integrationThreadId } : {}),
    channelId: channel.id,
    channelAccountId: account.id,
    contactId: contact.id,
    direction: input.messageDirection,
    text: input.text,
    ...(input.richText ? { richText: input.richText } : {}),
    createdAt: new Date(input.timestamp).toISOString(),
    status: { statusType: 'SENT' },
    senders: incoming ? [visitor] : business,
    recipients: incoming ? business : [visitor],
    attachments: input.attachments,
  }
  keep(channel, message)
  if (input.integrationIdempotencyId) channel.idempotency.set(input.integrationIdempotencyId, message.id)
  return message
}

export type Reply = {
  contactId: string
  text: string
  ownerId: string
  channelAccountId?: string | undefined
  asArray?: boolean | undefined
  richText?: string | undefined
  attachments?: { name: string; mimeType: string; data: string; byId?: boolean | undefined }[] | undefined
  /** Where files are kept: their addresses end after a while. */
  filesAt?: (file: { name: string; mimeType: string; data: string }) => { id: string; url: string }
}

/** An agent answers in HubSpot: the message is kept, and told to the channel's webhook. */
export function replyAsAgent(scope: Scope, courier: Courier, input: Reply): ChannelMessage | Refusal {
  const { portal } = scope
  const found = accountFor(portal, input.channelAccountId)
  if (!found) return validation('The portal has no custom channel account')
  const contact = findRecord(portal.stores.contacts, input.contactId)
  if (!contact) return validation(`Contact ${input.contactId} does not exist`)
  const owner = portal.owners.get(input.ownerId)
  if (!owner) return validation(`Owner ${input.ownerId} does not exist`)
  const value = numberOf(found.channel, contact)
  if (value === undefined) return validation(`Contact ${contact.id} has no phone number`)
  const deliveryIdentifier = { type: 'HS_PHONE_NUMBER', value }
  const message: ChannelMessage = {
    id: randomBytes(16).toString('hex'),
    conversationsThreadId: threadFor(scope, found.channel, found.account, contact, undefined),
    channelId: found.channel.id,
    channelAccountId: found.account.id,
    contactId: contact.id,
    direction: 'OUTGOING',
    text: input.text,
    richText:
      input.richText ??
      `<p>${input.text.replace(/[&<>]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)}</p>`,
    createdAt: scope.clock.iso(),
    status: { statusType: 'SENT' },
    senders: [
      {
        actorId: `A-${owner.id}`,
        name: `${owner.firstName} ${owner.lastName}`,
        deliveryIdentifier: found.account.deliveryIdentifier,
      },
    ],
    recipients: [{ actorId: `V-${contact.id}`, name: nameOf(contact), deliveryIdentifier, recipientField: 'TO' }],
    attachments: (input.attachments ?? []).map(file => {
      const kept = input.filesAt?.(file)
      const facts = { type: 'FILE', fileId: kept?.id, name: file.name, fileUsageType: 'OTHER' }
      const size = Buffer.from(file.data, 'base64').byteLength
      return file.byId ? facts : { ...facts, url: kept?.url, contentType: file.mimeType, size }
    }),
  }
  keep(found.channel, message)
  announce(scope, courier, found.channel, message, input.asArray ?? false)
  return message
}

export function messageView(message: ChannelMessage) {
  const { contactId: _contactId, integrationThreadId: _thread, ...rest } = message
  return {
    type: 'MESSAGE',
    ...rest,
    createdBy: String(message.senders[0]?.actorId ?? ''),
    client: { clientType: 'INTEGRATION' },
    truncationStatus: 'NOT_TRUNCATED',
    archived: false,
  }
}

function announce(scope: Scope, courier: Courier, channel: Channel, message: ChannelMessage, asArray: boolean) {
  const { portal, clock } = scope
  if (!channel.webhookUrl) return
  const event = {
    type: 'OUTGOING_CHANNEL_MESSAGE_CREATED',
    portalId: portal.portalId,
    channelId: channel.id,
    eventTimestamp: clock.iso(),
    message: { ...messageView(message), client: { clientType: 'HUBSPOT' } },
    channelIntegrationThreadIds: integrationThreads(channel, message),
  }
  const body = JSON.stringify(asArray ? [event] : event)
  const delivery = { vendor: 'hubspot' as const, url: channel.webhookUrl, secret: portal.clientSecret, body }
  for (let copy = 0; copy < portal.duplicates; copy++) courier.send(delivery)
}

function contactFor(scope: Scope, input: Publication, customer: Party | undefined): CrmRecord | undefined {
  const store = scope.portal.stores.contacts
  if (input.associateWithContactId !== undefined) return findRecord(store, input.associateWithContactId)
  const value = customer?.deliveryIdentifier?.value
  if (value === undefined) return undefined
  const known = contactByNumber(scope.portal, value)
  if (known) return known
  const values = { phone: value, ...(customer?.name ? { firstname: customer.name } : {}) }
  const prepared = prepareWrite(scope, store, values, undefined, new Set())
  if (!prepared.ok) return undefined
  const contact = commitWrite(scope, store, prepared.value)
  scope.portal.phones.set(digitsOf(value), contact.id)
  return contact
}

/** Whoever spoke here before is known by number; others are looked for once, and remembered. */
function contactByNumber(portal: Portal, value: string): CrmRecord | undefined {
  const store = portal.stores.contacts
  const digits = digitsOf(value)
  const remembered = portal.phones.get(digits)
  if (remembered !== undefined) return findRecord(store, remembered)
  for (const record of store.records.values()) {
    if (!PHONE_PROPERTIES.some(name => digitsOf(record.properties[name] ?? '') === digits)) continue
    portal.phones.set(digits, record.id)
    return record
  }
  return undefined
}

const PHONE_PROPERTIES = ['wa_id', 'hs_whatsapp_phone_number', 'phone', 'mobilephone']

function numberOf(channel: Channel, contact: CrmRecord): string | undefined {
  const last = channel.messagesByContact.get(contact.id)?.at(-1)
  const message = last === undefined ? undefined : channel.messages.get(last)
  const party = message?.direction === 'INCOMING' ? message.senders[0] : message?.recipients[0]
  const used = identifier.safeParse(party?.deliveryIdentifier)
  if (used.success) return used.data.value
  const value = PHONE_PROPERTIES.map(name => contact.properties[name]).find(Boolean)
  return value === undefined ? undefined : `+${digitsOf(value)}`
}

function accountFor(portal: Portal, id: string | undefined): { channel: Channel; account: ChannelAccount } | undefined {
  for (const channel of portal.channels.values()) {
    const account = id === undefined ? [...channel.accounts.values()].at(-1) : channel.accounts.get(id)
    if (account) return { channel, account }
  }
  return undefined
}

function threadFor(
  scope: Scope,
  channel: Channel,
  account: ChannelAccount,
  contact: CrmRecord,
  integrationThreadId: string | undefined,
): string {
  const key = `${account.id}:${integrationThreadId ?? contact.id}`
  let thread = channel.threads.get(key) ?? channel.threads.get(`${account.id}:${contact.id}`)
  thread ??= newId(scope.state)
  channel.threads.set(key, thread)
  channel.threads.set(`${account.id}:${contact.id}`, thread)
  return thread
}

function integrationThreads(channel: Channel, message: ChannelMessage): string[] {
  const ids = channel.messagesByContact.get(message.contactId) ?? []
  for (let index = ids.length - 1; index >= 0; index--) {
    const thread = channel.messages.get(ids[index] as string)?.integrationThreadId
    if (thread) return [thread]
  }
  return []
}

function keep(channel: Channel, message: ChannelMessage) {
  channel.messages.set(message.id, message)
  const ids = channel.messagesByContact.get(message.contactId)
  if (ids) ids.push(message.id)
  else channel.messagesByContact.set(message.contactId, [message.id])
}

function nameOf({ properties }: CrmRecord): string {
  return [properties.firstname, properties.lastname].filter(Boolean).join(' ')
}

function digitsOf(value: string): string {
  return value.replace(/\D/g, '')
}
