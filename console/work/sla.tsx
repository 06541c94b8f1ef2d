/** Policies: what is promised to whom. */
import { useQuery } from '@tanstack/react-query'
import { Timer } from 'lucide-react'
import { useMay } from '../api/session.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { EditableList } from '../ui/editable-list.tsx'
import { Empty } from '../ui/parts.tsx'
import { useSpan } from '../ui/time.ts'
import { PolicyEditor } from './policy-editor.tsx'
import type { Policy } from './policy-questions.ts'
import { policiesQuery } from './rule-questions.ts'

export function Sla() {
  const { sla: words, rules } = useWords()
  const { priority } = useText()
  const span = useSpan()
  const mayManage = useMay('sla.manage')
  const policies = useQuery(policiesQuery)
  const { data: teams } = useQuery(teamsQuery)
  const minutes = (n: number | null) => (n === null ? '—' : span(n * 60_000))
  const whom = (policy: Policy) =>
    [
      policy.priority && priority[policy.priority],
      policy.category && rules.categories[policy.category],
      teams?.items.find(({ id }) => id === policy.teamId)?.name,
    ]
      .filter(Boolean)
      .join(' · ') || words.everyone
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={policies}
      add={mayManage && words.add}
      opens={mayManage}
      empty={<Empty icon={<Timer />} title={words.none} lead={words.noneLead} />}
      columns={[
        { head: words.name, cell: row => row.name },
        { head: words.for, cell: whom, grows: true },
        { head: words.frt, cell: row => minutes(row.frtMinutes), isNumber: true },
        { head: words.nrt, cell: row => minutes(row.nrtMinutes), isNumber: true },
        { head: words.ttr, cell: row => minutes(row.ttrMinutes), isNumber: true },
        { head: words.target, cell: row => (row.targetPercent ? `${row.targetPercent} %` : '—'), isNumber: true },
      ]}
      editor={(policy, onClose) => <PolicyEditor policy={policy} onClose={onClose} />}
    />
  )
}
