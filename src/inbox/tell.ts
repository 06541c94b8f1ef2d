/** Telling connections of changed records: in the transaction, and after it. */
import type { Tx } from '../db/client.ts'
import { unsentOfChannel } from '../db/messages.ts'
import { type OutboxKind, tellConnections } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { InboxContext } from './context.ts'

/** Returns the connections to wake after commit. `except`: the one that need not be told. */
export async function tell(
  tx: Tx,
  { workspaceId, now }: Pick<InboxContext, 'workspaceId' | 'now'>,
  kind: OutboxKind,
  recordId: string,
  except: string | null,
): Promise<string[]> {
  const told = await tellConnections(tx, workspaceId, [{ kind, recordId }], now, except)
  return told.map(row => row.connectionId)
}

/** After a change: its connections, and all who follow the feed. */
export async function wake(ctx: InboxContext, connectionIds: string[]): Promise<void> {
  const { workspaceId } = ctx
  await ctx.emit([
    ...connectionIds.map(connectionId => ({
      name: 'sync/outbox.dirty' as const,
      data: { workspaceId, connectionId },
    })),
    { name: 'inbox/changes.made', data: { workspaceId } },
  ])
}

/** After a number can send again: what waited for it goes out. */
export async function wakeSenders(ctx: InboxContext, channelId: string): Promise<void> {
  const { workspaceId } = ctx
  const waiting = await inWorkspace(ctx.db, workspaceId, tx => unsentOfChannel(tx, channelId))
  if (waiting.length === 0) return
  await ctx.emit(
    waiting.map(({ conversationId }) => ({ name: 'inbox/message.queued', data: { workspaceId, conversationId } })),
  )
}
