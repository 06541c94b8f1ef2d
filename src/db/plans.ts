/** Plans, and the records of each. */
import type { Actor } from '../core/actor.ts'
import type { PlanAct, PlanItem, PlanRequest, PlanSummary } from '../core/plan.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type PlanRow = {
  id: string
  workspaceId: string
  connectionId: string
  request: PlanRequest
  summary: PlanSummary
  state: 'ready' | 'applied'
  madeBy: Actor
  madeAt: Date
  expiresAt: Date
  appliedBy: Actor | null
  appliedAt: Date | null
}

export type PlanItemRow = PlanItem & { id: string; workspaceId: string; planId: string }

export async function insertPlan(tx: Tx, plan: PlanRow, items: PlanItemRow[]): Promise<void> {
  await tx`insert into plans select * from jsonb_populate_recordset(null::plans, ${jsonRows(tx, [plan])})`
  if (items.length === 0) return
  await tx`insert into plan_items select * from jsonb_populate_recordset(null::plan_items, ${jsonRows(tx, items)})`
}

export async function planById(sql: Queryable, id: string): Promise<PlanRow | undefined> {
  const [row] = await sql<PlanRow[]>`select * from plans where id = ${id}`
  return row
}

/** For whoever applies it. */
export async function lockPlan(tx: Tx, id: string): Promise<PlanRow | undefined> {
  const [row] = await tx<PlanRow[]>`select * from plans where id = ${id} for update`
  return row
}

export function listPlans(
  sql: Queryable,
  connectionId: string | null,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<PlanRow[]>`
    select * from plans where true ${connectionId ? sql`and connection_id = ${connectionId}` : sql``}
      ${page.after ? sql`and (made_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by made_at desc, id desc limit ${page.limit}`
}

/** In the order of their ids, which is the order in which they were planned. */
export function planItems(
  sql: Queryable,
  planId: string,
  { act, after, limit }: { act?: PlanAct | undefined; after?: string | undefined; limit: number },
) {
  return sql<PlanItemRow[]>`
    select * from plan_items where plan_id = ${planId} ${act ? sql`and act = ${act}` : sql``}
      ${after ? sql`and id > ${after}` : sql``} order by id limit ${limit}`
}

export function markApplied(tx: Tx, id: string, by: Actor, now: Date) {
  return tx`
    update plans set state = 'applied', applied_by = ${tx.json(by as never)}, applied_at = ${now} where id = ${id}`
}
