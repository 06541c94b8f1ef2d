/** Above the list: which tickets, in which order, and the most urgent one that nobody has. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowDownUp, BookmarkPlus, Zap } from 'lucide-react'
import { acts, viewsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Item, Line, Menu } from '../ui/menu.tsx'
import { inputLook } from '../ui/parts.tsx'
import { useToast } from '../ui/toasts.tsx'
import { type Show, type Shown, shows, sorts } from './list-query.ts'

export function ListHead({ shown }: { shown: Shown }) {
  const { inbox } = useText()
  const navigate = useNavigate()
  const say = useToast()
  const { data: views } = useQuery(viewsQuery)
  const go = (search: Shown) =>
    void navigate({ to: '.', search: { ...shown, ...search } as Record<string, string>, replace: true })
  const pull = async () => {
    try {
      const { number } = await acts.next()
      void navigate({ to: '/inbox/$ticket', params: { ticket: number }, search: shown })
    } catch (error) {
      say((error as Error).message, { isBad: true })
    }
  }
  const current = shown.show ?? 'open'
  const saved = views?.items.find(view => view.id === current)
  return (
    <header className="flex flex-col gap-2 border-b border-line p-3">
      <div className="flex items-center gap-1">
        <Menu
          align="start"
          trigger={
            <button
              type="button"
              className="flex items-center gap-1.5 rounded-lg px-2 py-1 text-lg font-semibold hover:bg-page"
            >
              {saved?.name ?? inbox[(shows.find(each => each === current) ?? 'open') as Show]}
              <span aria-hidden className="text-xs text-quiet">
                ▾
              </span>
            </button>
          }
        >
          {shows.map(show => (
            <Item key={show} checked={show === current} onSelect={() => go({ show })}>
              {inbox[show]}
            </Item>
          ))}
          {views?.items.map(view => (
            <Item key={view.id} checked={view.id === current} onSelect={() => go({ show: view.id })}>
              {view.name}
            </Item>
          ))}
          <Line />
          <Item
            onSelect={() => void navigate({ to: '/account/views', search: saved ? {} : { show: current, ...shown } })}
          >
            <BookmarkPlus /> {saved ? inbox.editViews : inbox.saveView}
          </Item>
        </Menu>
        <span className="grow" />
        <Menu
          trigger={
            <IconButton label={inbox.sort} small>
              <ArrowDownUp />
            </IconButton>
          }
        >
          {sorts.map(sort => (
            <Item key={sort} checked={sort === (shown.sort ?? 'newest')} onSelect={() => go({ sort })}>
              {{ newest: inbox.sortNewest, due: inbox.sortDue, waiting: inbox.sortWaiting }[sort]}
            </Item>
          ))}
        </Menu>
        <Button small look="accent" title={inbox.nextHint} onClick={() => void pull()}>
          <Zap className="size-4" /> {inbox.next}
        </Button>
      </div>
      <input
        type="search"
        aria-label={inbox.filter}
        placeholder={inbox.filter}
        defaultValue={shown.q ?? ''}
        onChange={event => go({ q: event.target.value })}
        className={cx(inputLook, 'h-9 text-sm')}
      />
    </header>
  )
}
