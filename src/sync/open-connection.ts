/**
 * A connection ready to be spoken through: its connector, and a context whose fetch takes from the connection's
 * allowance before each call and keeps an account of it after.
 */
import type { Connector, ConnectorContext } from '../connectors/contract.ts'
import { RemoteCallError } from '../connectors/contract.ts'
import { type CallRecord, connectorById, createTransport } from '../connectors/registry.ts'
import type { Tx } from '../db/client.ts'
import { type AttemptRow, type ConnectionRow, feedLimiter, insertAttempts, takeAllowance } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'

export type OpenConnection = {
  row: ConnectionRow
  connector: Connector
  remote: ConnectorContext
  /** What was called and heard since the last taking. */
  takeAccount(): Account
}

type Account = { calls: AttemptRow[]; heard: { max: number | null; intervalMs: number | null } }

/** Throws when the credentials cannot be opened or no longer parse. */
export async function openConnection(ctx: SyncContext, row: ConnectionRow): Promise<OpenConnection> {
  const connector = connectorById(row.connector)
  if (!connector) throw new Error(`No connector is called ${row.connector}`)
  const credentials = connector.credentials.parse(await ctx.sealing.open(row.credentials))
  const settings = connector.settings.parse(row.settings)
  const account: Account = { calls: [], heard: { max: null, intervalMs: null } }
  const transport = createTransport({
    fetch: ctx.fetch,
    clock: ctx.clock,
    beforeCall: () => passLimiter(ctx, row, connector),
    onCall: call => {
      account.calls.push(attemptOf(ctx, row, call))
      const { max, intervalMs } = connector.limits.read(call.headers) ?? {}
      if (max && max > 0) account.heard.max = max
      if (intervalMs && intervalMs > 0) account.heard.intervalMs = intervalMs
    },
  })
  const baseUrl = ctx.baseUrls[row.connector] ?? connector.baseUrl
  return {
    row,
    connector,
    remote: { fetch: transport, baseUrl, credentials, settings, now: ctx.now, connectionId: row.id },
    takeAccount: () => ({ calls: account.calls.splice(0), heard: { ...account.heard } }),
  }
}

/** Keeps the calls made so far; the allowance follows what the vendor's headers said. */
export async function keepAccount(tx: Tx, connection: OpenConnection): Promise<void> {
  const { calls, heard } = connection.takeAccount()
  if (calls.length === 0) return
  const known = heard.max !== null || heard.intervalMs !== null
  await Promise.all([
    insertAttempts(tx, calls),
    known ? feedLimiter(tx, connection.row.id, { ...heard, blockedUntil: null }) : null,
  ])
}

/** Our own refusal: the record has nothing to do with it, and nothing has left. */
export const ALLOWANCE_USED_UP = 'The allowance of API calls is used up'

/** Throws `retry after` where the allowance, which all processes share, is used up or the vendor asked for quiet. */
async function passLimiter(ctx: SyncContext, row: ConnectionRow, connector: Connector) {
  const { requests: max, intervalMs } = connector.limits
  const limiter = { connectionId: row.id, workspaceId: row.workspaceId, max, intervalMs }
  const left = await inWorkspace(ctx.db, row.workspaceId, tx => takeAllowance(tx, limiter, ctx.now))
  const quietUntil = left.blockedUntil && left.blockedUntil > ctx.now ? left.blockedUntil : null
  const until = quietUntil ?? (left.used > left.max ? left.windowEndsAt : null)
  if (!until) return
  const afterMs = Math.max(until.getTime() - ctx.now.getTime(), 1)
  throw new RemoteCallError({ kind: 'retry after', afterMs, message: ALLOWANCE_USED_UP })
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
