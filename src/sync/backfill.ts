/** History carried over: asked for, paused, gone on with, cancelled; and its slices, each of which leaves the row ready for the next. */
import { RemoteCallError } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { type BackfillScope, kindsInOrder } from '../core/backfill.ts'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { writeAudit } from '../db/audit.ts'
import {
  type BackfillRow,
  type BackfillState,
  backfillById,
  insertBackfill,
  lockBackfill,
  openBackfills,
  saveBackfill,
  setBackfillState,
} from '../db/backfills.ts'
import type { Tx } from '../db/client.ts'
import { connectionById, lockConnection } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { countRecords } from '../db/walk-records.ts'
import { newId } from '../inbox/context.ts'
import { backfillIn } from './backfill-in.ts'
import { backfillOut } from './backfill-out.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { stopConnection } from './stop-connection.ts'

/** What a slice did. `cursor`: null where nothing is left. `afterMs`: how long to wait before the next. */
export type SliceDone = Partial<Pick<BackfillRow, 'seen' | 'queued' | 'adopted' | 'created' | 'skipped' | 'total'>> & {
  cursor: BackfillRow['cursor']
  afterMs: number
}

export type Advanced = { kind: 'more'; at: Date } | { kind: 'over' }

/** While the connection is not active; ms. */
const STOPPED_MS = 60_000

/** One at a time on a connection and direction. Throws `not found`, `already under way` or `cannot list`. */
export async function startBackfill(
  ctx: SyncContext,
  connectionId: string,
  { direction, scope }: Pick<BackfillRow, 'direction' | 'scope'>,
  actor: Actor,
): Promise<BackfillRow> {
  const connection = await openNamed(ctx, connectionId)
  const kinds = kindsInOrder(scope)
  const [first] = kinds
  if (!first) throw invalidInput('kinds', 'must name one or more')
  const unlisted =
    direction === 'in' ? kinds.find(kind => kind === 'message' || !connection.connector[kind].list) : null
  if (unlisted) throw new AppError('cannot list', { connector: connection.connector.name, kind: unlisted })
  const row = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockConnection(tx, connectionId)
    const open = await openBackfills(tx, connectionId)
    if (open.some(each => each.direction === direction)) throw new AppError('already under way')
    const row: BackfillRow = {
      ...{ id: newId(), workspaceId: ctx.workspaceId, connectionId, direction, scope, state: 'running' },
      ...{ dueAt: ctx.now, cursor: firstCursor(direction, first), total: await totalOf(tx, direction, scope) },
      ...{ seen: 0, queued: 0, adopted: 0, created: 0, skipped: 0, error: null },
      ...{ requestedBy: actor, requestedAt: ctx.now, updatedAt: ctx.now, finishedAt: null },
    }
    await insertBackfill(tx, row)
    await audit(tx, ctx, actor, 'backfill started', row)
    return row
  })
  await wakeBackfill(ctx, row.id)
  return row
}

/** Where it stands stays; `resume` goes on from there. Throws `not found`, or `not under way`. */
export function pauseBackfill(ctx: SyncContext, id: string, actor: Actor): Promise<BackfillRow> {
  return move(ctx, id, ['running'], 'paused', actor)
}

/** After a pause, or after what made it fail was mended. Throws `not found`, or `not under way`. */
export async function resumeBackfill(ctx: SyncContext, id: string, actor: Actor): Promise<BackfillRow> {
  const row = await move(ctx, id, ['paused', 'failed'], 'running', actor)
  await wakeBackfill(ctx, id)
  return row
}

/** What was queued goes out all the same; no more is. Throws `not found`, or `not under way`. */
export function cancelBackfill(ctx: SyncContext, id: string, actor: Actor): Promise<BackfillRow> {
  return move(ctx, id, ['running', 'paused', 'failed'], 'cancelled', actor)
}

