/** Who did what, and what it was before and after. */
import { useQuery } from '@tanstack/react-query'
import { Download, ScrollText } from 'lucide-react'
import { useState } from 'react'
import { actorName } from '../api/actor.ts'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useMay } from '../api/session.ts'
import { agentsQuery } from '../api/tickets.ts'
import type { Answer } from '../api/types.ts'
import { useWords } from '../i18n/data/index.ts'
import { valueWords } from '../mapping/value-words.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, TextField } from '../ui/form.tsx'
import { Facts, Loaded, Page } from '../ui/page.tsx'
import { Empty } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'
import { useActionWords } from './audit-words.ts'

/** What the log is of, as it is kept. */
const SUBJECTS = [
  ...['ticket', 'contact', 'message', 'merge suggestion', 'conflict', 'agent', 'team', 'role', 'invitation', 'key'],
  ...['channel', 'meta app', 'connection', 'template', 'quick reply', 'tag', 'view', 'custom field', 'rule'],
  ...['calendar', 'policy', 'shift', 'webhook endpoint', 'media', 'workspace'],
]

type Entry = Answer<typeof api.audit.$get>['items'][number]

export function Audit() {
  const { audit: words } = useWords()
  const dates = useDates()
  const named = useActionWords()
  const mayExport = useMay('exports.make')
  const [filter, setFilter] = useState({ actorId: '', subjectKind: '', from: '', to: '' })
  const agents = useQuery(agentsQuery)
  const [opened, setOpened] = useState<Entry | null>(null)
  const query = {
    ...(filter.actorId ? { actorId: filter.actorId } : {}),
    ...(filter.subjectKind ? { subjectKind: filter.subjectKind } : {}),
    ...(filter.from ? { from: new Date(filter.from).toISOString() } : {}),
    ...(filter.to ? { to: new Date(filter.to).toISOString() } : {}),
  }
  const list = usePages(['audit', query], cursor => ask(api.audit.$get({ query: { ...query, ...cursor } })))
  return (
    <Page
      title={words.title}
      lead={words.lead}
      isWide
      actions={
        mayExport && (
          <a
            href={`/api/v1/audit.csv?${new URLSearchParams(query)}`}
            download
            className="inline-flex h-10 items-center gap-2 rounded-lg border border-line bg-raised px-3.5 font-medium hover:bg-page"
          >
            <Download className="size-4" /> {words.csv}
          </a>
        )
      }
    >
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Choice
          label={words.actor}
          value={filter.actorId}
          none={words.anybody}
          options={(agents.data?.items ?? []).map(({ id, name }) => [id, name] as const)}
          onChange={actorId => setFilter({ ...filter, actorId })}
        />
        <Choice
          label={words.subject}
          value={filter.subjectKind}
          none={words.anything}
          options={SUBJECTS.map(kind => [kind, named.noun(kind)] as const)}
          onChange={subjectKind => setFilter({ ...filter, subjectKind })}
        />
        <TextField
          label={words.from}
          type="datetime-local"
          value={filter.from}
          onChange={from => setFilter({ ...filter, from })}
        />
        <TextField
          label={words.to}
          type="datetime-local"
          value={filter.to}
          onChange={to => setFilter({ ...filter, to })}
        />
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
              empty={<Empty icon={<ScrollText />} title={words.none} />}
              columns={[
                {
                  head: words.at,
                  cell: row => <span className="whitespace-nowrap">{row.at && dates.whole(row.at)}</span>,
                },
                { head: words.actor, cell: row => actorName(row.actor) },
                { head: words.action, cell: row => named.action(row.action), grows: true },
                { head: words.subject, cell: row => named.noun(row.subjectKind) },
              ]}
            />
          )}
        </Loaded>
      </div>
      {opened && <One entry={opened} onClose={() => setOpened(null)} />}
    </Page>
  )
}

function One({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const { audit: words } = useWords()
  const dates = useDates()
  const named = useActionWords()
  const { at, actor, action, subjectKind, subjectId, before, after, data } = entry
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return (
    <Dialog open onClose={onClose} title={named.action(action)} wide>
      <Facts
        items={[
          [words.at, at && dates.whole(at)],
          [words.actor, actorName(actor)],
          [words.subject, `${named.noun(subjectKind)} ${subjectId}`],
        ]}
      />
      {names.length > 0 && (
        <Table
          label={words.data}
          rows={names}
          keyOf={name => name}
          columns={[
            { head: words.field, cell: name => <code className="text-xs">{name}</code> },
            {
              head: words.before,
              cell: name => <span className="break-all">{valueWords(before?.[name]) || '—'}</span>,
            },
            {
              head: words.after,
              cell: name => <span className="break-all">{valueWords(after?.[name]) || '—'}</span>,
              grows: true,
            },
          ]}
        />
      )}
      {data !== null && data !== undefined && (
        <pre className="rounded-xl bg-page p-3 text-xs whitespace-pre-wrap wrap-break-word">
          {JSON.stringify(data, null, 2)}
        </pre>
      )}
    </Dialog>
  )
}
