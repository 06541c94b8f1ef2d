/** What a rule asks for and does, in a line. */
import { useQuery } from '@tanstack/react-query'
import { agentsQuery, teamsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import type { Actions, Conditions } from './rule-questions.ts'

export function useSummary({ conditions, actions }: { conditions: Conditions; actions: Actions }): string {
  const { rules: words } = useWords()
  const doing = useActionWords()
  const { keywords = [], allKeywords = [], inBusinessHours, languages = [], tags = [], category } = conditions
  const groups = [conditions.any, conditions.all, conditions.not].flatMap(each => each ?? []).length
  const said = [
    [...keywords, ...allKeywords].map(word => `«${word}»`).join(', '),
    inBusinessHours === undefined ? '' : inBusinessHours ? words.hoursIn : words.hoursOut,
    languages.join(', '),
    tags.map(tag => `#${tag}`).join(' '),
    category ? words.categories[category] : '',
    conditions.ad ? words.ad : '',
    conditions.crm ? `${words.crmField}: ${conditions.crm.field}` : '',
    groups > 0 ? words.groups(groups) : '',
  ].filter(Boolean)
  return `${said.join(' · ') || words.any} → ${doing(actions)}`
}

/** A hook that gives words for what rules do: `Facturación · Alta · #pago`. */
export function useActionWords(): (actions: Omit<Actions, 'continue'>) => string {
  const { priority: priorities } = useText()
  const { rules: words } = useWords()
  const { data: teams } = useQuery(teamsQuery)
  const { data: agents } = useQuery(agentsQuery)
  return ({ teamId, agentId, priority, tags = [], skills = [] }) =>
    [
      teams?.items.find(({ id }) => id === teamId)?.name,
      agents?.items.find(({ id }) => id === agentId)?.name,
      priority && priorities[priority],
      ...tags.map(tag => `#${tag}`),
      ...skills,
    ]
      .filter(Boolean)
      .join(' · ') || words.unchanged
}