/** The next slice. What cannot be reached is asked again later; what is refused for good is told, and waits for a person. */
export async function advanceBackfill(ctx: SyncContext, id: string): Promise<Advanced> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => backfillById(tx, id))
  if (row?.state !== 'running' || row.cursor === null) return { kind: 'over' }
  const stored = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, row.connectionId))
  if (!stored) return { kind: 'over' }
  if (stored.state !== 'active') return save(ctx, row, { cursor: row.cursor, afterMs: STOPPED_MS })
  const connection = await openConnection(ctx, stored, { lane: 'backfill' })
  try {
    const slice =
      row.direction === 'out' ? await backfillOut(ctx, connection, row) : await backfillIn(ctx, connection, row)
    return await save(ctx, row, slice)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const { failure } = error
    if (failure.kind === 'unauthorized') {
      await inWorkspace(ctx.db, ctx.workspaceId, tx => stopConnection(tx, ctx, stored, failure.message))
    } else if (failure.kind === 'rejected' || failure.kind === 'gone') return fail(ctx, row, failure.message)
    const afterMs = 'afterMs' in failure ? failure.afterMs : STOPPED_MS / 2
    return save(ctx, row, { cursor: row.cursor, afterMs }, failure.message)
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}

async function save(
  ctx: SyncContext,
  row: BackfillRow,
  slice: SliceDone,
  error: string | null = null,
): Promise<Advanced> {
  const isOver = slice.cursor === null
  const at = new Date(ctx.now.getTime() + slice.afterMs)
  const next: BackfillRow = {
    ...{ ...row, cursor: slice.cursor, total: slice.total ?? row.total, error, updatedAt: ctx.now },
    ...{ seen: row.seen + (slice.seen ?? 0), queued: row.queued + (slice.queued ?? 0) },
    ...{ adopted: row.adopted + (slice.adopted ?? 0), created: row.created + (slice.created ?? 0) },
    skipped: row.skipped + (slice.skipped ?? 0),
    ...{ state: isOver ? 'done' : 'running', dueAt: isOver ? null : at, finishedAt: isOver ? ctx.now : null },
  }
  await inWorkspace(ctx.db, ctx.workspaceId, tx => saveBackfill(tx, next))
  if (slice.queued) {
    const { workspaceId } = ctx
    await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId, connectionId: row.connectionId } }])
  }
  return isOver ? { kind: 'over' } : { kind: 'more', at }
}

async function fail(ctx: SyncContext, row: BackfillRow, error: string): Promise<Advanced> {
  const failed: BackfillRow = { ...row, state: 'failed', dueAt: null, error, updatedAt: ctx.now }
  await inWorkspace(ctx.db, ctx.workspaceId, tx => saveBackfill(tx, failed))
  return { kind: 'over' }
}

async function move(ctx: SyncContext, id: string, from: BackfillState[], to: BackfillState, actor: Actor) {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const row = await lockBackfill(tx, id)
    if (!row) throw new AppError('not found', { what: 'backfill' })
    if (!from.includes(row.state)) throw new AppError('not under way', { state: row.state })
    const change = {
      state: to,
      dueAt: to === 'running' ? ctx.now : null,
      finishedAt: to === 'cancelled' ? ctx.now : null,
    }
    await setBackfillState(tx, id, change, ctx.now)
    const moved = { ...row, ...change, error: null, updatedAt: ctx.now }
    await audit(tx, ctx, actor, `backfill ${to === 'running' ? 'resumed' : to}`, moved)
    return moved
  })
}

async function openNamed(ctx: SyncContext, connectionId: string): Promise<OpenConnection> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  return openConnection(ctx, row, { lane: 'backfill' })
}

function firstCursor(direction: 'out' | 'in', kind: ReturnType<typeof kindsInOrder>[number]): BackfillRow['cursor'] {
  if (direction === 'out') return { kind, at: null, id: null, message: null }
  return kind === 'message' ? null : { kind, page: null }
}

async function totalOf(tx: Tx, direction: 'out' | 'in', scope: BackfillScope): Promise<number | null> {
  if (direction === 'in') return null
  let total = 0
  for (const kind of kindsInOrder(scope)) total += await countRecords(tx, scope, kind)
  return total
}

function audit(
  tx: Tx,
  ctx: SyncContext,
  actor: Actor,
  action: string,
  { id, connectionId, direction, scope }: BackfillRow,
) {
  return writeAudit(tx, { ...ctx, actor }, newId(), {
    ...{ action, subjectKind: 'connection', subjectId: connectionId },
    data: { backfillId: id, direction, scope },
  })
}

function wakeBackfill({ emit, workspaceId }: SyncContext, backfillId: string) {
  return emit([{ name: 'sync/backfill.due', data: { workspaceId, backfillId } }])
}
