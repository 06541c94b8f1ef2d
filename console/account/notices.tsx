/** What one was told, and of what one wants to be told: here, or by mail too. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell } from 'lucide-react'
import { Fragment } from 'react'
import { api, ask } from '../api/client.ts'
import { noticesKey } from '../api/notices.ts'
import { usePages } from '../api/pages.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/account/index.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Loaded, Page, Section } from '../ui/page.tsx'
import { Empty } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'

export function Notices() {
  const { notices: words } = useWords()
  const dates = useDates()
  const { query, more } = usePages([...noticesKey, 'list'], cursor => ask(api.notifications.$get({ query: cursor })))
  const read = useAct((ids: string[] | null) => ask(api.notifications.read.$post({ json: { ids } })), {
    refresh: [noticesKey],
  })
  const hasUnread = query.data?.some(({ readAt }) => readAt === null) ?? false
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={hasUnread && <Button onClick={() => read.mutate(null)}>{words.readAll}</Button>}
    >
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={query}>
          {items => (
            <Table
              label={words.title}
              rows={items}
              keyOf={row => row.id}
              more={more}
              empty={<Empty icon={<Bell />} title={words.none} lead={words.noneLead} />}
              columns={[
                {
                  head: words.what,
                  grows: true,
                  cell: row => (
                    <span className={cx(row.readAt === null && 'font-semibold')}>
                      {row.ticketNumber ? (
                        <Link
                          to="/inbox/$ticket"
                          params={{ ticket: row.ticketNumber }}
                          className="text-accent"
                          onClick={() => read.mutate([row.id])}
                        >
                          {row.text}
                        </Link>
                      ) : (
                        row.text
                      )}
                    </span>
                  ),
                },
                { head: words.when, cell: row => (row.createdAt ? dates.whole(row.createdAt) : '') },
              ]}
            />
          )}
        </Loaded>
      </div>
      <Choices />
    </Page>
  )
}

const choicesQuery = {
  queryKey: [...noticesKey, 'choices'],
  queryFn: () => ask(api.notifications.choices.$get()),
}
const ways = ['app', 'email'] as const
const kinds = [
  ...(['assigned', 'mentioned', 'task due', 'sla warned', 'sla breached', 'escalated'] as const),
  ...(['number stopped', 'connection stopped', 'webhook given up'] as const),
] as const

function Choices() {
  const { notices: words } = useWords()
  const choices = useQuery(choicesQuery)
  const choose = useAct((json: NonNullable<typeof choices.data>) => ask(api.notifications.choices.$put({ json })), {
    said: words.saved,
    refresh: [choicesQuery.queryKey],
  })
  return (
    <Section title={words.choices} lead={words.choicesLead}>
      <Loaded query={choices}>
        {chosen => (
          <div className="grid grid-cols-[1fr_auto_auto] items-center gap-x-5 gap-y-2.5 text-sm">
            <span />
            {ways.map(way => (
              <span key={way} aria-hidden className="text-xs font-semibold text-quiet">
                {words[way]}
              </span>
            ))}
            {kinds.map(kind => (
              <Fragment key={kind}>
                <span>{words.kinds[kind]}</span>
                {ways.map(way => (
                  <input
                    key={way}
                    type="checkbox"
                    aria-label={`${words.kinds[kind]}: ${words[way]}`}
                    checked={chosen[way].includes(kind)}
                    disabled={choose.isPending}
                    onChange={event => {
                      const others = chosen[way].filter(each => each !== kind)
                      choose.mutate({ ...chosen, [way]: event.target.checked ? [...others, kind] : others })
                    }}
                    className="size-5 justify-self-center accent-(--accent)"
                  />
                ))}
              </Fragment>
            ))}
          </div>
        )}
      </Loaded>
    </Section>
  )
}
