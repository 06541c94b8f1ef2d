import { mayMerge } from '../core/contact-merge.ts'
import { AppError } from '../core/errors.ts'
import type { SuggestionRow } from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import { dismissSuggestionRow, lockSuggestion } from '../db/merge-suggestions.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'

/**
 * They are two people: the pair is not suggested again. Twice is once. Throws `missing permission`, `not found`, and `already decided`
 * where they were merged.
 */
export async function dismissSuggestion(ctx: InboxContext, id: string): Promise<SuggestionRow> {
  if (!mayMerge(ctx.actor)) throw new AppError('missing permission', { permission: 'contacts.merge' })
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const known = await lockSuggestion(tx, id)
    if (!known) throw new AppError('not found', { what: 'merge suggestion' })
    if (known.state === 'dismissed') return known
    if (known.state === 'merged') throw new AppError('already decided', { state: known.state })
    const data = { contacts: [known.contactA, known.contactB] }
    await Promise.all([
      dismissSuggestionRow(tx, id, ctx.now, ctx.actor),
      writeAudit(tx, ctx, newId(), {
        ...{ action: 'merge suggestion dismissed', subjectKind: 'merge suggestion', subjectId: id, data },
        ...{ before: { state: known.state }, after: { state: 'dismissed' } },
      }),
    ])
    return { ...known, state: 'dismissed', decidedAt: ctx.now, decidedBy: ctx.actor }
  })
}
