/** Policies: what is promised to whom. */
import { useQuery } from '@tanstack/react-query'
import { Plus, Timer } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../api/session.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Button } from '../ui/button.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Empty } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
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
  const [edited, setEdited] = useState<Policy | 'new' | null>(null)
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
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        mayManage && (
          <Button look="accent" onClick={() => setEdited('new')}>
            <Plus className="size-4" /> {words.add}
          </Button>
        )
      }
    >
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={policies}>
          {({ items }) => (
            <Table
              label={words.title}
              rows={items}
              keyOf={row => row.id}
              {...(mayManage ? { onOpen: setEdited } : {})}
              empty={<Empty icon={<Timer />} title={words.none} lead={words.noneLead} />}
              columns={[
                { head: words.name, cell: row => row.name },
                { head: words.for, cell: whom, grows: true },
                { head: words.frt, cell: row => minutes(row.frtMinutes), isNumber: true },
                { head: words.nrt, cell: row => minutes(row.nrtMinutes), isNumber: true },
                { head: words.ttr, cell: row => minutes(row.ttrMinutes), isNumber: true },
                {
                  head: words.target,
                  cell: row => (row.targetPercent ? `${row.targetPercent} %` : '—'),
                  isNumber: true,
                },
              ]}
            />
          )}
        </Loaded>
      </div>
      {edited && <PolicyEditor policy={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}
