/** Messages whose month was put aside meanwhile: what becomes of them is told where they lie now. */
import type { PushResult } from '../contract.ts'
import { LostTab, readTabs, type Tab } from './grid.ts'
import { type Plan, type Pushed, planPush, wantedFor } from './plan-push.ts'
import { archiveId } from './rotate.ts'
import type { SheetsContext, TabName } from './settings.ts'

export type ArchivedPlan = Omit<Plan, 'away'> & { tabs: Map<TabName, Tab> }

/** By their month, a call for each. What was said this month, or lies where nobody knows, was taken out by a person and needs nothing. */
export async function planArchived(ctx: SheetsContext, away: Pushed[], thisMonth: string): Promise<ArchivedPlan[]> {
  const months = Map.groupBy(away, ({ item }) => item.values.at?.slice(0, 7) ?? thisMonth)
  const plans: ArchivedPlan[] = []
  for (const [month, pushed] of months) {
    const tabs = month === thisMonth ? null : await readArchive(ctx, month, pushed)
    const plan: Plan = tabs ? planPush(tabs, pushed) : { writes: [], results: [], away: pushed }
    const results = [...plan.results, ...plan.away.map(({ kind, item }) => ({ kind, result: asItWas(item) }))]
    plans.push({ tabs: tabs ?? new Map(), writes: plan.writes, results })
  }
  return plans
}

function asItWas({ recordId, remoteId }: Pushed['item']): PushResult {
  return { recordId, kind: 'stored', remoteId: remoteId ?? recordId, version: null }
}

/** Null where there is none of that month. */
async function readArchive(ctx: SheetsContext, month: string, pushed: Pushed[]): Promise<Map<TabName, Tab> | null> {
  const tabs = { ...ctx.settings.tabs, message: archiveId(month) }
  try {
    return await readTabs({ ...ctx, settings: { ...ctx.settings, tabs } }, wantedFor(pushed))
  } catch (error) {
    if (error instanceof LostTab) return null
    throw error
  }
}
