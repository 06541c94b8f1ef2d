import { useQuery } from '@tanstack/react-query'
import { useLanguage } from '../i18n/index.tsx'
import { useWords } from '../i18n/supervisor/index.ts'
import { Loaded, Section } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'
import { useSpan } from '../ui/time.ts'
import { type Period, reportQuery, writtenQuery } from './report-questions.ts'

/** What each person did. */
export function ByAgent({ period }: { period: Period }) {
  const { reports: words } = useWords()
  const span = useSpan()
  const language = useLanguage()
  const report = useQuery(reportQuery(period, 'agent'))
  const { data: written } = useQuery(writtenQuery(period))
  const writtenBy = (id: string | null) => written?.agents.find(each => each.agentId === id)?.messages ?? 0
  return (
    <Section title={words.byAgent}>
      <Loaded query={report}>
        {({ rows }) => (
          <Table
            label={words.byAgent}
            rows={rows}
            keyOf={row => row.group ?? 'nobody'}
            empty={<p className="text-sm text-quiet">{words.nothing}</p>}
            columns={[
              { head: words.agent, cell: row => row.name ?? '—', grows: true },
              { head: words.opened, cell: row => row.opened, isNumber: true },
              { head: words.resolved, cell: row => row.resolved, isNumber: true },
              { head: words.written, cell: row => writtenBy(row.group).toLocaleString(language), isNumber: true },
              {
                head: words.frt,
                cell: row => (row.frtMedianMs === null ? '—' : span(row.frtMedianMs)),
                isNumber: true,
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
