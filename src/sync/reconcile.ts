/**
 * Both sides compared, record by record: what is linked is read there, what is not is looked for there; what differs goes the
 * way of a change that was just heard, what is missing there is told again. Then all that was found is looked at once more.
 */
import { RemoteCallError } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { syncKinds } from '../core/backfill.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import { connectionById, lockConnection } from '../db/connections.ts'
import { countLane } from '../db/outbox.ts'
import {
  cancelReconciliationRow,
  insertReconciliation,
  lastReconciledAt,
  openReconciliation,
  type ReconciliationRow,
  reconciliationById,
  saveReconciliation,
} from '../db/reconciliations.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { Advanced } from './backfill.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { checkLinked, checkOurs, checkTheirs, lookAgain } from './reconcile-slice.ts'
import { stopConnection } from './stop-connection.ts'

/** While the connection is not active, or cannot be reached; ms. */
const STOPPED_MS = 60_000
const UNREACHED_MS = 30_000

/** The outbox is given so long to carry out what was found, before it is looked at again; ms. */
const REPAIR_MS = 30_000

/** Looks at what is still missing, a repair's time apart, before it is called so. */
const LOOKS = 10

/** What waits in the lane at most, before more is looked for. */
const MOST_WAITING = 1_000

/** One at a time on a connection. Throws `not found` or `already under way`. */
export async function startReconciliation(
  ctx: SyncContext,
  connectionId: string,
  reason: ReconciliationRow['reason'],
  actor: Actor,
): Promise<ReconciliationRow> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockConnection(tx, connectionId)
    if (!(await connectionById(tx, connectionId))) throw new AppError('not found', { what: 'connection' })
    if (await openReconciliation(tx, connectionId)) throw new AppError('already under way')
    const row: ReconciliationRow = {
      ...{ id: newId(), workspaceId: ctx.workspaceId, connectionId, reason, state: 'running', dueAt: ctx.now },
      cursor: { phase: 'linked', kind: 'contact', after: null },
      ...{ checked: 0, missingThere: 0, missingHere: 0, differing: 0, repaired: 0, stillMissing: 0, error: null },
      ...{ requestedBy: actor, requestedAt: ctx.now, updatedAt: ctx.now, finishedAt: null },
    }
    await insertReconciliation(tx, row)
    await audit(ctx, actor, 'reconciliation started', row, tx)
    return row
  })
  const { workspaceId } = ctx
  await ctx.emit([{ name: 'sync/reconciliation.due', data: { workspaceId, reconciliationId: row.id } }])
  return row
}

/** As each night. Where one is under way already, that one is it. */
export async function startNightly(ctx: SyncContext, connectionId: string): Promise<void> {
  try {
    await startReconciliation(ctx, connectionId, 'nightly', { kind: 'system' })
  } catch (error) {
    if (!(error instanceof AppError && (error.code === 'already under way' || error.code === 'not found'))) throw error
  }
}

/** Throws `not found`, or `not under way`. */
export async function cancelReconciliation(ctx: SyncContext, id: string, actor: Actor): Promise<ReconciliationRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const row = await reconciliationById(tx, id)
    if (!row) throw new AppError('not found', { what: 'reconciliation' })
    if (!(await cancelReconciliationRow(tx, id, ctx.now))) throw new AppError('not under way', { state: row.state })
    await audit(ctx, actor, 'reconciliation cancelled', row, tx)
    return { ...row, state: 'cancelled', dueAt: null, finishedAt: ctx.now, updatedAt: ctx.now }
  })
}

/** The next slice. */
export async function advanceReconciliation(ctx: SyncContext, id: string): Promise<Advanced> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => reconciliationById(tx, id))
  if (row?.state !== 'running' || row.cursor === null) return { kind: 'over' }
  const stored = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, row.connectionId))
  if (!stored) return { kind: 'over' }
  if (stored.state !== 'active') return later(ctx, row, STOPPED_MS)
  const connection = await openConnection(ctx, stored, { lane: 'backfill' })
  try {
    return await advance(ctx, connection, { ...row, error: null })
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const { failure } = error
    if (failure.kind === 'unauthorized') {
      await inWorkspace(ctx.db, ctx.workspaceId, tx => stopConnection(tx, ctx, stored, failure.message))
    }
    return later(ctx, { ...row, error: failure.message }, 'afterMs' in failure ? failure.afterMs : UNREACHED_MS)
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}

