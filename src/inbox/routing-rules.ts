/** Routing rules: their order is the order in which they are tried. */
import { invalidInput } from '../core/invalid-input.ts'
import type { RuleActions, RuleConditions } from '../core/routing.ts'
import { writeAudit } from '../db/audit.ts'
import { type ConfigRows, configRows, lockConfig, type RuleRow, updateConfigRow } from '../db/config-rows.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type Beside, changeConfig, makeConfig, removeConfig } from './change-config.ts'
import { type InboxContext, newId } from './context.ts'

export type RuleInput = { name: string; enabled: boolean; conditions: RuleConditions; actions: RuleActions }

/** What somebody works with has an end: 2,000 rules are looked through in about a millisecond. */
const MOST = 2_000

/** Behind the others. Throws `not found` for what it names and the workspace has not. */
export function makeRule(ctx: InboxContext, input: RuleInput): Promise<RuleRow> {
  return makeConfig(
    ctx,
    'routing_rules',
    async tx => {
      const rules = await configRows(tx, 'routing_rules')
      if (rules.length >= MOST) throw invalidInput('rules', '{most} rules are the most', { most: String(MOST) })
      return { ...input, position: (rules.at(-1)?.position ?? 0) + 1, hits: 0, lastHitAt: null }
    },
    names,
  )
}

export function changeRule(ctx: InboxContext, id: string, change: Partial<RuleInput>): Promise<RuleRow> {
  return changeConfig(ctx, 'routing_rules', id, () => given(change), names)
}

export function removeRule(ctx: InboxContext, id: string): Promise<RuleRow> {
  return removeConfig(ctx, 'routing_rules', id)
}

/** All rules, each once, in their new order. Throws `invalid input` for any other list. */
export function orderRules(ctx: InboxContext, ids: string[]): Promise<RuleRow[]> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockConfig(tx)
    const rules = [...(await configRows(tx, 'routing_rules'))]
    const places = new Map(ids.map((id, nth) => [id, nth + 1]))
    if (places.size !== ids.length || ids.length !== rules.length || !rules.every(rule => places.has(rule.id))) {
      throw invalidInput('ids', 'must name every rule once')
    }
    for (const rule of rules) {
      const position = places.get(rule.id) ?? rule.position
      if (position !== rule.position) await updateConfigRow(tx, 'routing_rules', rule.id, { position })
    }
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'rules ordered', subjectKind: 'workspace', subjectId: ctx.workspaceId },
      ...{ before: { ids: rules.map(rule => rule.id) }, after: { ids } },
    })
    return [...(await configRows(tx, 'routing_rules'))]
  })
}

/** Everything that the conditions and actions name. */
const names: Beside<'routing_rules'> = {
  names: ({ conditions, actions }: ConfigRows['routing_rules']) => {
    const all = flat(conditions)
    return {
      team: [actions.teamId],
      agent: [actions.agentId],
      policy: [actions.slaPolicyId],
      channel: all.flatMap(each => [each.channelId, ...(each.channelIds ?? [])]),
      calendar: all.map(each => each.hours?.calendarId),
      connection: all.map(each => each.crm?.connectionId),
    }
  },
}

type Group = Omit<RuleConditions, 'any' | 'all' | 'not'> & { any?: Group[]; all?: Group[]; not?: Group[] }

function flat(conditions: RuleConditions): Group[] {
  const walk = (group: Group): Group[] => [
    group,
    ...[...(group.any ?? []), ...(group.all ?? []), ...(group.not ?? [])].flatMap(walk),
  ]
  return walk(conditions as Group)
}

function given<T extends object>(change: T): T {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T
}
