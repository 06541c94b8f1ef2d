import { useQuery } from '@tanstack/react-query'
import { useLanguage, useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/supervisor/index.ts'
import { Loaded, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { attainmentQuery, type Period } from './report-questions.ts'

/** How much of each promise was kept. */
export function Attainment({ period }: { period: Period }) {
  const { reports: words } = useWords()
  const { clock } = useText()
  const language = useLanguage()
  const attainment = useQuery(attainmentQuery(period))
  const whole = (percent: number) => `${percent.toLocaleString(language, { maximumFractionDigits: 0 })} %`
  return (
    <Section title={words.attainment}>
      <Loaded query={attainment}>
        {({ items }) => (
          <Table
            label={words.attainment}
            rows={items}
            keyOf={row => `${row.policyId}${row.kind}`}
            empty={<p className="text-sm text-quiet">{words.nothing}</p>}
            columns={[
              { head: words.policy, cell: row => `${row.policy ?? words.noPolicy} · ${clock[row.kind]}`, grows: true },
              { head: words.met, cell: row => row.met, isNumber: true },
              { head: words.breached, cell: row => row.breached, isNumber: true },
              { head: words.running, cell: row => row.running, isNumber: true },
              {
                head: words.percent,
                cell: ({ percent, targetPercent }) =>
                  percent === null ? (
                    '—'
                  ) : (
                    <Chip tone={targetPercent === null || percent >= targetPercent ? 'good' : 'danger'}>
                      {whole(percent)}
                    </Chip>
                  ),
                isNumber: true,
              },
              {
                head: words.target,
                cell: row => (row.targetPercent === null ? '—' : whole(row.targetPercent)),
                isNumber: true,
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
