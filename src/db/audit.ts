/** The audit log: who did what to which record. */
import type { Actor } from '../core/actor.ts'
import type { Tx } from './client.ts'

export type AuditEntry = { action: string; subjectKind: string; subjectId: string; data?: unknown }

export function writeAudit(
  tx: Tx,
  ctx: { workspaceId: string; now: Date; actor: Actor },
  id: string,
  { action, subjectKind, subjectId, data = null }: AuditEntry,
) {
  return tx`
    insert into audit (id, workspace_id, at, actor, action, subject_kind, subject_id, data)
    values (${id}, ${ctx.workspaceId}, ${ctx.now}, ${tx.json(ctx.actor as never)}, ${action}, ${subjectKind},
      ${subjectId}, ${tx.json(data as never)})`
}
