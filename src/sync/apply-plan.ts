/** Carries out what a plan told, and nothing else: where the world has moved since, it says what, and nothing is done. */
import type { Actor } from '../core/actor.ts'
import { syncKinds } from '../core/backfill.ts'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { writeAudit } from '../db/audit.ts'
import { setConnectionState } from '../db/connections.ts'
import { pendingOfSource } from '../db/deliveries.ts'
import { makeDue, queueOutbox } from '../db/outbox.ts'
import { lockPlan, markApplied, type PlanItemRow, type PlanRow, planById, planItems } from '../db/plans.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'
import { addParents, fingerprintOf, openFor, pieces, rowsOf } from './plan.ts'
import { type Prepared, preparePush } from './prepare-push.ts'

/** Items read and compared at once. */
const SLICE = 500

/** How many of the records that have moved are named. */
const NAMED = 5

/**
 * Its records go out by the ordinary flush. A connection that a person has paused is resumed by it. Throws `not found`,
 * `plan over`, `plan applied`, `plan moved` or `connection stopped`.
 */
export async function applyPlan(ctx: SyncContext, planId: string, actor: Actor): Promise<PlanRow> {
  const plan = await inWorkspace(ctx.db, ctx.workspaceId, tx => planById(tx, planId))
  if (!plan) throw new AppError('not found', { what: 'plan' })
  refuseStale(plan, ctx.now)
  if (plan.request.of === 'mapping') {
    throw invalidInput('id', 'is the plan of a mapping: apply the draft of the mapping instead')
  }
  const connection = await openFor(ctx, plan.connectionId, plan.request)
  await refuseUnheard(ctx, connection)
  const items = await allItems(ctx, planId)
  const moved = await whatMoved(ctx, connection, plan, items)
  if (moved.length > 0) {
    throw new AppError('plan moved', { count: String(moved.length), what: moved.slice(0, NAMED).join(', ') })
  }
  const { connectionId } = plan
  const { db, workspaceId, now } = ctx
  const records = items.filter(item => item.act === 'create' || item.act === 'update')
  await inWorkspace(db, workspaceId, async tx => {
    const locked = await lockPlan(tx, planId)
    if (locked) refuseStale(locked, now)
    if (plan.request.of === 'outbox') await makeDue(tx, connectionId, records, now)
    else await queueOutbox(tx, workspaceId, connectionId, records, 'backfill', now)
    if (connection.row.state === 'paused') await setConnectionState(tx, connectionId, 'active', null)
    await markApplied(tx, planId, actor, now)
    await writeAudit(tx, { ...ctx, actor }, newId(), {
      ...{ action: 'plan applied', subjectKind: 'connection', subjectId: connectionId },
      data: { planId, records: records.length, resumed: connection.row.state === 'paused' },
    })
  })
  await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId, connectionId } }])
  return { ...plan, state: 'applied', appliedAt: now, appliedBy: actor }
}

function refuseStale({ state, expiresAt }: PlanRow, now: Date) {
  if (state === 'applied') throw new AppError('plan applied')
  if (expiresAt <= now) throw new AppError('plan over')
}

/** What they said during a pause is heard at its end, before anything of ours is told. */
async function refuseUnheard(ctx: SyncContext, { row }: OpenConnection) {
  if (row.state !== 'paused') return
  const unheard = await inWorkspace(ctx.db, ctx.workspaceId, tx => pendingOfSource(tx, `${row.connector}:${row.id}`, 1))
  if (unheard.length > 0) {
    throw new AppError('connection stopped', { reason: 'changes to hear' })
  }
}

async function allItems(ctx: SyncContext, planId: string): Promise<PlanItemRow[]> {
  const items: PlanItemRow[] = []
  for (;;) {
    const after = items.at(-1)?.id
    const page = await inWorkspace(ctx.db, ctx.workspaceId, tx => planItems(tx, planId, { after, limit: SLICE }))
    items.push(...page)
    if (page.length < SLICE) return items
  }
}

/** Records that would be written otherwise than the plan says, by kind and id; and those that it does not know. */
async function whatMoved(ctx: SyncContext, connection: OpenConnection, plan: PlanRow, items: PlanItemRow[]) {
  const { rows } = await inWorkspace(ctx.db, ctx.workspaceId, tx => rowsOf(tx, plan.connectionId, plan.request))
  await addParents(ctx, connection, rows)
  const told = items.filter(item => item.act !== 'conflict')
  const planned = new Map(told.map(item => [`${item.kind} ${item.recordId}`, item]))
  const moved: string[] = []
  for (const kind of syncKinds) {
    const asked = new Set(rows[kind].map(row => row.recordId))
    const gone = told.filter(item => item.kind === kind && item.act !== 'skip' && !asked.has(item.recordId))
    moved.push(...gone.map(({ recordId }) => `${kind} ${recordId}`))
    for (const part of pieces(rows[kind], SLICE)) {
      const prepared = await inWorkspace(ctx.db, ctx.workspaceId, tx => preparePush(tx, connection, kind, part))
      for (const { recordId, fingerprint } of await facts(prepared)) {
        const item = planned.get(`${kind} ${recordId}`)
        const same = item && (item.act === 'skip' || fingerprint === null || item.fingerprint === fingerprint)
        if (!same) moved.push(`${kind} ${recordId}`)
      }
      // To be written then, and nothing to be said of it now.
      for (const { recordId } of prepared.done) {
        const item = planned.get(`${kind} ${recordId}`)
        if (item && item.act !== 'skip') moved.push(`${kind} ${recordId}`)
      }
    }
  }
  return moved
}

/** A fingerprint is null where the record waits for its parent, which the plan writes before it. */
async function facts({ ready, waiting }: Prepared<{ recordId: string }>) {
  const made = await Promise.all(
    ready.map(async each => ({ recordId: each.item.recordId, fingerprint: await fingerprintOf(each) })),
  )
  return [...made, ...waiting.map(({ row }) => ({ recordId: row.recordId, fingerprint: null }))]
}
