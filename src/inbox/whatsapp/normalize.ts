/**
 * A WhatsApp webhook body in our words. Every entry, change, message and status stands for itself: one that cannot be
 * understood becomes a `broken` item with its cause, and never stops the others.
 */

import type { Sender } from '../../core/identity.ts'
import type { InboundMessage, StatusReport } from '../../core/inbound.ts'
import { type ProviderStatus, providerStatuses } from '../../core/message.ts'
import { readContent } from './content.ts'
import * as schema from './schema.ts'

export type NormalizedItem =
  | { kind: 'message'; place: string; phoneNumberId: string; message: InboundMessage }
  | { kind: 'status'; place: string; phoneNumberId: string; status: StatusReport }
  /** A field of Meta's that does not concern the inbox yet; the ledger keeps it. */
  | { kind: 'other'; place: string; field: string }
  | { kind: 'broken'; place: string; cause: string; item: unknown }

export type Arrived = {
  /** For times that are missing or cannot be read. */
  receivedAt: Date
  /** Names messages that came without an id, the same on every reading of the delivery. */
  deliveryId: string
}

/** `text` is the body as stored. Throws nothing: what is not JSON, or not Meta's, is one broken item. */
export function normalize(text: string, arrived: Arrived): NormalizedItem[] {
  let body: unknown
  try {
    body = storable(JSON.parse(text))
  } catch (error) {
    // The error quotes the body.
    return [{ kind: 'broken', place: '', cause: storable(`Not JSON: ${(error as SyntaxError).message}`), item: null }]
  }
  const envelope = schema.envelope.safeParse(body)
  if (!envelope.success)
    return [{ kind: 'broken', place: '', cause: 'Not a webhook body: an object expected', item: body }]
  return envelope.data.entry.flatMap((entry, n) => normalizeEntry(entry, `entry.${n}`, arrived))
}

function normalizeEntry(value: unknown, place: string, arrived: Arrived): NormalizedItem[] {
  const entry = schema.entry.safeParse(value)
  if (!entry.success) return [{ kind: 'broken', place, cause: 'Not an entry: an object expected', item: value }]
  return entry.data.changes.flatMap((change, n) => normalizeChange(change, `${place}.changes.${n}`, arrived))
}

function normalizeChange(value: unknown, place: string, arrived: Arrived): NormalizedItem[] {
  const change = schema.change.safeParse(value)
  if (!change.success) return [{ kind: 'broken', place, cause: 'Not a change: an object expected', item: value }]
  const { field = 'messages', value: content } = change.data
  const messages = Array.isArray(content.messages) ? content.messages : []
  const statuses = Array.isArray(content.statuses) ? content.statuses : []
  if (field !== 'messages' || (messages.length === 0 && statuses.length === 0)) return [{ kind: 'other', place, field }]

  const phoneNumberId = schema.metadata.parse(content.metadata)?.phone_number_id
  if (!phoneNumberId) {
    const cause = 'No metadata.phone_number_id, so the channel cannot be told'
    return [{ kind: 'broken', place: `${place}.value`, cause, item: content }]
  }
  const profiles = readProfiles(content.contacts)
  return [
    ...messages.map((item, n) =>
      normalizeMessage(item, `${place}.value.messages.${n}`, phoneNumberId, profiles, arrived),
    ),
    ...statuses.map((item, n) => normalizeStatus(item, `${place}.value.statuses.${n}`, phoneNumberId, arrived)),
  ]
}

