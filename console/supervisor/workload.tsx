/** Who has what, now. */
import { useQuery } from '@tanstack/react-query'
import { api, ask } from '../api/client.ts'
import { useWords } from '../i18n/supervisor/index.ts'
import { Meter } from '../ui/meter.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Avatar, Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useNow, useSpan } from '../ui/time.ts'

export function WorkloadPage() {
  const { workload: words, views } = useWords()
  const now = useNow()
  const span = useSpan()
  const desks = useQuery({
    queryKey: ['workload'],
    queryFn: () => ask(api.reports.workload.$get()),
    refetchInterval: 10_000,
  })
  return (
    <Page title={views.workload} lead={words.lead} isWide>
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={desks}>
          {({ items }) => {
            const most = Math.max(1, ...items.map(each => each.capacity ?? each.open))
            return (
              <Table
                label={views.workload}
                rows={items}
                keyOf={row => row.agentId ?? 'nobody'}
                columns={[
                  {
                    head: words.agent,
                    cell: row => (
                      <span className="flex items-center gap-2">
                        <Avatar name={row.name ?? words.nobody} size={28} /> {row.name ?? words.nobody}
                        {row.agentId && (
                          <Chip tone={row.available ? 'good' : 'warn'}>{row.available ? words.here : words.away}</Chip>
                        )}
                      </span>
                    ),
                  },
                  {
                    head: words.open,
                    cell: row => (
                      <span className="flex items-center gap-3">
                        <span className="w-8 text-right tabular-nums">{row.open}</span>
                        <span className="w-full min-w-20">
                          <Meter
                            label={`${row.name ?? words.nobody}: ${words.open}`}
                            value={row.open}
                            max={row.capacity ?? most}
                            tone={row.capacity !== null && row.open >= row.capacity ? 'warn' : 'accent'}
                          />
                        </span>
                      </span>
                    ),
                    grows: true,
                  },
                  { head: words.capacity, cell: row => row.capacity ?? '—', isNumber: true },
                  { head: words.waiting, cell: row => row.waiting, isNumber: true },
                  {
                    head: words.overdue,
                    cell: row => (row.overdue > 0 ? <Chip tone="danger">{row.overdue}</Chip> : 0),
                    isNumber: true,
                  },
                  {
                    head: words.oldest,
                    cell: row => (row.oldestAt ? span(now - Date.parse(row.oldestAt)) : '—'),
                    isNumber: true,
                  },
                ]}
              />
            )
          }}
        </Loaded>
      </div>
    </Page>
  )
}
