/** What a rule would do, before it is switched on: past tickets are routed twice, without it and with it. */
import { compileRules, type RuleActions, type RuleConditions } from '../core/routing.ts'
import { configRows } from '../db/config-rows.ts'
import { loadInboxConfig } from '../db/inbox-config.ts'
import { crmRecordsOf, type PastTicket, pastTickets } from '../db/past-tickets.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { InboxContext } from './context.ts'
import { applyRules, type Opening } from './route-ticket.ts'

export type Draft = {
  /** The rule that it takes the place of; absent, it stands at `position`, else behind the others. */
  id?: string | undefined
  position?: number | undefined
  name: string
  conditions: RuleConditions
  actions: RuleActions
}

type Asked = Omit<RuleActions, 'continue'>

export type Trial = {
  tickets: number
  matched: number
  changed: number
  /** Those that it would match, newest first, 100 at most. */
  items: { ticketId: string; number: number; openedAt: Date; keyword: string | null; before: Asked; after: Asked }[]
}

const DRAFT = 'draft'
const SHOWN = 100

/** Contacts are taken as they are today. Nothing is written. */
export function tryRule(ctx: InboxContext, draft: Draft, since: Date, limit: number): Promise<Trial> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [config, rules, tickets] = await Promise.all([
      loadInboxConfig(tx, ctx.workspaceId),
      configRows(tx, 'routing_rules'),
      pastTickets(tx, since, limit),
    ])
    const records = await crmRecordsOf(tx, [...new Set(tickets.map(ticket => ticket.contactId))])
    const own = rules.find(rule => rule.id === draft.id)
    // Before whoever has its place now.
    const position = own?.position ?? (draft.position !== undefined ? draft.position - 0.5 : Number.MAX_SAFE_INTEGER)
    const { name, conditions, actions } = draft
    const others = config.rules.filter(rule => rule.id !== draft.id)
    const tried = compileRules([...others, { id: DRAFT, position, name, conditions, actions }])
    const trial: Trial = { tickets: tickets.length, matched: 0, changed: 0, items: [] }
    for (const ticket of tickets) {
      const opening = openingOf(ticket, records, ctx.now)
      const after = applyRules(config, tried, opening)
      const match = after.matches.find(({ rule }) => rule.id === DRAFT)
      if (!match) continue
      const before = applyRules(config, config.compiled, opening)
      trial.matched++
      if (JSON.stringify(sorted(before.actions)) !== JSON.stringify(sorted(after.actions))) trial.changed++
      if (trial.items.length < SHOWN) {
        const { id: ticketId, number, openedAt } = ticket
        const { keyword } = match
        trial.items.push({ ticketId, number, openedAt, keyword, before: before.actions, after: after.actions })
      }
    }
    return trial
  })
}

function sorted(actions: object): [string, unknown][] {
  return Object.entries(actions).sort(([a], [b]) => (a < b ? -1 : 1))
}

function openingOf(
  ticket: PastTicket,
  records: { contactId: string; connectionId: string; values: Record<string, unknown> }[],
  now: Date,
): Opening {
  const { name, phone, email, category, contactTags, text, content, at, channelId, contactId, isFirst } = ticket
  return {
    ...{ message: { text, content, at }, channelId, now, lastAgentId: isFirst ? undefined : null },
    contact: { name, phone, email, category, tags: contactTags },
    crm: records.filter(record => record.contactId === contactId),
  }
}
