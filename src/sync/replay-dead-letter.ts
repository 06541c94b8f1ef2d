/** Takes up a dead letter again: a webhook body is read once more, a push goes back to the outbox. */
import { AppError } from '../core/errors.ts'
import { type DeadLetterRow, deadLetterById, reopenDelivery, takeDeadLetter } from '../db/ledger-views.ts'
import { type OutboxKind, tellAgain } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { processDeliveries, WHATSAPP } from '../inbox/process-deliveries.ts'
import type { SyncContext } from './context.ts'
import { tellDependents } from './record-results.ts'

/**
 * Throws `not found`, or `nothing to replay` for one that was replayed. What fails again is a dead letter again. Returns
 * the letter as it is afterwards.
 */
export async function replayDeadLetter(ctx: SyncContext, id: string): Promise<DeadLetterRow> {
  const letter = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const taken = await takeDeadLetter(tx, id, ctx.now)
    if (taken) return taken
    throw new AppError((await deadLetterById(tx, id)) ? 'nothing to replay' : 'not found', { what: 'dead letter' })
  })
  if (letter.kind === 'push') await replayPush(ctx, letter)
  else await replayDelivery(ctx, letter)
  return (await inWorkspace(ctx.db, ctx.workspaceId, tx => deadLetterById(tx, id))) ?? letter
}

async function replayDelivery(ctx: SyncContext, letter: DeadLetterRow) {
  const delivery = await reopenDelivery(ctx.db, letter.id, ctx.workspaceId)
  if (!delivery) throw new AppError('not found', { what: 'delivery' })
  if (delivery.source.startsWith(WHATSAPP)) {
    await processDeliveries({ db: ctx.db, now: ctx.now, emit: ctx.emit }, [delivery])
    return
  }
  const connectionId = delivery.source.slice(delivery.source.indexOf(':') + 1)
  await ctx.emit([{ name: 'sync/delivery.received', data: { workspaceId: ctx.workspaceId, connectionId } }])
}

/** What was refused because of this record is told again with it. */
async function replayPush(ctx: SyncContext, letter: DeadLetterRow) {
  const { connectionId, kind, recordId } = letter.item as { connectionId: string; kind: OutboxKind; recordId: string }
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await tellAgain(tx, ctx.workspaceId, connectionId, [{ kind, recordId }], ctx.now)
    if (kind !== 'message') await tellDependents(tx, ctx, connectionId, kind, [recordId])
  })
  await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId: ctx.workspaceId, connectionId } }])
}
