/** Every call to a CRM, and what came back. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import { api, ask } from '../api/client.ts'
import { connectionsQuery } from '../api/connections.ts'
import { usePages } from '../api/pages.ts'
import type { Answer } from '../api/types.ts'
import { useLanguage } from '../i18n/index.tsx'
import { useWords } from '../i18n/sync/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, TextField } from '../ui/form.tsx'
import { Facts, Loaded, Page } from '../ui/page.tsx'
import { Chip, type Tone } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'

type Attempt = Answer<typeof api.attempts.$get>['items'][number]
const statuses = ['ok', 'failed', 'unanswered'] as const
export type LogSearch = { connection?: string; status?: (typeof statuses)[number] }

export function Log() {
  const { log: words } = useWords()
  const { connection, status } = useSearch({ from: '/shell/settings/log' })
  const navigate = useNavigate()
  const { data: connections } = useQuery(connectionsQuery)
  const [path, setPath] = useState('')
  const sought = useDeferredValue(path.trim())
  const filter = {
    ...(connection ? { connectionId: connection } : {}),
    ...(status ? { status } : {}),
    ...(sought ? { path: sought } : {}),
  }
  const list = usePages(['attempts', filter], cursor => ask(api.attempts.$get({ query: { ...filter, ...cursor } })))
  const [opened, setOpened] = useState<Attempt | null>(null)
  const go = (search: LogSearch) => void navigate({ to: '/settings/log', search, replace: true })
  const nameOf = (id: string) => connections?.items.find(each => each.id === id)?.name ?? ''
  const dates = useDates()
  const language = useLanguage()
  return (
    <Page title={words.title} lead={words.lead} isWide>
      <div className="grid gap-3 sm:grid-cols-3">
        <Choice
          label={words.connection}
          value={connection ?? ''}
          none={words.all}
          onChange={id => go({ ...(id ? { connection: id } : {}), ...(status ? { status } : {}) })}
          options={(connections?.items ?? []).map(({ id, name }) => [id, name])}
        />
        <Choice
          label={words.status}
          value={status ?? ''}
          none={words.all}
          onChange={each => go({ ...(connection ? { connection } : {}), ...(each ? { status: each } : {}) })}
          options={statuses.map(each => [each, words.statuses[each]])}
        />
        <TextField label={words.path} value={path} onChange={setPath} type="search" />
      </div>
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={list.query} rows={8}>
          {rows => (
            <Table
              label={words.title}
              rows={rows}
              keyOf={row => row.id}
              more={list.more}
              onOpen={setOpened}
              nameOf={row => `${row.method} ${row.path}`}
              empty={<p className="text-quiet">{words.none}</p>}
              columns={[
                {
                  head: words.at,
                  cell: row => <span className="whitespace-nowrap">{row.at && dates.whole(row.at)}</span>,
                },
                { head: words.connection, cell: row => nameOf(row.connectionId) },
                {
                  head: words.call,
                  cell: row => (
                    <code className="text-xs break-all">
                      <b>{row.method}</b> {row.path}
                    </code>
                  ),
                  grows: true,
                },
                { head: words.items, cell: row => row.items ?? '—', isNumber: true },
                { head: words.status, cell: row => <Outcome attempt={row} /> },
                { head: words.took, cell: row => words.ms(row.durationMs.toLocaleString(language)), isNumber: true },
              ]}
            />
          )}
        </Loaded>
      </div>
      {opened && (
        <Dialog open onClose={() => setOpened(null)} title={`${opened.method} ${opened.path}`} wide>
          <Facts
            items={[
              [words.connection, nameOf(opened.connectionId)],
              [words.at, opened.at && dates.whole(opened.at)],
              [words.status, <Outcome key="status" attempt={opened} />],
              [words.items, opened.items],
              [words.took, words.ms(opened.durationMs.toLocaleString(language))],
            ]}
          />
          <section aria-label={words.answer} className="flex flex-col gap-1 text-sm">
            <h3 className="font-semibold">{words.answer}</h3>
            {opened.answer ? (
              <pre className="rounded-xl bg-page p-3 text-xs whitespace-pre-wrap wrap-break-word">
                {pretty(opened.answer)}
              </pre>
            ) : (
              <p className="text-quiet">{opened.status === null ? words.noAnswer : words.answeredWell}</p>
            )}
          </section>
        </Dialog>
      )}
    </Page>
  )
}

function Outcome({ attempt: { status } }: { attempt: Attempt }) {
  const { log: words } = useWords()
  const tone: Tone = status === null ? 'warn' : status < 400 ? 'good' : 'danger'
  return <Chip tone={tone}>{status ?? words.noAnswer}</Chip>
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
