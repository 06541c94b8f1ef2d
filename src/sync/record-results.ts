/** What becomes of each item of a push. Here alone it is decided what is tried again, and when. */
import type { ObjectKind, PushItem, PushResult } from '../connectors/contract.ts'
import type { Failure } from '../core/failure.ts'
import { feedLimiter, insertAttempts, setConnectionState } from '../db/connections.ts'
import { storeDeadLetter } from '../db/deliveries.ts'
import { clearPushing, forgetLinks, saveAgreed } from '../db/links.ts'
import { clearOutbox, type OutboxRow, postponeOutbox } from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

/** Tries after which a record that keeps failing becomes a dead letter. */
const MAX_ATTEMPTS = 12

/** 5 s, 10 s, 20 s … at most half an hour. */
export function backoffMs(attempts: number): number {
  return Math.min(5_000 * 2 ** attempts, 1_800_000)
}

type Pushed = { row: OutboxRow; item: PushItem }

/** Returns the failure that stops the whole connection, if there was one. */
export async function recordResults(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: ObjectKind,
  pushed: Pushed[],
  results: PushResult[],
): Promise<Failure | null> {
  const byRecord = new Map(results.map(result => [result.recordId, result]))
  const stored: { pushed: Pushed; remoteId: string; version: string | null }[] = []
  const failed: { pushed: Pushed; failure: Failure }[] = []
  for (const each of pushed) {
    const result = byRecord.get(each.item.recordId)
    if (result?.kind === 'stored') stored.push({ pushed: each, remoteId: result.remoteId, version: result.version })
    else
      failed.push({ pushed: each, failure: result?.failure ?? { kind: 'ambiguous', message: 'No result was given' } })
  }
  const { id } = connection.row
  const calls = connection.takeCalls()
  const plan = planFailures(ctx.now, failed)
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const agreed = stored.map(({ pushed: { item }, remoteId, version }) => {
      const base = Object.fromEntries(item.changed.map(field => [field, item.values[field] ?? null]))
      return { recordId: item.recordId, remoteId, base, remoteVersion: version }
    })
    await Promise.all([
      calls.length > 0 ? insertAttempts(tx, calls) : null,
      agreed.length > 0 ? saveAgreed(tx, id, kind, agreed, ctx.now) : null,
      clearOutbox(tx, [...stored.map(each => each.pushed.row), ...plan.buried.map(each => each.pushed.row)]),
      plan.unsaid.length > 0 ? clearPushing(tx, id, kind, plan.unsaid) : null,
      plan.gone.length > 0 ? forgetLinks(tx, id, kind, plan.gone) : null,
      plan.postponed.length > 0 ? postponeOutbox(tx, plan.postponed) : null,
      plan.quietUntil ? feedLimiter(tx, id, { max: null, intervalMs: null, blockedUntil: plan.quietUntil }) : null,
      plan.stop ? setConnectionState(tx, id, 'unauthorized', plan.stop.message) : null,
      ...plan.buried.map(({ pushed: { item }, failure }) => {
        const place = `${id} ${kind} ${item.recordId}`
        const facts = { connectionId: id, kind, recordId: item.recordId, values: item.values, failure }
        const letter = { id: newId(), workspaceId: ctx.workspaceId, kind: 'push' as const, deliveryId: null, place }
        return storeDeadLetter(tx, { ...letter, cause: failure.message, item: facts }, ctx.now)
      }),
    ])
  })
  return plan.stop
}

function planFailures(now: Date, failed: { pushed: Pushed; failure: Failure }[]) {
  const plan = {
    postponed: [] as { id: string; availableAt: Date; failure: Failure }[],
    buried: [] as { pushed: Pushed; failure: Failure }[],
    /** Records of which certainly nothing was stored by this push. */
    unsaid: [] as string[],
    gone: [] as string[],
    quietUntil: null as Date | null,
    stop: null as Failure | null,
  }
  for (const { pushed, failure } of failed) {
    const { row, item } = pushed
    const later = (ms: number) => {
      if (row.attempts + 1 >= MAX_ATTEMPTS) plan.buried.push({ pushed, failure })
      else plan.postponed.push({ id: row.id, availableAt: new Date(now.getTime() + ms), failure })
    }
    // What an earlier push may have stored stays uncertain, whatever this one says.
    if (failure.kind !== 'ambiguous' && !item.uncertain) plan.unsaid.push(item.recordId)
    switch (failure.kind) {
      case 'retry after': {
        const ms = Math.max(failure.afterMs, 1)
        if (failure.status === 429) plan.quietUntil = new Date(now.getTime() + ms)
        later(ms)
        break
      }
      case 'ambiguous':
        later(backoffMs(row.attempts))
        break
      case 'rejected':
        plan.buried.push({ pushed, failure })
        break
      case 'gone':
        plan.gone.push(item.recordId)
        later(0)
        break
      case 'unauthorized':
        plan.stop = failure
        break
    }
  }
  return plan
}