function normalizeMessage(
  value: unknown,
  place: string,
  phoneNumberId: string,
  profiles: Profile[],
  arrived: Arrived,
): NormalizedItem {
  const parsed = schema.message.safeParse(value)
  if (!parsed.success) return { kind: 'broken', place, cause: 'Not a message: an object expected', item: value }
  const message = parsed.data
  const sender = readSender(message)
  if (!sender.waId && !sender.userId && !sender.parentUserId) {
    // News about a person may name them inside only.
    if (message.type === 'system') return { kind: 'other', place, field: 'system message without sender' }
    return { kind: 'broken', place, cause: 'No sender: neither from nor from_user_id', item: value }
  }
  return {
    kind: 'message',
    place,
    phoneNumberId,
    message: {
      wamid: message.id ?? `noid.${arrived.deliveryId}.${place}`,
      sender,
      name: nameOf(sender, profiles),
      at: readTime(message.timestamp, arrived.receivedAt),
      replyToWamid: message.context?.id ?? null,
      ...readContent(value as Record<string, unknown>, message.type, message.errors),
    },
  }
}

type Profile = { waId?: string; userId?: string; name?: string }

function readProfiles(value: unknown): Profile[] {
  return schema.profileOwners
    .parse(value)
    .flatMap(item => (item.success ? [item.data] : []))
    .map(owner => ({ waId: owner.wa_id, userId: owner.user_id, name: owner.profile?.name ?? owner.profile?.username }))
}

/** The sender stands in the message; `contacts[]` may name somebody else. A business-scoped id may stand in `from`. */
function readSender(message: { from?: string; from_user_id?: string; from_parent_user_id?: string }): Sender {
  const digits = message.from?.replace(/^\+/, '')
  const isNumber = digits !== undefined && /^\d+$/.test(digits)
  return {
    waId: isNumber ? digits : null,
    userId: message.from_user_id ?? (isNumber ? null : (message.from ?? null)),
    parentUserId: message.from_parent_user_id ?? null,
  }
}

function nameOf(sender: Sender, profiles: Profile[]): string | null {
  const own = profiles.find(
    profile => (sender.waId && profile.waId === sender.waId) || (sender.userId && profile.userId === sender.userId),
  )
  return (own ?? (profiles.length === 1 ? profiles[0] : undefined))?.name ?? null
}

function normalizeStatus(value: unknown, place: string, phoneNumberId: string, arrived: Arrived): NormalizedItem {
  const parsed = schema.status.safeParse(value)
  if (!parsed.success) return { kind: 'broken', place, cause: 'Not a status: an object expected', item: value }
  const report = parsed.data
  if (!report.id || !report.status) return { kind: 'broken', place, cause: 'A status without id or state', item: value }
  // Call states and whatever comes next: kept in the ledger, no delivery state of a message.
  if (!isProviderStatus(report.status)) return { kind: 'other', place, field: `status ${report.status}` }
  const problem = report.errors.find(item => item.success)?.data
  return {
    kind: 'status',
    place,
    phoneNumberId,
    status: {
      wamid: report.id,
      status: report.status,
      at: readTime(report.timestamp, arrived.receivedAt),
      callbackMessageId: isUuid(report.biz_opaque_callback_data) ? (report.biz_opaque_callback_data ?? null) : null,
      participant: report.recipient_participant_id ?? report.participant_recipient_id ?? '',
      errorCode: problem?.code ?? null,
      errorText: problem
        ? (problem.error_data?.details ?? problem.details ?? problem.message ?? problem.title ?? null)
        : null,
    },
  }
}

function isProviderStatus(value: string): value is ProviderStatus {
  return (providerStatuses as readonly string[]).includes(value)
}

function isUuid(value: string | undefined): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value ?? '')
}

/** Meta's times are seconds since 1970, as text or number. Later than arrival by more than a day is no time at all. */
function readTime(value: string | undefined, fallback: Date): Date {
  const seconds = Number(value)
  if (!value || !Number.isFinite(seconds) || seconds <= 0) return fallback
  const ms = seconds * 1000
  return ms > fallback.getTime() + 86_400_000 ? fallback : new Date(ms)
}

/** Postgres refuses U+0000 and half surrogate pairs, so one such message would hold back its whole batch. */
function storable<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T
  if (Array.isArray(value)) return value.map(storable) as T
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key), storable(item)])) as T
  }
  return value
}
