/** Connecting a CRM account: its credentials are tried and sealed, what is missing there is made, and its tables kept. */
import { type ConnectionPlace, RemoteCallError } from '../connectors/contract.ts'
import { connectorById } from '../connectors/registry.ts'
import { AppError } from '../core/errors.ts'
import { listChannels } from '../db/channels.ts'
import {
  type ConnectionRow,
  connectionById,
  insertAttempts,
  insertConnection,
  setConnectionState,
} from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { openConnection } from './open-connection.ts'

export type NewConnection = {
  connector: string
  name?: string
  credentials: Record<string, unknown>
  settings?: Record<string, unknown>
}

/** Throws `not found` (connector), `invalid input` (credentials) or `connection failed` with the CRM's words. */
export async function connect(ctx: SyncContext, input: NewConnection): Promise<ConnectionRow> {
  const connector = connectorById(input.connector)
  if (!connector) throw new AppError('not found', { what: `connector ${input.connector}` })
  const credentials = connector.credentials.safeParse(input.credentials)
  const settings = connector.settings.safeParse(input.settings ?? {})
  const issues = [...(credentials.error?.issues ?? []), ...(settings.error?.issues ?? [])]
  if (issues.length > 0) {
    const problems = issues.map(issue => `${issue.path.map(String).join('.')}: ${issue.message}`).join('; ')
    throw new AppError('invalid input', { problems })
  }
  const row: ConnectionRow = {
    id: newId(),
    workspaceId: ctx.workspaceId,
    connector: connector.id,
    name: input.name ?? connector.name,
    credentials: await ctx.sealing.seal(credentials.data),
    settings: settings.data,
    ...{ state: 'active', stateReason: null, nearMisses: 0, createdAt: ctx.now },
  }
  const connection = await openConnection(ctx, row)
  try {
    row.settings = await connector.setUp(connection.remote, await placeOf(ctx, row))
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    throw new AppError(
      'connection failed',
      { connector: connector.name, reason: error.failure.message },
      { cause: error },
    )
  }
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const calls = connection.takeCalls()
    await Promise.all([insertConnection(tx, row), calls.length > 0 ? insertAttempts(tx, calls) : null])
  })
  return row
}

async function placeOf(ctx: SyncContext, row: ConnectionRow): Promise<ConnectionPlace> {
  const channels = await inWorkspace(ctx.db, ctx.workspaceId, tx => listChannels(tx))
  const numbers = channels.flatMap(({ name, displayPhoneNumber }) =>
    displayPhoneNumber ? [{ name, phone: `+${displayPhoneNumber.replace(/\D/g, '')}` }] : [],
  )
  return { webhookUrl: `${ctx.appUrl}/hooks/${row.connector}/${row.id}`, numbers }
}

/** Goes on after a pause or once the credentials hold again; what waited is told now. Throws `not found`. */
export async function resume(ctx: SyncContext, connectionId: string): Promise<ConnectionRow> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await setConnectionState(tx, connectionId, 'active', null)
    return connectionById(tx, connectionId)
  })
  if (!row) throw new AppError('not found', { what: 'connection' })
  await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId: ctx.workspaceId, connectionId } }])
  return row
}
