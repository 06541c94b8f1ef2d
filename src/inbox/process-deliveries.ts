/**
 * From the ledger into the inbox: WhatsApp bodies that were stored and answered are read, sorted by workspace and
 * received, many at once. One poison item never stops the others: it becomes a dead letter with its cause.
 */
import { type DomainEvent, type Emit, mediaDue } from '../core/events.ts'
import { type AccountChannel, findAccountChannels } from '../db/channel-events.ts'
import { type Channel, findChannels } from '../db/channels.ts'
import type { Db } from '../db/client.ts'
import { deliveriesFailed, type PendingDelivery, settleDeliveries, storeDeadLetter } from '../db/deliveries.ts'
import { isRace, isTransient } from '../db/errors.ts'
import { newId } from './context.ts'
import { type Received, type ReceivedItem, receiveMessages, type Woken } from './receive-messages.ts'
import { type ChannelKey, type NormalizedItem, normalize } from './whatsapp/normalize.ts'
import { sameNumber } from './whatsapp/people.ts'

export type ProcessContext = {
  db: Db
  now: Date
  emit: Emit
  /** Between two pieces of a large body: what people write now does not wait for history. */
  meanwhile?: () => Promise<void>
}

/** Source of WhatsApp deliveries in the ledger; the rest is the key of the Meta app. */
export const WHATSAPP = 'whatsapp:'

type Part = { workspaceId: string; received: Received }
type Broken = { deliveryId: string; workspaceId: string | null; place: string; cause: string; item: unknown }

/** Bodies longer than this, history as a rule, come after the others and by themselves. */
export const LARGE = 64 * 1024

/** Throws only when the database does: the deliveries then stay in the ledger, to be taken again. */
export async function processDeliveries(ctx: ProcessContext, deliveries: PendingDelivery[]): Promise<void> {
  const small = deliveries.filter(({ body }) => body.length <= LARGE)
  if (small.length > 0) await processTogether(ctx, small)
  for (const delivery of deliveries) {
    if (delivery.body.length <= LARGE) continue
    await ctx.meanwhile?.()
    await processTogether(ctx, [delivery])
  }
}

