/**
 * Events of a CRM as they happen, over a stream that a runtime can hold open (`node/event-streams.ts`). What they bring goes the way
 * of the feed: into the ledger first, then the place moves on. The feed is read on beneath it, less often, and at once where an event
 * does not say all.
 */
import type { RemoteChange } from '../connectors/contract.ts'
import { type ConnectionRow, connectionById } from '../db/connections.ts'
import { storeDeliveries } from '../db/deliveries.ts'
import { endStream, keepStream, makeFeedDue, takeStream } from '../db/remote-feeds.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { feedBody } from './feed-body.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'

/** Events that came together, in our words. */
export type Streamed = {
  changes: RemoteChange[]
  /** Behind them, in the vendor's words; null where the one we had is worth nothing any more. */
  position: string | null
  /** Whether something happened that the events do not tell, so that the feed is to be read. */
  isPartial: boolean
}

export type HeldStream = { connection: OpenConnection; by: string; position: string | null }

/** Longer than two heartbeats; ms. */
const HELD_MS = 60_000
export const HEARTBEAT_MS = 20_000

/** Takes the stream of a connection for the process `by`; undefined where it is another's, or nobody is to listen. */
export async function takeConnectionStream(
  ctx: SyncContext,
  connectionId: string,
  by: string,
  isWanted: (row: ConnectionRow) => boolean,
): Promise<HeldStream | undefined> {
  const { db, workspaceId } = ctx
  const row = await inWorkspace(db, workspaceId, tx => connectionById(tx, connectionId))
  if (row?.state !== 'active' || !isWanted(row)) return undefined
  const now = ctx.moment()
  const taken = await inWorkspace(db, workspaceId, tx => takeStream(tx, { connectionId, by }, now, heldUntil(now)))
  return taken && { connection: await openConnection(ctx, row), by, position: taken.position }
}

/** False: another process has the stream, and this one is to close its own. */
export async function hearStreamed(ctx: SyncContext, held: HeldStream, streamed: Streamed): Promise<boolean> {
  const { db, workspaceId } = ctx
  const { row } = held.connection
  const { changes, position, isPartial } = streamed
  if (changes.length > 0) {
    const body = feedBody(changes, position ?? '')
    await storeDeliveries(db, [{ id: newId(), source: sourceOf(row), body, workspaceId }], ctx.moment())
  }
  const isOurs = await inWorkspace(db, workspaceId, async tx => {
    await keepAccount(tx, held.connection)
    if (isPartial) await makeFeedDue(tx, row.id, ctx.now)
    return keepStream(tx, { connectionId: row.id, by: held.by }, heldUntil(ctx.moment()), { position })
  })
  const of = { workspaceId, connectionId: row.id }
  if (changes.length > 0) await ctx.emit([{ name: 'sync/delivery.received', data: of }])
  if (isPartial) await ctx.emit([{ name: 'sync/feed.due', data: of }])
  return isOurs
}

/** While nothing comes. False: another process has it, or the connection is not what it was: to be opened anew, or not at all. */
export function holdStream(ctx: SyncContext, { connection: { row }, by }: HeldStream): Promise<boolean> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const known = await connectionById(tx, row.id)
    const isHeld = await keepStream(tx, { connectionId: row.id, by }, heldUntil(ctx.moment()))
    return isHeld && known?.state === 'active' && JSON.stringify(known.settings) === JSON.stringify(row.settings)
  })
}

/** The feed goes on at its own pace, and says at once what may have been missed. */
export async function leaveStream(ctx: SyncContext, held: HeldStream, error: string | null): Promise<void> {
  const { row } = held.connection
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await keepAccount(tx, held.connection)
    await endStream(tx, { connectionId: row.id, by: held.by }, error)
    await makeFeedDue(tx, row.id, ctx.now)
  })
}

function sourceOf(row: ConnectionRow): string {
  return `${row.connector}:${row.id}`
}

function heldUntil(now: Date): Date {
  return new Date(now.getTime() + HELD_MS)
}
