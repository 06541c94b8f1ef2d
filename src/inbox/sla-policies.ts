/** SLA policies. A change takes effect on open tickets too, in slices; what it will move can be seen before. */
import type { EscalationStep } from '../core/escalation.ts'
import type { WholePolicy } from '../core/sla.ts'
import { configRows, type PolicyRow, usesOfPolicy } from '../db/config-rows.ts'
import { type Beside, changeConfig, makeConfig, removeConfig } from './change-config.ts'
import type { InboxContext } from './context.ts'
import { type Preview, previewSla, requestRecompute, wakeRecompute } from './recompute-sla.ts'

export type PolicyInput = Omit<PolicyRow, 'id' | 'workspaceId' | 'position'>

/** Behind the others of equal scope. Throws `not found` for what it names and the workspace has not. */
export async function makePolicy(ctx: InboxContext, input: PolicyInput): Promise<PolicyRow> {
  const values = async (tx: Parameters<typeof configRows>[0]) => {
    const last = (await configRows(tx, 'sla_policies')).at(-1)
    return { ...input, position: (last?.position ?? 0) + 1 }
  }
  const row = await makeConfig(ctx, 'sla_policies', values, beside(ctx))
  await wakeRecompute(ctx)
  return row
}

export async function changePolicy(ctx: InboxContext, id: string, change: Partial<PolicyInput>): Promise<PolicyRow> {
  const row = await changeConfig(ctx, 'sla_policies', id, () => given(change), beside(ctx))
  await wakeRecompute(ctx)
  return row
}

/** Throws `in use` by rules that name it. Tickets that had it get the policy that is for them without it. */
export async function removePolicy(ctx: InboxContext, id: string): Promise<PolicyRow> {
  const row = await removeConfig(ctx, 'sla_policies', id, {
    uses: tx => usesOfPolicy(tx, id),
    with: tx => requestRecompute(tx, ctx),
  })
  await wakeRecompute(ctx)
  return row
}

/** What a new policy, or this one changed, would move. */
export function previewPolicy(ctx: InboxContext, id: string | null, change: Partial<PolicyInput>): Promise<Preview> {
  return previewSla(ctx, config => {
    const known = config.policies.find(policy => policy.id === id)
    const position = known?.position ?? (config.policies.at(-1)?.position ?? 0) + 1
    const policy = { ...NOTHING, ...known, ...given(change), id: known?.id ?? DRAFT, position }
    return { ...config, policies: [...config.policies.filter(each => each !== known), policy] }
  })
}

const DRAFT = '00000000-0000-7000-8000-000000000000'

const NOTHING: Omit<WholePolicy, 'id'> = {
  ...{ name: '', frtMinutes: null, nrtMinutes: null, ttrMinutes: null, pauseWhileWaiting: true, warnAt: 0.8 },
  ...{ priority: null, category: null, teamId: null, channelId: null, businessHoursId: null },
  ...{ targetPercent: null, escalation: [] },
}

function beside(ctx: InboxContext): Beside<'sla_policies'> {
  return {
    names: ({ teamId, channelId, businessHoursId, escalation }) => ({
      team: [teamId, ...escalation.map((step: EscalationStep) => step.teamId)],
      channel: [channelId],
      calendar: [businessHoursId],
      agent: escalation.flatMap((step: EscalationStep) => step.notifyAgentIds),
    }),
    with: tx => requestRecompute(tx, ctx),
  }
}

function given<T extends object>(change: T): T {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T
}