async function processTogether(ctx: ProcessContext, deliveries: PendingDelivery[]): Promise<void> {
  const read = deliveries.map(delivery => ({
    delivery,
    items: normalize(delivery.body, { receivedAt: ctx.now }),
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
  for (const [workspaceId, received] of byWorkspace) {
    for (const slice of slices(received)) {
      await wake(ctx, workspaceId, await receiveOrBury(ctx, workspaceId, slice))
      if (slice.some(part => part.unfinished)) await ctx.meanwhile?.()
    }
  }
  if (elsewhere.length > 0) await settleDeliveries(ctx.db, elsewhere, null, ctx.now)
}

async function wake(ctx: ProcessContext, workspaceId: string, woken: Woken) {
  const { connectionIds, staleTemplates, files } = woken
  const events: DomainEvent[] = [
    ...connectionIds.map(connectionId => ({ name: 'sync/outbox.dirty' as const, data: { workspaceId, connectionId } })),
    ...staleTemplates.map(channelId => ({ name: 'inbox/templates.stale' as const, data: { workspaceId, channelId } })),
    ...files.map(file => mediaDue({ workspaceId, mediaId: file.id, channelId: file.channelId })),
    { name: 'inbox/changes.made', data: { workspaceId } },
  ]
  await ctx.emit(events)
}

/** Messages of a transaction, of one delivery: a piece of history takes a fraction of a second, and then others have their turn. */
const SLICE = 500

/** All together; a delivery that has more is taken apart, and settled with its last piece. */
function slices(received: Received[]): Received[][] {
  const [only] = received
  if (received.length !== 1 || !only || only.items.filter(({ kind }) => kind === 'message').length <= SLICE) {
    return [received]
  }
  const count = Math.ceil(only.items.length / SLICE)
  return Array.from({ length: count }, (_, n) => {
    const items = only.items.slice(n * SLICE, (n + 1) * SLICE)
    return [n < count - 1 ? { ...only, items, unfinished: true as const } : { ...only, items }]
  })
}

type Read = { delivery: PendingDelivery; items: NormalizedItem[] }

/** Which channels an item of a body speaks of. */
type Channels = (source: string, item: Addressed) => AccountChannel[]
type Addressed = Extract<NormalizedItem, { channel: ChannelKey }>

/** The channels these bodies speak of: an app speaks for its own numbers only. */
async function channelsOf(db: Db, read: Read[]): Promise<Channels> {
  const numbers = new Map<string, Channel>()
  const accounts = new Map<string, AccountChannel[]>()
  for (const [source, of] of Map.groupBy(read, ({ delivery }) => delivery.source)) {
    const keys = of.flatMap(({ items }) => items.flatMap(item => ('channel' in item ? item.channel : [])))
    const phoneNumberIds = new Set(keys.flatMap(key => ('phoneNumberId' in key ? key.phoneNumberId : [])))
    const wabaIds = new Set(keys.flatMap(key => ('wabaId' in key ? key.wabaId : [])))
    const app = source.slice(WHATSAPP.length)
    const [byNumber, byAccount] = await Promise.all([
      phoneNumberIds.size > 0 ? findChannels(db, app, [...phoneNumberIds]) : [],
      wabaIds.size > 0 ? findAccountChannels(db, app, [...wabaIds]) : [],
    ])
    for (const channel of byNumber) numbers.set(`${source} ${channel.phoneNumberId}`, channel)
    for (const [wabaId, list] of Map.groupBy(byAccount, row => row.wabaId)) accounts.set(`${source} ${wabaId}`, list)
  }
  return (source, item) => {
    const key = item.channel
    if ('phoneNumberId' in key) {
      const channel = numbers.get(`${source} ${key.phoneNumberId}`)
      return channel ? [{ ...channel, wabaId: '', displayPhoneNumber: null }] : []
    }
    const all = accounts.get(`${source} ${key.wabaId}`) ?? []
    const named = all.filter(row => sameNumber(digits(row.displayPhoneNumber), key.displayPhoneNumber))
    if (item.kind === 'event') return named.length > 0 ? named : all
    // A message without its number is the account's only number's.
    return all.length === 1 ? all : []
  }
}

function digits(displayPhoneNumber: string | null): string | null {
  return displayPhoneNumber?.replace(/\D/g, '') ?? null
}

function sort(delivery: PendingDelivery, items: NormalizedItem[], channelsOf: Channels) {
  const parts = new Map<string, Part>()
  const broken: Broken[] = []
  for (const item of items) {
    if (item.kind === 'other') continue
    if (item.kind === 'broken') {
      broken.push({ deliveryId: delivery.id, workspaceId: null, ...item })
      continue
    }
    const channels = channelsOf(delivery.source, item)
    // News of a number that is not ours, or not yet, is nobody's; the ledger has it.
    if (channels.length === 0 && (item.kind === 'message' || item.kind === 'status')) {
      const { channel: key, place } = item
      const which =
        'phoneNumberId' in key ? `the phone number id ${key.phoneNumberId}` : `the account ${key.wabaId} alone`
      const cause = `No channel of this app has ${which}. Create it, then replay.`
      broken.push({ deliveryId: delivery.id, workspaceId: null, place, cause, item: null })
    }
    for (const channel of channels) {
      const part = parts.get(channel.workspaceId) ?? {
        workspaceId: channel.workspaceId,
        received: { deliveryId: delivery.id, attempts: delivery.attempts ?? 0, items: [] },
      }
      parts.set(channel.workspaceId, part)
      part.received.items.push(toReceived(item, channel))
    }
  }
  const workspaceId = parts.size === 1 ? ([...parts.keys()][0] ?? null) : null
  return { parts: [...parts.values()], broken: broken.map(letter => ({ ...letter, workspaceId })) }
}

function toReceived(item: Addressed, { id: channelId, wabaId }: AccountChannel): ReceivedItem {
  const { place } = item
  switch (item.kind) {
    case 'message':
      return { kind: 'message', place, channelId, message: item.message }
    case 'status':
      return { kind: 'status', place, channelId, report: item.status }
    case 'event':
      return { kind: 'event', place, channelId, wabaId: wabaId || null, event: item.event }
    case 'address book':
      return { kind: 'address book', place, channelId, entry: item.entry }
  }
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
): Promise<Woken> {
  try {
    return await receiveMessages({ db: ctx.db, workspaceId, now: ctx.now }, received)
  } catch (error) {
    // Somebody else wrote at the same moment: what they wrote is there now.
    if (isRace(error) && tries < RACES) return receiveOrBury(ctx, workspaceId, received, tries + 1)
    if (isTransient(error) && received.every(each => each.attempts < MAX_ATTEMPTS)) throw error
    const pieces = halves(received)
    const woken: Woken = { connectionIds: [], staleTemplates: [], files: [] }
    for (const piece of pieces) {
      const { connectionIds, staleTemplates, files } = await receiveOrBury(ctx, workspaceId, piece)
      woken.connectionIds.push(...connectionIds)
      woken.staleTemplates.push(...staleTemplates)
      woken.files.push(...files)
    }
    if (pieces.length === 0) await buryItem(ctx, workspaceId, received, error)
    return woken
  }
}

/** Deliveries apart, then the items of one; nothing when a single item is left. */
function halves(received: Received[]): Received[][] {
  const [only] = received
  if (received.length > 1 || !only) {
    const middle = received.length >> 1
    return [received.slice(0, middle), received.slice(middle)].filter(half => half.length > 0)
  }
  const { items } = only
  if (items.length <= 1) return []
  const middle = items.length >> 1
  return [[{ ...only, items: items.slice(0, middle), unfinished: true }], [{ ...only, items: items.slice(middle) }]]
}

async function buryItem(ctx: ProcessContext, workspaceId: string, [only]: Received[], error: unknown) {
  if (!only) return
  const { deliveryId, items, unfinished } = only
  const cause = error instanceof Error ? error.message : String(error)
  const [item] = items
  await bury(ctx, { deliveryId, workspaceId, place: item?.place ?? '', cause, item: item ?? null })
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
