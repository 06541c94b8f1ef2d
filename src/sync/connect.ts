/**
 * Connecting a CRM account: its credentials are tried and sealed, what is missing there is made, and its tables kept. Then
 * what an operator does with the connection.
 */
import { type CheckResult, type ConnectionPlace, RemoteCallError } from '../connectors/contract.ts'
import { connectorById } from '../connectors/registry.ts'
import type { Actor } from '../core/actor.ts'
import { changesOf } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import { listChannels } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import {
  type ConnectionRow,
  connectionById,
  insertConnection,
  saveConnection,
  setConnectionState,
} from '../db/connections.ts'
import { pendingOfSource } from '../db/deliveries.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { workspaceById } from '../db/workspaces.ts'
import { newId } from '../inbox/context.ts'
import { askRemote } from './ask-remote.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { refuseInput, wrongIn } from './refuse-input.ts'

export type NewConnection = {
  connector: string
  name?: string
  credentials: Record<string, unknown>
  settings?: Record<string, unknown>
}

const SYSTEM: Actor = { kind: 'system' }

/** Throws `not found` (connector), `invalid input` (credentials) or `connection failed` with the CRM's words. */
export async function connect(ctx: SyncContext, input: NewConnection, actor: Actor = SYSTEM): Promise<ConnectionRow> {
  const connector = connectorById(input.connector)
  if (!connector) throw new AppError('not found', { what: 'connector' })
  const credentials = connector.credentials.safeParse(input.credentials)
  const settings = connector.settings.safeParse(input.settings ?? {})
  refuseInput([...wrongIn('credentials', credentials), ...wrongIn('settings', settings)], input)
  const row: ConnectionRow = {
    id: newId(),
    workspaceId: ctx.workspaceId,
    connector: connector.id,
    name: input.name ?? connector.name,
    credentials: await ctx.sealing.seal(credentials.data),
    settings: settings.data,
    ...{ state: 'active', stateReason: null, nearMisses: 0, createdAt: ctx.now },
  }
  const connection = await openConnection(ctx, row, { isUntried: true })
  await setUp(ctx, connection)
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await insertConnection(tx, row)
    await Promise.all([keepAccount(tx, connection), audit(tx, ctx, actor, 'connection made', undefined, row)])
  })
  return row
}

/**
 * Gives a connection other credentials, tried before they are kept; what waited on both sides goes on. Throws `not found`,
 * `invalid input` or `connection failed`, and then nothing has changed.
 */
export async function reconnect(
  ctx: SyncContext,
  connectionId: string,
  given: Record<string, unknown>,
  actor: Actor,
): Promise<ConnectionRow> {
  const known = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  const connector = known && connectorById(known.connector)
  if (!known || !connector) throw new AppError('not found', { what: 'connection' })
  const credentials = connector.credentials.safeParse(given)
  refuseInput(wrongIn('credentials', credentials), { credentials: given })
  const sealed = await ctx.sealing.seal(credentials.data)
  const row: ConnectionRow = { ...known, credentials: sealed, state: 'active', stateReason: null }
  const connection = await openConnection(ctx, row, { isUntried: true })
  await setUp(ctx, connection)
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await saveConnection(tx, row)
    await Promise.all([keepAccount(tx, connection), audit(tx, ctx, actor, 'connection reconnected', known, row)])
  })
  await wake(ctx, row)
  return row
}

/** Nothing goes out or comes in until it is resumed, and nothing is lost. Throws `not found`. */
export function pause(ctx: SyncContext, connectionId: string, actor: Actor): Promise<ConnectionRow> {
  return setState(ctx, connectionId, 'paused', actor, 'connection paused')
}

/** Goes on after a pause or once the credentials hold again; what waited on both sides is told now. Throws `not found`. */
export async function resume(ctx: SyncContext, connectionId: string, actor: Actor): Promise<ConnectionRow> {
  const row = await setState(ctx, connectionId, 'active', actor, 'connection resumed')
  await wake(ctx, row)
  return row
}

/** Looks at everything the connection needs, changing nothing. Throws `not found`. */
export async function check(ctx: SyncContext, connectionId: string): Promise<CheckResult[]> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  const connection = await openConnection(ctx, row)
  try {
    return await connection.connector.check(connection.remote)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return [{ name: connection.connector.name, ok: false, detail: error.failure.message, fix: 'Try again later' }]
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}

/** Gives the row its settings, and its credentials with what the remote signs with. */
async function setUp(ctx: SyncContext, { connector, remote, row }: OpenConnection): Promise<void> {
  const credentials = await askRemote(connector, async () => {
    row.settings = await connector.setUp(remote, await placeOf(ctx, row))
    return connector.webhook?.withSecret?.({ ...remote, settings: row.settings })
  })
  if (credentials) row.credentials = await ctx.sealing.seal(credentials)
}

/** Our side, as a connection is told of it. */
export async function placeOf(ctx: SyncContext, row: ConnectionRow): Promise<ConnectionPlace> {
  const [channels, workspace] = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    Promise.all([listChannels(tx), workspaceById(tx, ctx.workspaceId)]),
  )
  const numbers = channels.flatMap(({ name, displayPhoneNumber }) =>
    displayPhoneNumber ? [{ name, phone: `+${displayPhoneNumber.replace(/\D/g, '')}` }] : [],
  )
  const webhookUrl = `${ctx.appUrl}/hooks/${row.connector}/${row.id}`
  return { webhookUrl, numbers, ...(workspace ? { language: workspace.language } : {}) }
}

async function setState(
  ctx: SyncContext,
  connectionId: string,
  state: 'active' | 'paused',
  actor: Actor,
  action: string,
): Promise<ConnectionRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const known = await connectionById(tx, connectionId)
    if (!known) throw new AppError('not found', { what: 'connection' })
    await setConnectionState(tx, connectionId, state, null)
    const row = { ...known, state, stateReason: null }
    await audit(tx, ctx, actor, action, known, row)
    return row
  })
}

/** What differs; of credentials only that there are others. */
function audit(
  tx: Tx,
  ctx: SyncContext,
  actor: Actor,
  action: string,
  before: ConnectionRow | undefined,
  after: ConnectionRow,
) {
  const shown = ({ connector, name, state, stateReason }: ConnectionRow) => ({ connector, name, state, stateReason })
  const data = before?.credentials === after.credentials ? null : { credentials: 'replaced' }
  const values = changesOf(before ? shown(before) : {}, shown(after))
  return writeAudit(tx, { ...ctx, actor }, newId(), {
    ...{ action, subjectKind: 'connection', subjectId: after.id, data, ...values },
  })
}

/** What they said meanwhile is heard first, and wakes the other direction: else an older word of ours would cover it. */
async function wake(ctx: SyncContext, { id: connectionId, connector }: ConnectionRow) {
  const unread = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    pendingOfSource(tx, `${connector}:${connectionId}`, 1),
  )
  const name = unread.length > 0 ? 'sync/delivery.received' : 'sync/outbox.dirty'
  await ctx.emit([{ name, data: { workspaceId: ctx.workspaceId, connectionId } }])
}
