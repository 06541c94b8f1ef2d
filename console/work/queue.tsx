import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ask } from '../api/client.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Loaded, Section } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

/** Tickets that wait for somebody to be free, in their order. */
export function Queue() {
  const { rules: words } = useWords()
  const { priority } = useText()
  const queue = useQuery({
    queryKey: ['queue'],
    queryFn: () => ask(api.queue.$get({ query: {} })),
    refetchInterval: 15_000,
  })
  return (
    <Section title={words.queue} lead={words.queueLead}>
      <Loaded query={queue} rows={1}>
        {({ items }) => (
          <Table
            label={words.queue}
            rows={items}
            keyOf={row => row.ticketId}
            empty={<p className="text-sm text-quiet">{words.emptyQueue}</p>}
            columns={[
              {
                head: words.ticket,
                cell: row => (
                  <Link to="/inbox/$ticket" params={{ ticket: row.number }} className="font-medium text-accent">
                    {row.number}
                  </Link>
                ),
              },
              { head: words.priority, cell: row => priority[row.priority as keyof typeof priority] ?? row.priority },
              { head: words.reason, cell: row => row.reason, grows: true },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
