/** The deadlines that run now, the nearest first; it counts down while one looks. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Timer } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/supervisor/index.ts'
import { Choice } from '../ui/form.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty, type Tone } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useNow, useSpan } from '../ui/time.ts'
import { Figure } from './figure.tsx'

const MINUTE = 60_000
const SOON = 15 * MINUTE
const kinds = ['frt', 'nrt', 'ttr'] as const

export function Live() {
  const { live: words, views } = useWords()
  const { clock } = useText()
  const now = useNow(5_000)
  const { data: teams } = useQuery(teamsQuery)
  const [teamId, setTeam] = useState('')
  const [kind, setKind] = useState<(typeof kinds)[number] | ''>('')
  const filter = { ...(teamId ? { teamId } : {}), ...(kind ? { kind } : {}) }
  const list = usePages(
    ['sla-board', filter],
    cursor => ask(api.sla.board.$get({ query: { limit: '100', ...filter, ...cursor } })),
    {
      refetchInterval: 10_000,
    },
  )
  const leftOf = (dueAt: string | null) => (dueAt ? Date.parse(dueAt) - now : 0)
  return (
    <Page title={views.live} lead={words.lead} isWide>
      <Loaded query={list.query} rows={6}>
        {rows => {
          const lefts = rows.map(row => leftOf(row.dueAt))
          return (
            <>
              <div className="grid gap-3 sm:grid-cols-3">
                <Figure name={words.overdue} value={lefts.filter(left => left < 0).length} tone="danger" />
                <Figure name={words.soon} value={lefts.filter(left => left >= 0 && left <= SOON).length} tone="warn" />
                <Figure name={words.running} value={`${rows.length}${list.more.has ? '+' : ''}`} />
              </div>
              <div className="grid gap-3 sm:grid-cols-3">
                <Choice
                  label={words.team}
                  value={teamId}
                  none={words.any}
                  onChange={setTeam}
                  options={(teams?.items ?? []).map(({ id, name }) => [id, name])}
                />
                <Choice
                  label={words.clock}
                  value={kind}
                  none={words.any}
                  onChange={setKind}
                  options={kinds.map(each => [each, clock[each]])}
                />
              </div>
              <div className="rounded-2xl border border-line bg-panel p-4">
                <Table
                  label={views.live}
                  rows={rows}
                  keyOf={row => row.clockId}
                  more={list.more}
                  empty={<Empty icon={<Timer />} title={words.none} lead={words.noneLead} />}
                  columns={[
                    {
                      head: words.ticket,
                      cell: ({ ticket }) => (
                        <Link
                          to="/inbox/$ticket"
                          params={{ ticket: ticket.number }}
                          className="font-medium whitespace-nowrap text-accent"
                        >
                          {ticket.number}
                        </Link>
                      ),
                    },
                    { head: words.contact, cell: ({ ticket }) => ticket.contact ?? ticket.subject, grows: true },
                    { head: words.clock, cell: row => clock[row.kind] },
                    { head: words.left, cell: row => <Left ms={leftOf(row.dueAt)} /> },
                    { head: words.owner, cell: ({ ticket }) => ticket.owner?.name ?? words.nobody },
                    { head: words.team, cell: ({ ticket }) => ticket.team?.name ?? '—' },
                    { head: words.level, cell: row => row.escalationLevel || '—', isNumber: true },
                  ]}
                />
              </div>
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function Left({ ms }: { ms: number }) {
  const { inbox } = useText()
  const span = useSpan()
  const tone: Tone = ms < 0 ? 'danger' : ms <= SOON ? 'warn' : 'plain'
  return <Chip tone={tone}>{ms < 0 ? inbox.overdue(span(-ms)) : inbox.dueIn(span(ms))}</Chip>
}
