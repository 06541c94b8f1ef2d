/** Keeps who changed which field of a record, from what, in the transaction that changes it. */
import type { MappedKind } from '../core/mapping/row.ts'
import type { FieldChange } from '../core/provenance.ts'
import type { Tx } from '../db/client.ts'
import { settleEqual } from '../db/conflicts.ts'
import { insertProvenance, type ProvenanceRow } from '../db/provenance.ts'
import { type InboxContext, newId } from './context.ts'

/** Where the change makes ours what theirs is, a conflict over it is over. `at`: when it was done, where that is not now. */
export async function noteChanges(
  tx: Tx,
  ctx: Pick<InboxContext, 'workspaceId' | 'now' | 'actor' | 'because'>,
  record: { kind: MappedKind; id: string },
  changes: readonly FieldChange[],
  at: Date = ctx.now,
): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map(({ field, previous, value }): ProvenanceRow => {
    return {
      ...{ id: newId(), workspaceId: ctx.workspaceId, kind: record.kind, recordId: record.id, field, value, previous },
      ...{ actor: ctx.actor, source: ctx.because?.source ?? null, policy: ctx.because?.policies?.[field] ?? null },
      ...{ at, recordedAt: ctx.now },
    }
  })
  await Promise.all([
    insertProvenance(tx, rows),
    settleEqual(
      tx,
      record.id,
      changes.map(({ field, value }) => ({ field, value })),
      ctx.now,
    ),
  ])
}
