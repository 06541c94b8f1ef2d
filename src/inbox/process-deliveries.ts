/**
 * From the ledger into the inbox: WhatsApp bodies that were stored and answered are read, sorted by workspace and
 * received, many at once. One poison item never stops the others: it becomes a dead letter with its cause.
 */
import type { DomainEvent, Emit } from '../core/events.ts'
import { type Channel, findChannels } from '../db/channels.ts'
import type { Db } from '../db/client.ts'
import { deliveriesFailed, type PendingDelivery, settleDeliveries, storeDeadLetter } from '../db/deliveries.ts'
import { isRace, isTransient } from '../db/errors.ts'
import type { StatusItem } from './apply-statuses.ts'
import { newId } from './context.ts'
import { type Received, receiveMessages } from './receive-messages.ts'
import { type NormalizedItem, normalize } from './whatsapp/normalize.ts'

export type ProcessContext = { db: Db; now: Date; emit: Emit }

/** Source of WhatsApp deliveries in the ledger; the rest is the key of the Meta app. */
export const WHATSAPP = 'whatsapp:'

type Part = { workspaceId: string; received: Received }
type Broken = { deliveryId: string; workspaceId: string | null; place: string; cause: string; item: unknown }

/** Throws only when the database does: the deliveries then stay in the ledger, to be taken again. */
export async function processDeliveries(ctx: ProcessContext, deliveries: PendingDelivery[]): Promise<void> {
  const read = deliveries.map(delivery => ({
    delivery,
    items: normalize(delivery.body, { receivedAt: ctx.now, deliveryId: delivery.id }),
  }))
  const channels = await channelsOf(ctx.db, read)
  const byWorkspace = new Map<string, Received[]>()
  const elsewhere: string[] = []
  for (const { delivery, items } of read) {
    const { parts, broken } = sort(delivery, items, channels)
    for (const letter of broken) await bury(ctx, letter)
    if (parts.length !== 1) elsewhere.push(delivery.id)
    for (const { workspaceId, received } of parts) {
      // Of a body that speaks of several workspaces no one settles the whole.
      const part = parts.length > 1 ? { ...received, unfinished: true as const } : received
      byWorkspace.set(workspaceId, [...(byWorkspace.get(workspaceId) ?? []), part])
    }
  }
  const events: DomainEvent[] = []
  for (const [workspaceId, received] of byWorkspace) {
    for (const connectionId of await receiveOrBury(ctx, workspaceId, received)) {
      events.push({ name: 'sync/outbox.dirty', data: { workspaceId, connectionId } })
    }
  }
  if (elsewhere.length > 0) await settleDeliveries(ctx.db, elsewhere, null, ctx.now)
  if (events.length > 0) await ctx.emit(events)
}

function isTalk(item: NormalizedItem): item is Extract<NormalizedItem, { kind: 'message' | 'status' }> {
  return (item.kind === 'message' && item.message.via === 'live') || item.kind === 'status'
}

type Read = { delivery: PendingDelivery; items: NormalizedItem[] }

/** The channels these bodies speak of, by `app key` and number: an app speaks for its own numbers only. */
async function channelsOf(db: Db, read: Read[]): Promise<Map<string, Channel>> {
  const wanted = new Map<string, Set<string>>()
  for (const { delivery, items } of read) {
    const numbers = wanted.get(delivery.source) ?? new Set()
    for (const item of items)
      if (isTalk(item) && 'phoneNumberId' in item.channel) numbers.add(item.channel.phoneNumberId)
    wanted.set(delivery.source, numbers)
  }
  const found = new Map<string, Channel>()
  for (const [source, numbers] of wanted) {
    if (numbers.size === 0) continue
    for (const channel of await findChannels(db, source.slice(WHATSAPP.length), [...numbers])) {
      found.set(`${source} ${channel.phoneNumberId}`, channel)
    }
  }
  return found
}

