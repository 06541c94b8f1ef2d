/** Which team, agent and priority a new ticket gets, and why. Rules are tried in order; the first that holds decides. */
import { z } from 'zod'
import { priorities } from './ticket.ts'

export const ruleConditions = z.object({
  /** Any of these words or phrases, whole, whatever their case and accents. */
  keywords: z.array(z.string().min(1)).optional(),
  /** Only inside (true) or outside (false) the workspace's business hours. */
  inBusinessHours: z.boolean().optional(),
  category: z.enum(['standard', 'vip']).optional(),
  channelId: z.uuid().optional(),
})
export type RuleConditions = z.infer<typeof ruleConditions>

export const ruleActions = z.object({
  teamId: z.uuid().optional(),
  agentId: z.uuid().optional(),
  priority: z.enum(priorities).optional(),
  tags: z.array(z.string()).optional(),
})
export type RuleActions = z.infer<typeof ruleActions>

export type RoutingRule = {
  id: string
  position: number
  name: string
  conditions: RuleConditions
  actions: RuleActions
}

export type RoutingFacts = { text: string; inBusinessHours: boolean; category: string; channelId: string }

export type RuleMatch = { rule: RoutingRule; keyword: string | null }

/** Why a ticket has its owner; kept with the ticket. */
export type AssignmentReason =
  | {
      kind: 'rule'
      ruleId: string
      position: number
      rule: string
      keyword: string | null
      team: string | null
      strategy: Strategy | null
    }
  | { kind: 'default team'; team: string; strategy: Strategy }
  | { kind: 'nobody available'; team: string | null }
  | { kind: 'by hand'; by: string }

export type Strategy = 'round robin' | 'named agent'

export function firstMatch(rules: RoutingRule[], facts: RoutingFacts): RuleMatch | null {
  const text = ` ${plain(facts.text)} `
  for (const rule of rules) {
    const { keywords, inBusinessHours, category, channelId } = rule.conditions
    if (inBusinessHours !== undefined && inBusinessHours !== facts.inBusinessHours) continue
    if (category && category !== facts.category) continue
    if (channelId && channelId !== facts.channelId) continue
    if (!keywords?.length) return { rule, keyword: null }
    const keyword = keywords.find(word => plain(word) !== '' && text.includes(` ${plain(word)} `))
    if (keyword) return { rule, keyword }
  }
  return null
}

/** Lower case, no accents, words apart by one space: "¿DEVOLUCIÓN?" and "devolucion" are the same. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

export type Candidate = { id: string; name: string; available: boolean; lastAssignedAt: Date | null }

/** Round robin: the available member who has waited longest; ties by id, so that the answer is the same everywhere. */
export function nextAgent(members: Candidate[]): Candidate | null {
  const free = members.filter(member => member.available)
  free.sort((a, b) => (a.lastAssignedAt?.getTime() ?? 0) - (b.lastAssignedAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1))
  return free[0] ?? null
}
