/** Afterwards, people say why a deadline was missed. */
import type { BreachCause } from '../core/breach.ts'
import { changesOf } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import { type BreachView, breachBy, deleteCause, saveCause } from '../db/sla-views.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'

/** Null takes the explanation back. Throws `not found` for a clock that was not breached, or is out of sight. */
export function explainBreach(
  ctx: InboxContext,
  clockId: string,
  said: { cause: BreachCause; note: string } | null,
): Promise<BreachView> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const breach = await breachBy(tx, ctx.sees, clockId)
    if (!breach) throw new AppError('not found', { what: 'breach' })
    const { workspaceId, actor, now: at } = ctx
    if (said) await saveCause(tx, { clockId, workspaceId, ...said, actor, at })
    else await deleteCause(tx, clockId)
    const after = { cause: said?.cause ?? null, note: said?.note ?? null }
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'breach explained', subjectKind: 'ticket', subjectId: breach.ticketId },
      ...{ data: { clockId }, ...changesOf({ cause: breach.cause, note: breach.note }, after) },
    })
    return { ...breach, ...after, causeActor: said ? actor : null, causeAt: said ? at : null }
  })
}
