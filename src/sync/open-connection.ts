/**
 * A connection ready to be spoken through: its connector, and a context whose fetch takes from the connection's
 * allowance before each call and keeps an account of it after.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Connector, ConnectorContext } from '../connectors/contract.ts'
import { RemoteCallError } from '../connectors/contract.ts'
import { type CallRecord, connectorById, createTransport } from '../connectors/registry.ts'
import { HEARING_PART, type Lane, laneShares } from '../core/lane.ts'
import type { Mapping } from '../core/mapping/row.ts'
import type { Tx } from '../db/client.ts'
import { type AttemptRow, type ConnectionRow, insertAttempts } from '../db/connections.ts'
import { feedLimiter, type Heard, type SharedLimits, takeCall, takeSharedCall } from '../db/limiters.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { type Lease, renew } from './lease.ts'
import { activeMapping, namedFields } from './mapping.ts'
import { readFile } from './read-file.ts'
import { openAccess } from './refresh-access.ts'

export type OpenConnection = {
  row: ConnectionRow
  connector: Connector
  remote: ConnectorContext
  /** What is carried: the active mapping, unless another was asked for. */
  mapping: Mapping
  /** The same, with its calls taken from another lane of the allowance. */
  inLane(lane: Lane): OpenConnection
  /** The same, for what is asked before something is said: with as much as asking may use up. */
  toHear(): OpenConnection
  /** The address of a file that came with, or went with, a message of that time. */
  fileLink(fileId: string, at: Date): Promise<string>
  /** What was called and heard since the last taking, in all lanes. */
  takeAccount(): Account
}

type Account = { calls: AttemptRow[]; heard: Heard }

/** `lease`: of a flush, which is renewed by each call; without it nothing leaves any more. `isUntried`: credentials that are not kept yet. */
export type OpenOptions = { lane?: Lane; lease?: Lease; fetch?: typeof fetch; mapping?: Mapping; isUntried?: boolean }

/** How long the address of a file that a CRM is told of opens it, from the time of its message: 90 days. */
const FILE_LINK_MS = 90 * 24 * 3_600_000

const SILENT: Heard = { max: null, intervalMs: null, remaining: null, dailyMax: null, dailyRemaining: null }

/** Throws when the credentials cannot be opened or no longer parse. */
export async function openConnection(
  ctx: SyncContext,
  row: ConnectionRow,
  { lane = 'live', lease, fetch = ctx.fetch, mapping: given, isUntried = false }: OpenOptions = {},
): Promise<OpenConnection> {
  const connector = connectorById(row.connector)
  if (!connector) throw new Error(`No connector is called ${row.connector}`)
  const settings = connector.settings.parse(row.settings)
  const of = { connectionId: row.id, connector, settings }
  const mapping = given ?? (await inWorkspace(ctx.db, row.workspaceId, tx => activeMapping(tx, of)))
  const account: Account = { calls: [], heard: { ...SILENT } }
  const baseUrl = ctx.baseUrls[row.connector] ?? connector.baseUrl
  const onCall = (call: CallRecord) => {
    account.calls.push(attemptOf(ctx, row, call))
    const { max, intervalMs, remaining, dailyMax, dailyRemaining } = connector.limits.read(call.headers) ?? {}
    if (max && max > 0) account.heard.max = max
    if (intervalMs && intervalMs > 0) account.heard.intervalMs = intervalMs
    if (dailyMax && dailyMax > 0) account.heard.dailyMax = dailyMax
    account.heard.remaining = remaining ?? account.heard.remaining
    account.heard.dailyRemaining = dailyRemaining ?? account.heard.dailyRemaining
  }
  const { credentials, renewing } = await openAccess(ctx, row, connector, onCall, isUntried)
  const shared = sharedLimits(connector, credentials)
  const inLane = (to: Lane, part = 1): OpenConnection => {
    const transport = createTransport({
      ...{ fetch, clock: ctx.clock, onCall },
      beforeCall: () => passLimiter(ctx, row, connector, { lane: to, part, lease, shared }),
    })
    return {
      ...{ row, connector, mapping, inLane },
      toHear: () => inLane(to, HEARING_PART),
      fileLink: (mediaId, at) =>
        ctx.fileLink({ workspaceId: row.workspaceId, mediaId }, new Date(at.getTime() + FILE_LINK_MS)),
      remote: {
        ...{ fetch: renewing(transport), baseUrl, credentials, settings, now: ctx.now, connectionId: row.id },
        mapped: namedFields(mapping),
        file: id => readFile(ctx, id),
        wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
      },
      takeAccount: () => {
        const taken = { calls: account.calls.splice(0), heard: { ...account.heard } }
        // What was left then is not what is left later.
        Object.assign(account.heard, { remaining: null, dailyRemaining: null })
        return taken
      },
    }
  }
  return inLane(lane)
}

