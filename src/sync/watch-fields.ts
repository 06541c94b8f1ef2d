/**
 * Looks each night, and whenever a connection is checked, whether the fields of its CRM are still as they were when they were
 * right. What no longer fits is told with its fix, and the rows of the mapping that name it stand still; the rest goes on.
 */
import { RemoteCallError } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { type Drift, explainDrift, findDrift, nextSnapshot, type RemoteField, stopsRow } from '../core/drift.ts'
import { AppError } from '../core/errors.ts'
import { BY_DRIFT } from '../core/mapping/pause.ts'
import { type MappedKind, mappedKinds } from '../core/mapping/row.ts'
import { writeAudit } from '../db/audit.ts'
import { connectionById } from '../db/connections.ts'
import {
  type DriftFinding,
  insertDrift,
  openDrift,
  resolveDrift,
  sameDrift,
  saveSnapshot,
  snapshotOf,
} from '../db/drift.ts'
import { pausesOf } from '../db/mappings.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { pauseRows, resumeRow } from './read-new-rows.ts'

/** Answers what is open afterwards; null where the CRM could not be asked. Throws `not found`. */
export async function watchFields(ctx: SyncContext, connectionId: string): Promise<DriftFinding[] | null> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  if (row.state !== 'active') return null
  const connection = await openConnection(ctx, row, { lane: 'backfill' })
  const fields = await readFields(ctx, connection)
  if (!fields) return null
  const drift: Drift[] = []
  for (const kind of mappedKinds) {
    const was = await inWorkspace(ctx.db, ctx.workspaceId, tx => snapshotOf(tx, connectionId, kind))
    const found = was.length === 0 ? [] : findDrift(kind, was, fields[kind], connection.mapping[kind])
    drift.push(...found)
    const kept = nextSnapshot(was, fields[kind], found)
    await inWorkspace(ctx.db, ctx.workspaceId, tx =>
      saveSnapshot(tx, { workspaceId: ctx.workspaceId, connectionId, kind, fields: kept, seenAt: ctx.now }),
    )
  }
  await keepFindings(ctx, connection, drift)
  return inWorkspace(ctx.db, ctx.workspaceId, tx => openDrift(tx, connectionId))
}

/** The fields are right as they are now: what was found is settled. Throws `not found`, or `connection failed`. */
export async function acceptFields(ctx: SyncContext, connectionId: string, actor: Actor): Promise<void> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  const connection = await openConnection(ctx, row, { lane: 'backfill' })
  const fields = await readFields(ctx, connection)
  if (!fields) throw new AppError('connection failed', { connector: connection.connector.name, reason: 'no answer' })
  const { workspaceId } = ctx
  await inWorkspace(ctx.db, workspaceId, async tx => {
    for (const kind of mappedKinds) {
      await saveSnapshot(tx, { workspaceId, connectionId, kind, fields: fields[kind], seenAt: ctx.now })
    }
    await writeAudit(tx, { ...ctx, actor }, newId(), {
      ...{ action: 'fields accepted', subjectKind: 'connection', subjectId: connectionId },
      data: { contact: fields.contact.length, ticket: fields.ticket.length },
    })
  })
  await keepFindings(ctx, connection, [])
}

async function readFields(
  ctx: SyncContext,
  connection: OpenConnection,
): Promise<Record<MappedKind, RemoteField[]> | null> {
  const { connector, remote } = connection
  try {
    return { contact: await connector.contact.fields(remote), ticket: await connector.ticket.fields(remote) }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return null
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}

async function keepFindings(ctx: SyncContext, connection: OpenConnection, drift: Drift[]): Promise<void> {
  const { db, workspaceId, now } = ctx
  const { id: connectionId } = connection.row
  const rows = drift.map(each => ({
    ...{ id: newId(), workspaceId, connectionId, ...each, foundAt: now, resolvedAt: null },
  }))
  const pauses = await inWorkspace(db, workspaceId, async tx => {
    const known = await openDrift(tx, connectionId)
    const settled = known.filter(old => !drift.some(each => sameDrift(each, old)))
    await Promise.all([
      rows.length > 0 ? insertDrift(tx, rows) : null,
      resolveDrift(
        tx,
        settled.map(each => each.id),
        now,
      ),
    ])
    return pausesOf(tx, connectionId)
  })
  const stopped = mappedKinds.flatMap(kind =>
    connection.mapping[kind].flatMap(row => {
      const cause = drift.find(each => stopsRow(each, row, kind))
      return cause ? [{ kind, rowId: row.id, reason: BY_DRIFT + explainDrift(cause, 'en').cause }] : []
    }),
  )
  if (stopped.length > 0) await pauseRows(ctx, connectionId, stopped)
  for (const { kind, rowId, reason } of pauses) {
    const isStopped = stopped.some(each => each.kind === kind && each.rowId === rowId)
    if (reason.startsWith(BY_DRIFT) && !isStopped)
      await resumeRow(ctx, connectionId, { kind, rowId }, { kind: 'system' })
  }
}
