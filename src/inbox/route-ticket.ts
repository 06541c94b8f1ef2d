/** What the rules, the teams and the policies make of a new ticket. No I/O: the same for live messages and for trials of a rule. */
import {
  type AgentFacts,
  type AssignmentReason,
  type Choice,
  chooseOwner,
  crmOwner,
  ticketWeight,
  type Wanted,
} from '../core/assignment.ts'
import { isOpen } from '../core/business-hours.ts'
import { languageOfNumber, languageOfText } from '../core/language.ts'
import { type CompiledRules, type Routed, type RoutingFacts, type RuleMatch, route } from '../core/routing.ts'
import { policyFor } from '../core/sla.ts'
import type { Priority } from '../core/ticket.ts'
import type { ContactRow } from '../db/arrivals.ts'
import type { InboxConfig } from '../db/inbox-config.ts'

export type Opening = {
  message: { text: string; at: Date; content: Record<string, unknown> | null }
  contact: Pick<ContactRow, 'name' | 'phone' | 'email' | 'category' | 'tags'>
  channelId: string
  /** Whoever had the conversation's last ticket; undefined for the first. */
  lastAgentId: string | null | undefined
  /** Of the customer's records in CRMs. */
  crm: { connectionId: string; values: Record<string, unknown> }[]
  now: Date
}

export type RoutedTicket = {
  priority: Priority
  tags: string[]
  skills: string[] | null
  slaPolicyId: string | null
  ownerId: string | null
  teamId: string | null
  reason: AssignmentReason
  agent: AgentFacts | null
  matches: RuleMatch[]
}

export function routeTicket(config: InboxConfig, opening: Opening): RoutedTicket {
  const { contact, channelId, message, now } = opening
  const { matches, actions } = applyRules(config, config.compiled, opening)
  const priority = actions.priority ?? ownPriority(contact)
  const choice = chooseOwner(config, {
    ...{ teamId: actions.teamId, agentId: actions.agentId, skills: actions.skills, priority, at: message.at, now },
    ...stickiness(config, opening),
  })
  const { teamId } = choice
  const pinned = config.policies.find(policy => policy.id === actions.slaPolicyId)
  const policy = pinned ?? policyFor(config.policies, { priority, category: contact.category, teamId, channelId })
  return {
    ...{ priority, matches, teamId, agent: choice.agent, ownerId: choice.agent?.id ?? null },
    tags: [...new Set([...contact.tags, ...(actions.tags ?? [])])],
    skills: actions.skills ?? null,
    slaPolicyId: policy?.id ?? null,
    reason: reasonOf(matches, choice),
  }
}

export function applyRules(config: InboxConfig, rules: CompiledRules, opening: Opening): Routed {
  return route(rules, factsOf(config, opening))
}

function factsOf(config: InboxConfig, { message, contact, channelId, lastAgentId, crm }: Opening): RoutingFacts {
  const open = config.calendars.filter(({ calendar }) => isOpen(calendar, message.at))
  const main = config.calendars.find(row => row.isDefault)
  return {
    ...{ text: message.text, channelId, crm, contact, category: contact.category, tags: contact.tags },
    inBusinessHours: !main || open.includes(main),
    openCalendars: new Set(open.map(({ id }) => id)),
    priority: ownPriority(contact),
    language: languageOfText(message.text) ?? languageOfNumber(contact.phone),
    ad: adOf(message.content),
    firstContact: lastAgentId === undefined,
  }
}

function ownPriority(contact: Pick<ContactRow, 'category'>): Priority {
  return contact.category === 'vip' ? 'high' : 'normal'
}

function adOf(content: Record<string, unknown> | null): RoutingFacts['ad'] {
  const referral = content?.referral as Record<string, unknown> | undefined
  if (!referral || typeof referral !== 'object') return null
  const text = (key: string) => (typeof referral[key] === 'string' ? (referral[key] as string) : null)
  return {
    sourceType: text('source_type'),
    sourceId: text('source_id'),
    text: [text('headline'), text('body')].filter(Boolean).join(' '),
  }
}

function stickiness(config: InboxConfig, { lastAgentId, crm }: Opening): Pick<Wanted, 'lastAgentId' | 'crmOwnerEmail'> {
  return { lastAgentId: lastAgentId ?? null, crmOwnerEmail: crm.length > 0 ? crmOwner(crm, config.agents) : null }
}

/** The reason names the rule that chose team or agent; where none did, the first that held. */
function reasonOf(matches: RuleMatch[], { agent, placement }: Choice): AssignmentReason {
  const match = matches.find(({ rule }) => rule.actions.teamId || rule.actions.agentId) ?? matches[0]
  if (match) {
    const { id, position, name } = match.rule
    return { kind: 'rule', ruleId: id, position, rule: name, keyword: match.keyword, ...placement }
  }
  return agent ? { kind: 'default team', ...placement } : { kind: 'nobody available', ...placement }
}

/** From here on the agent has one ticket more, or the team's queue is longer: several of one moment see each other. */
export function countIn(config: InboxConfig, choice: Pick<RoutedTicket, 'agent' | 'teamId' | 'priority'>, at: Date) {
  const { agent, teamId, priority } = choice
  if (agent) {
    agent.lastAssignedAt = at
    if (agent.load !== null) agent.load += ticketWeight({ state: 'open', priority })
  } else if (teamId && config.waiting) {
    config.waiting.set(teamId, (config.waiting.get(teamId) ?? 0) + 1)
  }
}
