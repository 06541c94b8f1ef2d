/** Which field is which: rows as they are, a draft, what it would do, and the way back. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Cable } from 'lucide-react'
import { connectionsQuery } from '../api/connections.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Choice } from '../ui/form.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Empty } from '../ui/parts.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { AsCode } from './as-code.tsx'
import { DraftBar } from './draft-bar.tsx'
import { History } from './history.tsx'
import type { Kind } from './questions.ts'
import { Rows } from './rows.tsx'

const views = ['rows', 'code', 'history'] as const

export type MappingSearch = { connection?: string; kind?: Kind; view?: (typeof views)[number] }

export function MappingPage() {
  const words = useWords()
  const connections = useQuery(connectionsQuery)
  const { connection: asked, kind = 'contact', view = 'rows' } = useSearch({ from: '/shell/settings/mapping' })
  const navigate = useNavigate()
  const go = (search: MappingSearch) =>
    void navigate({ to: '/settings/mapping', search: before => ({ ...before, ...search }), replace: true })
  return (
    <Page title={words.title} lead={words.lead} isWide>
      <Loaded query={connections}>
        {({ items }) => {
          const connection = items.find(({ id }) => id === asked) ?? items[0]
          if (!connection) {
            return (
              <Empty icon={<Cable />} title={words.noConnection} lead={words.noConnectionLead}>
                <Link to="/settings/connections" className="font-semibold text-accent underline">
                  {words.connect}
                </Link>
              </Empty>
            )
          }
          return (
            <div key={connection.id} className="flex flex-col gap-4">
              {items.length > 1 && (
                <Choice
                  label={words.connection}
                  value={connection.id}
                  onChange={id => go({ connection: id })}
                  options={items.map(({ id, name }) => [id, name])}
                />
              )}
              <DraftBar connection={connection} />
              <Tabs
                label={words.title}
                value={view}
                onChange={next => go({ view: next })}
                options={views.map(each => [each, words.views[each]])}
              />
              {view === 'rows' && <Rows connection={connection} kind={kind} onKind={next => go({ kind: next })} />}
              {view === 'code' && <AsCode connectionId={connection.id} />}
              {view === 'history' && <History connectionId={connection.id} />}
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}
