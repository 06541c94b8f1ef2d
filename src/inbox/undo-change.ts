/** Takes back one change of a field: a new change, to the value before it, under the rules of any other. */
import { AppError } from '../core/errors.ts'
import { isEmpty, sameValue } from '../core/mapping/apply.ts'
import type { OurValue } from '../core/mapping/row.ts'
import { latestProvenance, type ProvenanceRow, provenanceById } from '../db/provenance.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { ticketInSight } from '../db/tickets.ts'
import type { InboxContext } from './context.ts'
import { setField } from './set-field.ts'

/**
 * Throws `not found`, `field changed since` unless `force`, and what the field's own verb throws, such as `another ticket
 * open`. Gives the entry that was taken back. Where the field says so already, nothing changes.
 */
export async function undoChange(
  ctx: InboxContext,
  entryId: string,
  { force = false }: { force?: boolean | undefined } = {},
): Promise<ProvenanceRow> {
  const { entry, latest } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const entry = await provenanceById(tx, entryId)
    const isSeen = entry && (entry.kind === 'contact' || (await ticketInSight(tx, ctx.sees, entry.recordId)))
    if (!entry || !isSeen) throw new AppError('not found', { what: 'change' })
    const latest = (await latestProvenance(tx, entry.recordId)).find(each => each.field === entry.field)
    return { entry, latest }
  })
  if (!force && latest && latest.id !== entry.id && !sameValue(latest.value, entry.value)) {
    throw new AppError('field changed since', { field: entry.field, now: shown(latest.value) })
  }
  const because = { source: { kind: 'undo', entryId } as const }
  await setField({ ...ctx, because }, { kind: entry.kind, id: entry.recordId }, entry.field, entry.previous)
  return entry
}

function shown(value: OurValue): string {
  if (isEmpty(value)) return '—'
  return Array.isArray(value) ? value.join(', ') : String(value)
}