function sort(delivery: PendingDelivery, items: NormalizedItem[], channels: Map<string, Channel>) {
  const parts = new Map<string, Part>()
  const broken: Broken[] = []
  for (const item of items) {
    if (item.kind === 'broken') {
      broken.push({ deliveryId: delivery.id, workspaceId: null, ...item })
      continue
    }
    if (!isTalk(item) || !('phoneNumberId' in item.channel)) continue
    const { phoneNumberId } = item.channel
    const channel = channels.get(`${delivery.source} ${phoneNumberId}`)
    if (!channel) {
      const cause = `No channel of this app has the phone number id ${phoneNumberId}. Create it, then replay.`
      broken.push({ deliveryId: delivery.id, workspaceId: null, place: item.place, cause, item: null })
      continue
    }
    const part = parts.get(channel.workspaceId) ?? {
      workspaceId: channel.workspaceId,
      received: { deliveryId: delivery.id, attempts: delivery.attempts ?? 0, messages: [], statuses: [] },
    }
    parts.set(channel.workspaceId, part)
    if (item.kind === 'message') part.received.messages.push({ channelId: channel.id, message: item.message })
    else part.received.statuses.push({ channelId: channel.id, report: item.status })
  }
  const workspaceId = parts.size === 1 ? ([...parts.keys()][0] ?? null) : null
  return { parts: [...parts.values()], broken: broken.map(letter => ({ ...letter, workspaceId })) }
}

/** Immediate tries when others write at the same moment. */
const RACES = 5

/** Tries, a minute apart, after which even a failure that might pass is the item's own: nothing waits for ever. */
const MAX_ATTEMPTS = 10

/** A batch that fails is taken apart, half and half, until what is at fault stands alone. */
async function receiveOrBury(
  ctx: ProcessContext,
  workspaceId: string,
  received: Received[],
  tries = 1,
): Promise<string[]> {
  try {
    return await receiveMessages({ db: ctx.db, workspaceId, now: ctx.now }, received)
  } catch (error) {
    // Somebody else wrote at the same moment: what they wrote is there now.
    if (isRace(error) && tries < RACES) return receiveOrBury(ctx, workspaceId, received, tries + 1)
    if (isTransient(error) && received.every(each => each.attempts < MAX_ATTEMPTS)) throw error
    const pieces = halves(received)
    const told: string[] = []
    for (const piece of pieces) told.push(...(await receiveOrBury(ctx, workspaceId, piece)))
    if (pieces.length === 0) await buryItem(ctx, workspaceId, received, error)
    return told
  }
}

/** Deliveries apart, then the messages and statuses of one; nothing when a single item is left. */
function halves(received: Received[]): Received[][] {
  const [only] = received
  if (received.length > 1 || !only) {
    const middle = received.length >> 1
    return [received.slice(0, middle), received.slice(middle)].filter(half => half.length > 0)
  }
  const { messages, statuses, deliveryId, attempts } = only
  const items = messages.length + statuses.length
  if (items <= 1) return []
  const middle = items >> 1
  const first = {
    deliveryId,
    attempts,
    unfinished: true as const,
    messages: messages.slice(0, middle),
    statuses: [] as StatusItem[],
  }
  first.statuses = statuses.slice(0, middle - first.messages.length)
  const rest = { ...only, messages: messages.slice(middle), statuses: statuses.slice(first.statuses.length) }
  return [[first], [rest]]
}

async function buryItem(ctx: ProcessContext, workspaceId: string, [only]: Received[], error: unknown) {
  if (!only) return
  const { deliveryId, messages, statuses, unfinished } = only
  const cause = error instanceof Error ? error.message : String(error)
  const place = messages[0]?.message.wamid ?? statuses[0]?.report.wamid ?? ''
  const item = messages[0]?.message ?? statuses[0]?.report ?? null
  await bury(ctx, { deliveryId, workspaceId, place, cause, item })
  if (!unfinished) await settleDeliveries(ctx.db, [deliveryId], workspaceId, ctx.now)
}

async function bury(ctx: ProcessContext, { deliveryId, workspaceId, place, cause, item }: Broken) {
  await storeDeadLetter(
    ctx.db,
    { id: newId(), workspaceId, kind: 'webhook item', deliveryId, place, cause, item },
    ctx.now,
  )
}

/** Notes a failed try of the whole batch, for whoever looks at the ledger. */
export async function noteFailure(db: Db, deliveries: PendingDelivery[], error: unknown) {
  const message = error instanceof Error ? error.message : String(error)
  await deliveriesFailed(
    db,
    deliveries.map(delivery => delivery.id),
    message,
  )
}
