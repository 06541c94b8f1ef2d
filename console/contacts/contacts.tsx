/** Everybody who wrote, and those who may be there twice. */
import { useNavigate } from '@tanstack/react-router'
import { Contact as Picture } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useWords } from '../i18n/contacts/index.ts'
import { Loaded, Page } from '../ui/page.tsx'
import { Avatar, Chip, Empty, inputLook } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { useDates } from '../ui/time.ts'
import { Duplicates } from './duplicates.tsx'

export function Contacts() {
  const { list: words } = useWords()
  const [shows, setShows] = useState<'all' | 'duplicates'>('all')
  return (
    <Page title={words.title} lead={words.lead} isWide>
      <Tabs
        label={words.title}
        value={shows}
        onChange={setShows}
        options={[
          ['all', words.all],
          ['duplicates', words.duplicates],
        ]}
      />
      {shows === 'all' ? <All /> : <Duplicates />}
    </Page>
  )
}

function All() {
  const { list: words } = useWords()
  const dates = useDates()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.trim())
  const list = usePages(['contacts', 'list', q], cursor =>
    ask(api.contacts.$get({ query: { ...(q ? { q } : {}), ...cursor } })),
  )
  return (
    <div className="flex flex-col gap-4 rounded-2xl border border-line bg-panel p-4">
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={typed}
        onChange={event => setTyped(event.target.value)}
        className={inputLook}
      />
      <Loaded query={list.query} rows={6}>
        {rows => (
          <Table
            label={words.title}
            rows={rows}
            keyOf={row => row.id}
            more={list.more}
            onOpen={({ id }) => void navigate({ to: '/contacts/$id', params: { id } })}
            empty={<Empty icon={<Picture />} title={words.none} lead={words.noneLead} />}
            columns={[
              {
                head: words.name,
                cell: row => (
                  <span className="flex items-center gap-2">
                    <Avatar name={row.name ?? row.phone ?? ''} size={28} /> {row.name ?? row.phone ?? row.username}
                    {row.category === 'vip' && <Chip tone="accent">VIP</Chip>}
                  </span>
                ),
              },
              { head: words.phone, cell: row => <span className="whitespace-nowrap">{row.phone ?? '—'}</span> },
              { head: words.email, cell: row => <span className="break-all">{row.email ?? '—'}</span>, grows: true },
              { head: words.tags, cell: row => row.tags.join(', ') || '—' },
              { head: words.since, cell: row => row.createdAt && dates.short(row.createdAt) },
            ]}
          />
        )}
      </Loaded>
    </div>
  )
}
