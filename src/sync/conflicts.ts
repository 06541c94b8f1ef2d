/** Fields that both sides changed, and records that were deleted there, kept for a person to decide; and the decision, carried out on both. */
import type { Actor } from '../core/actor.ts'
import { DELETED, DELETION, KEPT } from '../core/deletion.ts'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import type { MappedKind, OurValue } from '../core/mapping/row.ts'
import { writeAudit } from '../db/audit.ts'
import * as db from '../db/conflicts.ts'
import { forgetLinks } from '../db/links.ts'
import { tellOnly } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from '../inbox/context.ts'
import { setField } from '../inbox/set-field.ts'
import type { SyncContext } from './context.ts'
import type { MergedRows, Said } from './merge-rows.ts'
import type { OpenConnection } from './open-connection.ts'

/** Opens what is asked, and closes what both sides have come to agree on, or what has been taken meanwhile. */
export async function keepConflicts(
  ctx: SyncContext,
  connection: OpenConnection,
  record: { kind: MappedKind; id: string },
  { asked, alike, take }: MergedRows,
  said: Said,
): Promise<void> {
  const rows = asked.map(({ writtenBy, ...values }): db.ConflictRow => {
    return {
      ...{ id: newId(), workspaceId: ctx.workspaceId, connectionId: connection.row.id },
      ...{ kind: record.kind, recordId: record.id, ...values },
      oursBy: writtenBy && { actor: writtenBy.actor, source: writtenBy.source },
      oursAt: writtenBy?.at ?? null,
      theirsBy: said.user === null ? null : { user: said.user },
      ...{ theirsAt: said.at, openedAt: ctx.now, state: 'open', decision: null, decided: null },
      ...{ decidedAt: null, decidedBy: null },
    }
  })
  const taken = connection.mapping[record.kind].filter(row => row.theirs.some(field => field in take))
  const over = new Set([...alike, ...taken.map(row => row.ours)])
  if (rows.length + over.size === 0) return
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (rows.length > 0) await db.openConflicts(tx, rows)
    if (over.size === 0) return
    const open = await db.openConflictsOf(tx, connection.row.id, record.id)
    const ids = open.filter(({ field }) => over.has(field)).map(({ id }) => id)
    if (ids.length > 0) await db.settleConflicts(tx, ids, ctx.now)
  })
}

export type Decision = { decision: 'ours' } | { decision: 'theirs' } | { decision: 'value'; value: OurValue }

/**
 * Gives the field what was decided, by the inbox's own verbs, and tells the CRM. Throws `not found`, `conflict decided`, and
 * what the verb throws for a value that the field cannot hold; then nothing is decided.
 */
export async function decideConflict(
  inbox: InboxContext & { actor: Actor },
  conflictId: string,
  decision: Decision,
): Promise<db.ConflictRow> {
  const conflict = await inWorkspace(inbox.db, inbox.workspaceId, tx => db.conflictById(tx, conflictId))
  if (!conflict) throw new AppError('not found', { what: 'conflict' })
  if (conflict.state !== 'open') throw new AppError('conflict decided', { state: conflict.state })
  const { connectionId, kind, recordId, field } = conflict
  if (field === DELETION) return decideDeletion(inbox, conflict, decision)
  const wanted =
    decision.decision === 'ours' ? undefined : decision.decision === 'theirs' ? conflict.theirs : decision.value
  const because = { source: { kind: 'conflict', conflictId } as const }
  if (wanted !== undefined) await setField({ ...inbox, because }, { kind, id: recordId }, field, wanted)
  const decided = await inWorkspace(inbox.db, inbox.workspaceId, async tx => {
    const row = await db.lockConflict(tx, conflictId)
    if (!row) throw new AppError('not found', { what: 'conflict' })
    if (row.state === 'resolved') throw new AppError('conflict decided', { state: row.state })
    // What was just written may have made both sides equal: the decision is this one all the same.
    const value = wanted === undefined ? row.ours : wanted
    const made = {
      ...{ decision: decision.decision, decided: value, decidedAt: inbox.now, decidedBy: inbox.actor },
    }
    await db.resolveConflict(tx, conflictId, made)
    await tellOnly(tx, inbox.workspaceId, [connectionId], { kind, recordId }, inbox.now)
    await writeAudit(tx, inbox, newId(), {
      ...{ action: 'conflict resolved', subjectKind: 'conflict', subjectId: conflictId },
      ...{ before: { [field]: row.ours }, after: { [field]: value }, data: { decision: decision.decision } },
    })
    return { ...row, ...made, state: 'resolved' as const }
  })
  const { workspaceId } = inbox
  await inbox.emit([{ name: 'sync/outbox.dirty', data: { workspaceId, connectionId } }])
  return decided
}

/** Ours: it is written there again, as if it never had been. Theirs: it stays away, until somebody there takes the deletion back. */
async function decideDeletion(
  inbox: InboxContext & { actor: Actor },
  { id, connectionId, kind, recordId }: db.ConflictRow,
  { decision }: Decision,
): Promise<db.ConflictRow> {
  if (decision === 'value') throw invalidInput('decision', 'must be ours or theirs')
  const { workspaceId, now } = inbox
  const decided = await inWorkspace(inbox.db, workspaceId, async tx => {
    const row = await db.lockConflict(tx, id)
    if (!row) throw new AppError('not found', { what: 'conflict' })
    if (row.state !== 'open') throw new AppError('conflict decided', { state: row.state })
    const value = decision === 'ours' ? KEPT : DELETED
    const made = { decision, decided: value, decidedAt: now, decidedBy: inbox.actor }
    await db.resolveConflict(tx, id, made)
    if (decision === 'ours') {
      await forgetLinks(tx, connectionId, kind, [recordId])
      await tellOnly(tx, workspaceId, [connectionId], { kind, recordId }, now)
    }
    await writeAudit(tx, inbox, newId(), {
      ...{ action: 'conflict resolved', subjectKind: 'conflict', subjectId: id },
      ...{ before: { [DELETION]: DELETED }, after: { [DELETION]: value }, data: { decision } },
    })
    return { ...row, ...made, state: 'resolved' as const }
  })
  await inbox.emit([{ name: 'sync/outbox.dirty', data: { workspaceId, connectionId } }])
  return decided
}
