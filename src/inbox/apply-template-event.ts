/** What Meta tells of templates by webhook: review, pauses, quality, categories. Any order; the newest state stays. */
import { canBeSent, type TemplateEvent } from '../core/template.ts'
import type { Tx } from '../db/client.ts'
import { lockTemplate, type TemplateRow, updateTemplate } from '../db/templates.ts'

/**
 * `at`: when Meta says it happened. `stale`: the template is not known here, or says something else now; whoever calls
 * emits `inbox/templates.stale` after the commit.
 */
export async function applyTemplateEvent(
  tx: Tx,
  { now }: { now: Date },
  { wabaId, event, at }: { wabaId: string; event: TemplateEvent; at: Date },
): Promise<'applied' | 'stale'> {
  const known = await lockTemplate(tx, wabaId, event)
  if (!known) return event.kind === 'status' && event.status === 'deleted' ? 'applied' : 'stale'
  await updateTemplate(tx, { ...known, ...changeOf(known, event, at), updatedAt: now })
  return event.kind === 'content' ? 'stale' : 'applied'
}

function changeOf(known: TemplateRow, event: TemplateEvent, at: Date): Partial<TemplateRow> {
  switch (event.kind) {
    case 'status': {
      if (known.statusAt > at) return {}
      const { status, reason } = event
      const deletedAt = status === 'deleted' ? at : null
      return { status, statusAt: at, rejectionReason: canBeSent(status) ? null : reason, deletedAt }
    }
    case 'quality':
      return { quality: event.quality }
    case 'category':
      return {
        category: event.category ?? known.category,
        upcomingCategory: event.upcoming,
        upcomingCategoryAt: event.upcomingAt,
      }
    case 'content':
      return {}
  }
}
