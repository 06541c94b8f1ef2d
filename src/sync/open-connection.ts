/**
 * A connection ready to be spoken through: its connector, and a context whose fetch takes from the connection's
 * allowance before each call and keeps an account of it after.
 */
import type { Connector, ConnectorContext } from '../connectors/contract.ts'
import { RemoteCallError } from '../connectors/contract.ts'
import { type CallRecord, connectorById, createTransport } from '../connectors/registry.ts'
import { type AttemptRow, type ConnectionRow, takeAllowance } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'

export type OpenConnection = {
  row: ConnectionRow
  connector: Connector
  remote: ConnectorContext
  /** The calls made so far, taken out: rows for the account. */
  takeCalls(): AttemptRow[]
}

/** Throws when the credentials cannot be opened or no longer parse. */
export async function openConnection(ctx: SyncContext, row: ConnectionRow): Promise<OpenConnection> {
  const connector = connectorById(row.connector)
  if (!connector) throw new Error(`No connector is called ${row.connector}`)
  const credentials = connector.credentials.parse(await ctx.sealing.open(row.credentials))
  const settings = connector.settings.parse(row.settings)
  const calls: AttemptRow[] = []
  const transport = createTransport({
    fetch: ctx.fetch,
    clock: ctx.clock,
    beforeCall: () => passLimiter(ctx, row, connector),
    onCall: call => calls.push(attemptOf(ctx, row, call)),
  })
  const baseUrl = ctx.baseUrls[row.connector]
  if (!baseUrl) throw new Error(`No address is configured for ${row.connector}`)
  return {
    row,
    connector,
    remote: { fetch: transport, baseUrl, credentials, settings, now: ctx.now, connectionId: row.id },
    takeCalls: () => calls.splice(0),
  }
}

/** Throws `retry after` where the allowance, which all processes share, is used up or the vendor asked for quiet. */
async function passLimiter(ctx: SyncContext, row: ConnectionRow, connector: Connector) {
  const { requests: max, intervalMs } = connector.limits
  const limiter = { connectionId: row.id, workspaceId: row.workspaceId, max, intervalMs }
  const left = await inWorkspace(ctx.db, row.workspaceId, tx => takeAllowance(tx, limiter, ctx.now))
  const quietUntil = left.blockedUntil && left.blockedUntil > ctx.now ? left.blockedUntil : null
  const until = quietUntil ?? (left.used > left.max ? left.windowEndsAt : null)
  if (!until) return
  const afterMs = Math.max(until.getTime() - ctx.now.getTime(), 1)
  throw new RemoteCallError({ kind: 'retry after', afterMs, message: 'The allowance of API calls is used up' })
}

function attemptOf(ctx: SyncContext, row: ConnectionRow, call: CallRecord): AttemptRow {
  return {
    id: newId(),
    workspaceId: row.workspaceId,
    connectionId: row.id,
    method: call.method,
    path: call.path,
    items: call.items ?? null,
    status: call.status,
    durationMs: Math.round(call.durationMs),
    answer: call.excerpt ?? null,
    at: ctx.now,
  }
}
