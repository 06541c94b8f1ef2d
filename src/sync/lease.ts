/**
 * One flush works on a connection, whatever the number of processes. Whoever has not been heard of for a while, because it
 * froze or died, is taken over from; when it wakes up nothing of it leaves any more, and what it brings too late is dropped:
 * the other has read back what was uncertain.
 */
import { RemoteCallError } from '../connectors/contract.ts'
import type { Tx } from '../db/client.ts'
import { endLease, holdLease, leaseEnd, takeLease } from '../db/limiters.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { SyncContext } from './context.ts'

/** Longer than a call may take (connectors/fetch.ts), so that it is not taken over from while it waits for an answer; ms. */
const LEASE_MS = 20_000

export type Lease = { connectionId: string; fence: number }

/** `busy`: another has it until then. */
export type Leased<T> = { kind: 'done'; value: T } | { kind: 'busy'; until: Date }

/** Thrown where another flush has taken over: whatever was to be written belongs to the past. */
export class LeaseLost extends RemoteCallError {
  constructor() {
    super({ kind: 'retry after', afterMs: 1, message: 'Another process has taken over this connection' })
    this.name = 'LeaseLost'
  }
}

/** Runs `act` while nobody else works on the connection. */
export async function withLease<T>(
  ctx: SyncContext,
  connectionId: string,
  act: (lease: Lease) => Promise<T>,
): Promise<Leased<T>> {
  const { db, workspaceId } = ctx
  const now = ctx.moment()
  const place = { connectionId, workspaceId }
  const [fence, end] = await inWorkspace(db, workspaceId, async tx => {
    const taken = await takeLease(tx, place, now, lasting(now))
    return [taken, taken === null ? await leaseEnd(tx, connectionId) : null] as const
  })
  if (fence === null) return { kind: 'busy', until: end ?? now }
  const lease = { connectionId, fence }
  try {
    return { kind: 'done', value: await act(lease) }
  } finally {
    await inWorkspace(db, workspaceId, tx => endLease(tx, connectionId, fence, ctx.now))
  }
}

/** Throws `LeaseLost`. In the transaction of what is written, so that both happen or neither. */
export async function renew(tx: Tx, ctx: SyncContext, { connectionId, fence }: Lease): Promise<void> {
  if (!(await holdLease(tx, connectionId, fence, lasting(ctx.moment())))) throw new LeaseLost()
}

function lasting(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS)
}
