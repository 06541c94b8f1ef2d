/**
 * Fields that are newly mapped: what the CRM holds in them is not known, so the rows stand still until it has been read of
 * every linked record and merged under the row's policy. Else ours would cover what nobody has looked at. What is left to
 * read is in the links themselves: their base does not name the fields yet.
 */
import { answersTo, RemoteCallError, type RemoteValues } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { READING, RESUMING } from '../core/mapping/pause.ts'
import type { MappedKind, Mapping, MappingRow } from '../core/mapping/row.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { openConflictsOf } from '../db/conflicts.ts'
import { type ConnectionRow, connectionById } from '../db/connections.ts'
import { type LinkRow, linksBefore, linksWithout, saveHeard } from '../db/links.ts'
import * as db from '../db/mappings.ts'
import { outboxDirtyAt } from '../db/outbox.ts'
import { latestProvenance } from '../db/provenance.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { carryOut } from './carry-out.ts'
import { keepConflicts } from './conflicts.ts'
import type { SyncContext } from './context.ts'
import { loadRecords } from './load-records.ts'
import { mergeRows } from './merge-rows.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { toRemote } from './to-remote.ts'

/** Records of one call to the CRM, and how many are read in one go. */
const BATCH = 100
const PASS = 500

/** Rows of `after` that `before` had not, and whose fields may hold something there that is to stand. */
export async function pauseNewRows(
  tx: Tx,
  ctx: SyncContext,
  connectionId: string,
  before: Mapping,
  after: Mapping,
): Promise<void> {
  for (const kind of ['contact', 'ticket'] as const) {
    const rows = newRows(before[kind], after[kind])
    if (rows.length === 0) continue
    const fields = rows.flatMap(row => row.theirs)
    if ((await linksWithout(tx, connectionId, kind, fields, { afterId: null, limit: 1 })).length === 0) continue
    const pauses = rows.map(row => ({ kind, rowId: row.id, reason: READING, at: ctx.now }))
    await db.insertPauses(tx, ctx.workspaceId, connectionId, pauses)
  }
}

/** Rows whose fields are to be read before they are written. */
export function newRows(before: readonly MappingRow[], after: readonly MappingRow[]): MappingRow[] {
  const known = new Set(before.flatMap(row => row.theirs))
  const isNew = (row: MappingRow) => row.theirs.some(field => !known.has(field))
  const covers = (row: MappingRow) => row.direction === 'out' && row.policy === 'ours'
  return after.filter(row => isNew(row) && !covers(row) && !row.identifier)
}

export type ReadRows = { kind: 'done' } | { kind: 'more' }

/** Reads some more; `more` where records are left, or the CRM is out of reach: it goes on where it was. Throws `not found`. */
export async function readNewRows(ctx: SyncContext, connectionId: string): Promise<ReadRows> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  const pauses = await inWorkspace(ctx.db, ctx.workspaceId, tx => db.pausesOf(tx, connectionId))
  for (const kind of ['contact', 'ticket'] as const) {
    for (const reason of [READING, RESUMING]) {
      const standing = pauses.filter(each => each.kind === kind && each.reason === reason)
      if (standing.length === 0) continue
      if (row.state !== 'active') return { kind: 'more' }
      const since = new Date(Math.max(...standing.map(({ at }) => at.getTime())))
      const rowIds = standing.map(({ rowId }) => rowId)
      if (!(await readRows(ctx, row, kind, rowIds, reason === RESUMING ? since : null))) return { kind: 'more' }
      await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
        await db.deletePauses(tx, connectionId, kind, rowIds)
        if (reason === RESUMING) await db.tellLinked(tx, ctx.workspaceId, connectionId, [kind], ctx.now)
      })
    }
  }
  const { workspaceId } = ctx
  const wasRead = pauses.some(({ reason }) => reason === READING || reason === RESUMING)
  if (wasRead) await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId, connectionId } }])
  return { kind: 'done' }
}

/**
 * True when all have been read. `heldSince`: of rows that were known before, the base is what it was, and records that were
 * not heard of since then are to be read.
 */
