/**
 * Reads a CRM's feed of changes on from where it was left. What it brings goes the way of webhooks: into the ledger first, then
 * judged; the same change by both is one that is heard twice, which harms nothing.
 */
import { RemoteCallError } from '../connectors/contract.ts'
import { connectors } from '../connectors/registry.ts'
import { AppError } from '../core/errors.ts'
import { connectionById } from '../db/connections.ts'
import { storeDeliveries } from '../db/deliveries.ts'
import { type FeedRow, feedOf, saveFeed } from '../db/remote-feeds.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { feedBody } from './feed-body.ts'
import { keepAccount, openConnection } from './open-connection.ts'
import { startReconciliation } from './reconcile.ts'
import { stopConnection } from './stop-connection.ts'

/** `changes`: how many were brought. */
export type Polled = { kind: 'nothing to read' } | { kind: 'read'; changes: number; more: boolean; at: Date }

/** After a failure that names no wait; ms. */
const FAILED_MS = 60_000

/** While a stream of events brings the news, the feed only catches what that lost; ms. */
const BENEATH_STREAM_MS = 5 * 60_000

export async function pollFeed(ctx: SyncContext, connectionId: string): Promise<Polled> {
  const { db, workspaceId, now } = ctx
  const [row, known] = await inWorkspace(db, workspaceId, tx =>
    Promise.all([connectionById(tx, connectionId), feedOf(tx, connectionId)]),
  )
  if (row?.state !== 'active') return { kind: 'nothing to read' }
  const connection = await openConnection(ctx, row)
  const { changes } = connection.connector
  if (!changes) return { kind: 'nothing to read' }
  const from = known?.cursor ?? null
  const before: FeedRow = known ?? {
    ...{
      connectionId,
      workspaceId,
      cursor: null,
      dueAt: now,
      readAt: null,
      changedAt: null,
      lostAt: null,
      error: null,
      ...{ streamUntil: null, streamError: null },
    },
  }
  const after = (ms: number) => new Date(now.getTime() + ms)
  try {
    const page = await changes.read(connection.remote, from)
    const brought = page.changes.length
    // In the ledger before the cursor moves: whatever dies in between is read again, and known by its body.
    if (brought > 0) {
      const body = feedBody(page.changes, page.cursor)
      await storeDeliveries(db, [{ id: newId(), source: `${row.connector}:${connectionId}`, body, workspaceId }], now)
    }
    const isStreamed = before.streamUntil !== null && before.streamUntil > now
    const at = page.more ? now : after(isStreamed ? Math.max(changes.everyMs, BENEATH_STREAM_MS) : changes.everyMs)
    const read: FeedRow = {
      ...{ ...before, cursor: page.cursor, dueAt: at, readAt: now, error: null },
      changedAt: brought > 0 ? now : before.changedAt,
      lostAt: page.lost ? now : before.lostAt,
    }
    await inWorkspace(db, workspaceId, tx => saveFeed(tx, read, from))
    if (brought > 0) await ctx.emit([{ name: 'sync/delivery.received', data: { workspaceId, connectionId } }])
    if (page.lost) await reconcileLost(ctx, connectionId)
    return { kind: 'read', changes: brought, more: page.more, at }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const { failure } = error
    const dueAt = after('afterMs' in failure ? failure.afterMs : FAILED_MS)
    await inWorkspace(db, workspaceId, async tx => {
      await saveFeed(tx, { ...before, dueAt, error: failure.message }, from)
      if (failure.kind === 'unauthorized') await stopConnection(tx, ctx, row, failure.message)
    })
    return { kind: 'read', changes: 0, more: false, at: dueAt }
  } finally {
    await inWorkspace(db, workspaceId, tx => keepAccount(tx, connection))
  }
}

/** Connectors that have a feed. */
export const fedConnectors = (): string[] =>
  Object.values(connectors).flatMap(connector => (connector.changes ? [connector.id] : []))

/** What the vendor no longer has is found by comparing. One that is under way finds it too. */
async function reconcileLost(ctx: SyncContext, connectionId: string) {
  try {
    await startReconciliation(ctx, connectionId, 'feed lost', { kind: 'system' })
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'already under way')) throw error
  }
}
