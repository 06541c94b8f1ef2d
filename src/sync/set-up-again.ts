/** What setting up a connection would make there, and what it read there at first, read again. */
import { type Making, RemoteCallError } from '../connectors/contract.ts'
import { connectorById } from '../connectors/registry.ts'
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { saveSettings } from '../db/access.ts'
import { writeAudit } from '../db/audit.ts'
import { type ConnectionRow, connectionById } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { askRemote } from './ask-remote.ts'
import { type NewConnection, placeOf } from './connect.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, openConnection } from './open-connection.ts'
import { refuseInput, wrongIn } from './refuse-input.ts'
import { stopConnection } from './stop-connection.ts'

/**
 * For an admin to agree to before they connect; nothing is made or kept. Empty where the connector makes nothing. Throws
 * `not found`, `invalid input` or `connection failed`.
 */
export async function planSetUp(ctx: SyncContext, input: NewConnection): Promise<Making[]> {
  const connector = connectorById(input.connector)
  if (!connector) throw new AppError('not found', { what: 'connector' })
  const credentials = connector.credentials.safeParse(input.credentials)
  const settings = connector.settings.safeParse(input.settings ?? {})
  refuseInput([...wrongIn('credentials', credentials), ...wrongIn('settings', settings)], input)
  const row: ConnectionRow = {
    ...{ id: newId(), workspaceId: ctx.workspaceId, connector: connector.id, name: connector.name },
    ...{ credentials: await ctx.sealing.seal(credentials.data), settings: settings.data },
    ...{ state: 'active', stateReason: null, nearMisses: 0, createdAt: ctx.now },
  }
  const connection = await openConnection(ctx, row)
  return askRemote(
    connector,
    async () => (await connector.willMake?.(connection.remote, await placeOf(ctx, row))) ?? [],
  )
}

/**
 * Owners, stages and whatever else the CRM's people change there. Settings that an admin has made stay. `changed`: whether
 * anything was otherwise. Throws `not found` or `connection failed`.
 */
export async function rereadSettings(
  ctx: SyncContext,
  connectionId: string,
  actor: Actor,
): Promise<{ changed: boolean }> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  const connection = await openConnection(ctx, row)
  const { connector, remote } = connection
  if (!connector.reread) return { changed: false }
  try {
    const settings = await askRemote(connector, () => connector.reread?.(remote) ?? Promise.resolve(remote.settings))
    const changed = JSON.stringify(settings) !== JSON.stringify(remote.settings)
    if (!changed) return { changed }
    await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      await saveSettings(tx, connectionId, settings)
      const entry = { action: 'connection reread', subjectKind: 'connection', subjectId: connectionId }
      await writeAudit(tx, { ...ctx, actor }, newId(), entry)
    })
    return { changed }
  } catch (error) {
    const { cause } = error as Error
    if (cause instanceof RemoteCallError && cause.failure.kind === 'unauthorized') {
      await inWorkspace(ctx.db, ctx.workspaceId, tx => stopConnection(tx, ctx, row, cause.failure.message))
    }
    throw error
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}