async function readRows(
  ctx: SyncContext,
  row: ConnectionRow,
  kind: MappedKind,
  rowIds: string[],
  heldSince: Date | null,
): Promise<boolean> {
  const whole = await openConnection(ctx, row, { lane: 'backfill' })
  const connection = alone(whole, kind, rowIds)
  const fields = connection.mapping[kind].flatMap(each => each.theirs)
  try {
    let afterId: string | null = null
    for (let read = 0; read < PASS; read += BATCH) {
      const page: { afterId: string | null; limit: number } = { afterId, limit: BATCH }
      const links = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
        heldSince ? linksBefore(tx, row.id, kind, heldSince, page) : linksWithout(tx, row.id, kind, fields, page),
      )
      const last = links.at(-1)
      if (!last) return true
      afterId = last.id
      const ids = links.flatMap(link => link.remoteId ?? [])
      const records = await connection.connector[kind].read(connection.remote, ids)
      for (const link of links) {
        const there = records.find(each => answersTo(each, link.remoteId))
        const values = Object.fromEntries(fields.map(field => [field, there?.values[field] ?? null]))
        // Of a record that is gone nothing is taken; what hears of that is its deletion.
        await takeIn(ctx, connection, kind, link, there ? values : null, heldSince ? (link.base ?? {}) : {})
      }
    }
    return false
  } catch (error) {
    // What was read is kept, and the rows stand still until the rest is.
    if (!(error instanceof RemoteCallError)) throw error
    return false
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, whole))
  }
}

/** The connection as if it mapped nothing but these rows, which go on. */
function alone(connection: OpenConnection, kind: MappedKind, rowIds: string[]): OpenConnection {
  const rows = connection.mapping[kind].filter(row => rowIds.includes(row.id))
  const going = rows.map(row => ({ ...row, pausedReason: null }))
  return { ...connection, mapping: { contact: [], ticket: [], [kind]: going } }
}

/** As if they had just changed the fields: what both sides hold is for the policy. */
async function takeIn(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: MappedKind,
  link: LinkRow,
  values: RemoteValues | null,
  base: RemoteValues,
) {
  const { ours, written, dirtyAt, waiting } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [records, written, dirtyAt, waiting] = await Promise.all([
      loadRecords(tx, kind, [link.recordId], ctx.workspaceId),
      latestProvenance(tx, link.recordId),
      outboxDirtyAt(tx, connection.row.id, kind, link.recordId),
      openConflictsOf(tx, connection.row.id, link.recordId),
    ])
    return { ours: records.get(link.recordId), written, dirtyAt, waiting }
  })
  const isKnown = Object.keys(base).length > 0
  if (values && ours && ours.kind !== 'message') {
    const said = { at: ctx.now, byUs: false, by: null, user: null }
    const theirs = { values, changed: values }
    const merged = mergeRows(connection, ours, {
      base,
      theirs,
      said,
      dirtyAt: isKnown ? dirtyAt : null,
      written,
      waiting,
    })
    await keepConflicts(ctx, connection, { kind, id: link.recordId }, merged, said)
    if (Object.keys(merged.take).length > 0) {
      const mapped = toRemote(connection, ours, base).values
      const from = { remoteId: link.remoteId, user: null }
      await carryOut(ctx, connection, kind, link.recordId, mapped, merged.take, ctx.now, from)
    }
  }
  const fields = connection.mapping[kind].flatMap(row => row.theirs)
  const heard = values ?? Object.fromEntries(fields.map(field => [field, base[field] ?? null]))
  const agreed = { recordId: link.recordId, base: heard, remoteVersion: null }
  await inWorkspace(ctx.db, ctx.workspaceId, tx => saveHeard(tx, connection.row.id, kind, agreed, ctx.now))
}

/** Rows stand still: what they hold is neither sent nor taken until `resumeRow`. Those that do already keep their reason. */
export function pauseRows(
  ctx: SyncContext,
  connectionId: string,
  rows: { kind: MappedKind; rowId: string; reason: string }[],
): Promise<unknown> {
  const pauses = rows.map(each => ({ ...each, at: ctx.now }))
  return inWorkspace(ctx.db, ctx.workspaceId, tx => db.insertPauses(tx, ctx.workspaceId, connectionId, pauses))
}

/**
 * A row goes on, once what they changed meanwhile has been read and merged; what was held of ours is told then, after all
 * that is live. `more`: records are left to read. Throws `not found`.
 */
export async function resumeRow(
  ctx: SyncContext,
  connectionId: string,
  { kind, rowId }: { kind: MappedKind; rowId: string },
  actor: Actor,
): Promise<ReadRows> {
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const pause = (await db.pausesOf(tx, connectionId)).find(each => each.kind === kind && each.rowId === rowId)
    if (!pause) throw new AppError('not found', { what: 'paused row' })
    if (pause.reason === READING) return
    await db.deletePauses(tx, connectionId, kind, [rowId])
    await db.insertPauses(tx, ctx.workspaceId, connectionId, [{ kind, rowId, reason: RESUMING, at: ctx.now }])
    await writeAudit(tx, { ...ctx, actor }, newId(), {
      ...{ action: 'mapping row resumed', subjectKind: 'connection', subjectId: connectionId },
      ...{ before: { [`${kind} ${rowId}`]: pause.reason }, after: { [`${kind} ${rowId}`]: null } },
    })
  })
  return readNewRows(ctx, connectionId)
}
