/** Saved filters: one's own, one's teams' and everybody's, in the order in which one wants them over the list. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, Filter, Plus } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { teamsQuery, viewsQuery } from '../api/tickets.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/account/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { draftOf, type NewView, type View } from './view-draft.ts'
import { ViewEditor } from './view-editor.tsx'

export function Views() {
  const { views: words } = useWords()
  const views = useQuery(viewsQuery)
  const shown = useSearch({ from: '/shell/account/views' })
  const navigate = useNavigate()
  const mayShare = useMay('views.share')
  const isFromList = Object.keys(shown).length > 0
  const [edited, setEdited] = useState<{ id: string | null; draft: NewView } | null>(
    isFromList ? { id: null, draft: draftOf(shown) } : null,
  )
  const { data: counts } = useQuery({
    queryKey: [...viewsQuery.queryKey, 'counts'],
    queryFn: () => ask(api.views.counts.$get()),
  })
  const order = useAct((ids: string[]) => ask(api.views.order.$put({ json: { ids } })), {
    refresh: [viewsQuery.queryKey],
  })
  const move = (items: readonly View[], nth: number, by: 1 | -1) => {
    const ids = items.map(({ id }) => id)
    ids.splice(nth + by, 0, ...ids.splice(nth, 1))
    order.mutate(ids)
  }
  const close = () => {
    setEdited(null)
    if (isFromList) void navigate({ to: '/account/views', search: {}, replace: true })
  }
  const countOf = (id: string) => {
    const found = counts?.items.find(each => each.id === id)?.count
    return found && (found.more ? `${found.count}+` : String(found.count))
  }
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button look="accent" onClick={() => setEdited({ id: null, draft: draftOf({}) })}>
          <Plus className="size-4" /> {words.add}
        </Button>
      }
    >
      <Loaded query={views}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<Filter />} title={words.none} lead={words.noneLead} />
          ) : (
            <ol aria-label={words.title} className="flex flex-col gap-2">
              {items.map((view, nth) => (
                <li key={view.id} className="flex items-center gap-2 rounded-xl border border-line bg-panel p-3">
                  <span className="flex shrink-0 flex-col">
                    <IconButton
                      label={words.up(view.name)}
                      small
                      disabled={nth === 0 || order.isPending}
                      onClick={() => move(items, nth, -1)}
                    >
                      <ArrowUp />
                    </IconButton>
                    <IconButton
                      label={words.down(view.name)}
                      small
                      disabled={nth === items.length - 1 || order.isPending}
                      onClick={() => move(items, nth, 1)}
                    >
                      <ArrowDown />
                    </IconButton>
                  </span>
                  <span className="flex min-w-0 grow flex-wrap items-center gap-2">
                    <Link to="/inbox" search={{ show: view.id }} className="font-semibold hover:text-accent">
                      {view.name}
                    </Link>
                    {countOf(view.id) && <Chip>{countOf(view.id)}</Chip>}
                    <Whose view={view} />
                  </span>
                  {(view.scope === 'own' || mayShare) && (
                    <Button
                      small
                      aria-label={words.editOne(view.name)}
                      onClick={() => setEdited({ id: view.id, draft: draftOf(view) })}
                    >
                      {words.edit}
                    </Button>
                  )}
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      {edited && <ViewEditor id={edited.id} given={edited.draft} onClose={close} />}
    </Page>
  )
}

function Whose({ view: { scope, teamId } }: { view: View }) {
  const { views: words } = useWords()
  const { data: teams } = useQuery(teamsQuery)
  if (scope === 'own') return null
  const team = teams?.items.find(({ id }) => id === teamId)?.name
  return <Chip tone="accent">{team ?? words.scopes[scope]}</Chip>
}
