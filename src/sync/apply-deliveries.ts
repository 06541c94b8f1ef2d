/**
 * Takes in what a CRM said by webhook: replies are sent on, records that were touched are read again in batches, judged
 * (echo, stale, real), merged field by field, and carried out by the inbox's verbs with the connection as actor.
 */
import { RemoteCallError, type RemoteChange } from '../connectors/contract.ts'
import { connectionById, insertAttempts } from '../db/connections.ts'
import { pendingOfSource, settleDeliveries, storeDeadLetter } from '../db/deliveries.ts'
import { forgetLinks, linksByRemote, relink } from '../db/links.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { applyReply } from './apply-reply.ts'
import { applyTouched, type Touched } from './apply-touched.ts'
import type { SyncContext } from './context.ts'
import { type OpenConnection, openConnection } from './open-connection.ts'

/** Nothing left, or try again after a while. */
export type Applied = { kind: 'done'; deliveries: number } | { kind: 'retry after'; afterMs: number; reason: string }

/** A push gives its ids within the transport's deadline; ms. */
const TOO_EARLY_MS = 3_000

/** Deliveries of a pass; HubSpot puts up to 100 events in each. */
const PASS = 50

export async function applyDeliveries(ctx: SyncContext, connectionId: string): Promise<Applied> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) return { kind: 'done', deliveries: 0 }
  const connection = await openConnection(ctx, row)
  let deliveries = 0
  for (;;) {
    const pending = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
      pendingOfSource(tx, `${row.connector}:${row.id}`, PASS),
    )
    if (pending.length === 0) return { kind: 'done', deliveries }
    const changes: RemoteChange[] = []
    for (const delivery of pending) changes.push(...(await parse(ctx, connection, delivery)))
    try {
      if ((await apply(ctx, connection, changes)) === 'too early') {
        return { kind: 'retry after', afterMs: TOO_EARLY_MS, reason: 'A push whose ids are not known yet is under way' }
      }
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      const { failure } = error
      return { kind: 'retry after', afterMs: 'afterMs' in failure ? failure.afterMs : 30_000, reason: failure.message }
    } finally {
      const calls = connection.takeCalls()
      if (calls.length > 0) await inWorkspace(ctx.db, ctx.workspaceId, tx => insertAttempts(tx, calls))
    }
    const ids = pending.map(delivery => delivery.id)
    await settleDeliveries(ctx.db, ids, ctx.workspaceId, ctx.now)
    deliveries += pending.length
  }
}

/** A body that is not what the vendor sends becomes a dead letter; the others go on. */
async function parse(
  ctx: SyncContext,
  { connector }: OpenConnection,
  delivery: { id: string; body: string; receivedAt: Date },
): Promise<RemoteChange[]> {
  try {
    return connector.webhook?.parse(JSON.parse(delivery.body), delivery.receivedAt) ?? []
  } catch (error) {
    await bury(ctx, delivery.id, '', (error as Error).message, null)
    return []
  }
}

/** Replies in their order, then records: each touched one is read once, however often it was named. */
async function apply(
  ctx: SyncContext,
  connection: OpenConnection,
  changes: RemoteChange[],
): Promise<'applied' | 'too early'> {
  const touched = new Map<string, Touched>()
  for (const change of changes) {
    switch (change.kind) {
      case 'reply': {
        const outcome = await applyReply(ctx, connection, change)
        if (outcome.kind === 'nobody')
          await bury(ctx, null, `${connection.row.id} reply ${change.remoteId}`, outcome.cause, change)
        break
      }
      case 'touched': {
        const key = `${change.object} ${change.remoteId}`
        const known = touched.get(key)
        touched.set(key, {
          ...{ object: change.object, remoteId: change.remoteId },
          at: known && known.at > change.at ? known.at : change.at,
          // One change by a person among ours makes it a person's.
          byUs: change.byUs && (known?.byUs ?? true),
          values:
            known && known.at > change.at
              ? { ...change.values, ...known.values }
              : { ...known?.values, ...change.values },
        })
        break
      }
      case 'deleted':
        await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
          const [link] = await linksByRemote(tx, connection.row.id, change.object, [change.remoteId])
          if (link) await forgetLinks(tx, connection.row.id, change.object, [link.recordId])
        })
        break
      case 'merged':
        await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
          const links = await linksByRemote(tx, connection.row.id, change.object, [
            change.remoteId,
            ...change.mergedIds,
          ])
          const survivor = links.find(link => link.remoteId === change.remoteId)
          for (const link of links) {
            if (link.remoteId === change.remoteId) continue
            // Two of our contacts cannot both be the survivor: the second link waits for our own merge.
            if (!survivor && link === links[0]) await relink(tx, link.id, change.remoteId)
          }
        })
        break
    }
  }
  return touched.size > 0 ? applyTouched(ctx, connection, [...touched.values()]) : 'applied'
}

async function bury(ctx: SyncContext, deliveryId: string | null, place: string, cause: string, item: unknown) {
  const letter = {
    id: newId(),
    workspaceId: ctx.workspaceId,
    kind: 'webhook item' as const,
    deliveryId,
    place,
    cause,
    item,
  }
  await inWorkspace(ctx.db, ctx.workspaceId, tx => storeDeadLetter(tx, letter, ctx.now))
}
