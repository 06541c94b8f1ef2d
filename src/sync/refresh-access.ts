/**
 * Access that ends is refreshed before it does, and once where the vendor refuses it. One process at a time refreshes, for a
 * vendor may let each refresh token be used once; what it got is kept before it is used.
 */
import type { Connector } from '../connectors/contract.ts'
import { RemoteCallError } from '../connectors/contract.ts'
import { type CallRecord, createTransport } from '../connectors/registry.ts'
import { claimRefresh, endRefresh, saveAccess } from '../db/access.ts'
import { type ConnectionRow, connectionById } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { SyncContext } from './context.ts'

/** Refreshed so long before its end, that a call which is under way still has it. ms */
const EARLY_MS = 3 * 60_000
/** Longer than the call may take (connectors/fetch.ts). ms */
const TURN_MS = 30_000
/** Another process has nearly done it. ms */
const LOOK_AGAIN_MS = 1_000

export type Access = {
  /** In place: whoever holds them has the new ones after a refresh. */
  credentials: object
  /** The same fetch: with access that was refreshed where it was about to end, and once more where it was refused. */
  renewing(transport: typeof fetch): typeof fetch
}

/**
 * `isUntried`: these credentials are not kept yet, and those that are have nothing to do with them.
 * `row.credentials` moves along, since whoever refuses credentials names those it used. `onCall` keeps the account of calls.
 * Throws when they cannot be opened or no longer parse; what a refresh meets is thrown by the fetch that needed it.
 */
export async function openAccess(
  ctx: SyncContext,
  row: ConnectionRow,
  connector: Connector,
  onCall: (call: CallRecord) => void,
  isUntried = false,
): Promise<Access> {
  const { oauth } = connector
  const parse = async (sealed: string) => connector.credentials.parse(await ctx.sealing.open(sealed)) as object
  const credentials = await parse(row.credentials)
  if (!oauth || oauth.expiresAt(credentials) === null) return { credentials, renewing: transport => transport }

  /** Calls under way were written with these. */
  const past = new Set<string>()
  const take = (sealed: string, fresh: object) => {
    past.add(oauth.token(credentials))
    row.credentials = sealed
    Object.assign(credentials, fresh)
  }
  const leftMs = () => (oauth.expiresAt(credentials)?.getTime() ?? 0) - ctx.moment().getTime()
  let underWay: Promise<void> | undefined
  const refreshOnce = () => {
    underWay ??= refresh().finally(() => {
      underWay = undefined
    })
    return underWay
  }

  /** With what another process got, where it did meanwhile; else by our own turn. */
  async function refresh() {
    if (isUntried) return renew(row.credentials)
    const now = ctx.moment()
    const until = new Date(now.getTime() + TURN_MS)
    const { claimed, kept } = await inWorkspace(ctx.db, row.workspaceId, async tx => ({
      claimed: await claimRefresh(tx, row.id, now, until),
      kept: await connectionById(tx, row.id),
    }))
    if (kept && kept.credentials !== row.credentials) {
      take(kept.credentials, await parse(kept.credentials))
      if (claimed) await inWorkspace(ctx.db, row.workspaceId, tx => endRefresh(tx, row.id))
      return
    }
    // Without a row it is a connection in the making, which nobody else knows.
    if (claimed || !kept) return renew(row.credentials)
    if (leftMs() > 0) return
    const message = 'Another process is refreshing the access'
    throw new RemoteCallError({ kind: 'retry after', afterMs: LOOK_AGAIN_MS, message })
  }

  async function renew(before: string) {
    const call = {
      fetch: createTransport({ fetch: ctx.fetch, clock: ctx.clock, onCall }),
      baseUrl: ctx.baseUrls[row.connector] ?? connector.baseUrl,
      now: ctx.moment(),
    }
    try {
      const fresh = (await oauth?.refresh(call, credentials)) as object
      const sealed = await ctx.sealing.seal(fresh)
      if (!isUntried) await inWorkspace(ctx.db, row.workspaceId, tx => saveAccess(tx, row.id, before, sealed))
      take(sealed, fresh)
    } catch (error) {
      if (!isUntried) await inWorkspace(ctx.db, row.workspaceId, tx => endRefresh(tx, row.id))
      throw error
    }
  }

  /** The request as it was written, with the token of now. */
  function current(input: RequestInfo | URL, init: RequestInit | undefined): RequestInit | undefined {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    const authorization = headers.get('authorization')
    const [scheme = '', token = ''] = authorization?.split(' ') ?? []
    if (past.has(token)) headers.set('authorization', `${scheme} ${oauth?.token(credentials)}`)
    return { ...init, headers }
  }

  return {
    credentials,
    renewing: transport => async (input, init) => {
      if (leftMs() < EARLY_MS) await refreshOnce()
      const request = current(input, init)
      const response = await transport(input, request)
      const token = oauth.token(credentials)
      const used = new Headers(request?.headers).get('authorization')?.endsWith(` ${token}`)
      if (response.status !== 401 || !used) return response
      await refreshOnce()
      return oauth.token(credentials) === token ? response : transport(input, current(input, init))
    },
  }
}