/** Keeps the calls made so far; the allowance follows what the vendor's headers said. */
export async function keepAccount(tx: Tx, connection: OpenConnection): Promise<void> {
  const { calls, heard } = connection.takeAccount()
  if (calls.length === 0) return
  const known = Object.values(heard).some(value => value !== null)
  await Promise.all([insertAttempts(tx, calls), known ? feedLimiter(tx, connection.row.id, heard) : null])
}

/** Our own refusal: the record has nothing to do with it, and nothing has left. */
export const ALLOWANCE_USED_UP = 'The allowance of API calls is used up'

type Shared = Omit<SharedLimits, 'share'>

/** What the connection shares with others, some of them perhaps of other workspaces. */
function sharedLimits({ id, limits }: Connector, credentials: unknown): Shared | null {
  const shared = limits.shared?.(credentials)
  if (!shared) return null
  const key = bytesToHex(sha256(utf8ToBytes(`${id}\n${shared.of}`)))
  return { key, max: shared.requests, intervalMs: limits.intervalMs }
}

type Passing = { lane: Lane; part: number; lease: Lease | undefined; shared: Shared | null }

/** Throws `retry after` where the lane's share of what all processes have is used up, or the vendor asked for quiet. */
async function passLimiter(
  ctx: SyncContext,
  row: ConnectionRow,
  connector: Connector,
  { lane, part, lease, shared }: Passing,
) {
  const { requests: max, intervalMs, daily = null, isRolling = false } = connector.limits
  const { window, day: dailyShare } = laneShares[lane]
  const share = window * part
  const limits = {
    connectionId: row.id,
    workspaceId: row.workspaceId,
    max,
    intervalMs,
    daily,
    isRolling,
    share,
    dailyShare,
  }
  const now = ctx.moment()
  const refusal = (retryAt: Date | null) => {
    const afterMs = Math.max((retryAt?.getTime() ?? 0) - now.getTime(), 1)
    return new RemoteCallError({ kind: 'retry after', afterMs, message: ALLOWANCE_USED_UP })
  }
  const taken = await inWorkspace(ctx.db, row.workspaceId, async tx => {
    const [own] = await Promise.all([takeCall(tx, limits, now), lease ? renew(tx, ctx, lease) : null])
    const ofAll = own.allowed && shared ? await takeSharedCall(tx, { ...shared, share }, now) : own
    // What was taken of the connection's own is given back.
    if (own.allowed && !ofAll.allowed) throw refusal(ofAll.retryAt)
    return own
  })
  if (!taken.allowed) throw refusal(taken.retryAt)
}

function attemptOf(ctx: SyncContext, row: ConnectionRow, call: CallRecord): AttemptRow {
  return {
    id: newId(),
    workspaceId: row.workspaceId,
    connectionId: row.id,
    method: call.method,
    path: call.path,
    items: call.items ?? null,
    recordIds: call.recordIds ?? null,
    status: call.status,
    durationMs: Math.round(call.durationMs),
    answer: call.excerpt ?? null,
    at: ctx.now,
  }
}