async function advance(ctx: SyncContext, connection: OpenConnection, row: ReconciliationRow): Promise<Advanced> {
  const { cursor } = row
  const { db, workspaceId } = ctx
  const waiting = await inWorkspace(db, workspaceId, tx => countLane(tx, row.connectionId, 'backfill'))
  if (waiting >= MOST_WAITING) return later(ctx, row, REPAIR_MS)
  switch (cursor?.phase) {
    case 'linked': {
      const slice = await checkLinked(ctx, connection, row, cursor)
      return later(ctx, { ...slice.row, cursor: slice.next ?? afterKind('linked', cursor.kind) ?? FIRST_OF_OURS }, 0)
    }
    case 'ours': {
      const slice = await checkOurs(ctx, connection, row, cursor)
      const next = slice.next ?? afterKind('ours', cursor.kind) ?? (await firstOfTheirs(ctx, connection, row))
      return later(ctx, { ...slice.row, cursor: next }, next.phase === 'again' ? REPAIR_MS : 0)
    }
    case 'theirs': {
      const slice = await checkTheirs(ctx, connection, row, cursor)
      const isTickets = cursor.kind === 'contact' && connection.connector.ticket.list
      const tickets = isTickets ? { ...cursor, kind: 'ticket' as const, page: null } : LAST
      const next = slice.next ?? tickets
      return later(ctx, { ...slice.row, cursor: next }, next.phase === 'again' ? REPAIR_MS : 0)
    }
    case 'again': {
      const looked = await lookAgain(ctx, connection, row, cursor, cursor.looks + 1 >= LOOKS)
      if (looked.next) return later(ctx, { ...looked.row, cursor: looked.next }, 0)
      if (looked.waiting > 0) {
        return later(
          ctx,
          { ...looked.row, cursor: { phase: 'again', after: null, looks: cursor.looks + 1 } },
          REPAIR_MS,
        )
      }
      return later(ctx, { ...looked.row, cursor: null, state: 'done', finishedAt: ctx.now }, 0)
    }
    case undefined:
      return { kind: 'over' }
  }
}

type Cursor = NonNullable<ReconciliationRow['cursor']>

const FIRST_OF_OURS: Cursor = { phase: 'ours', kind: 'contact', at: null, id: null, message: null }
const LAST: Cursor = { phase: 'again', after: null, looks: 0 }

function afterKind(phase: 'linked' | 'ours', kind: (typeof syncKinds)[number]): Cursor | null {
  const next = syncKinds[syncKinds.indexOf(kind) + 1]
  if (!next) return null
  return phase === 'linked'
    ? { phase, kind: next, after: null }
    : { phase, kind: next, at: null, id: null, message: null }
}

/** What has not changed since the last time was looked at then. Somebody who asks wants all of it looked at. */
async function firstOfTheirs(ctx: SyncContext, { connector }: OpenConnection, row: ReconciliationRow): Promise<Cursor> {
  const kind = connector.contact.list ? 'contact' : connector.ticket.list ? 'ticket' : null
  if (!kind) return LAST
  const last =
    row.reason === 'on demand'
      ? null
      : await inWorkspace(ctx.db, ctx.workspaceId, tx => lastReconciledAt(tx, row.connectionId))
  return { phase: 'theirs', kind, page: null, since: last?.toISOString() ?? null }
}

async function later(ctx: SyncContext, row: ReconciliationRow, afterMs: number): Promise<Advanced> {
  const isOver = row.state !== 'running'
  const at = new Date(ctx.now.getTime() + afterMs)
  await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    saveReconciliation(tx, { ...row, dueAt: isOver ? null : at, updatedAt: ctx.now }),
  )
  return isOver ? { kind: 'over' } : { kind: 'more', at }
}

function audit(
  ctx: SyncContext,
  actor: Actor,
  action: string,
  { id, connectionId, reason }: ReconciliationRow,
  tx: Parameters<typeof writeAudit>[0],
) {
  return writeAudit(tx, { ...ctx, actor }, newId(), {
    ...{ action, subjectKind: 'connection', subjectId: connectionId },
    data: { reconciliationId: id, reason },
  })
}
