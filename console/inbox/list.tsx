/** The list on the left: what is whose, how long it waits and what is promised, a page at a time as one scrolls. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDownUp, Clock3, Inbox as InboxIcon, Moon, Timer, Zap } from 'lucide-react'
import { memo, useCallback, useEffect, useMemo, useRef } from 'react'
import { useMe } from '../api/session.ts'
import { acts, type ListQuery, type Ticket, ticketList, viewsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Item, Menu } from '../ui/menu.tsx'
import { Avatar, Chip, Empty, inputLook, Trouble } from '../ui/parts.tsx'
import { useDates, useNow, useSpan } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'

export const shows = ['mine', 'unassigned', 'open', 'waiting', 'snoozed', 'resolved', 'all'] as const
export type Show = (typeof shows)[number]
export const sorts = ['newest', 'due', 'waiting'] as const

const filters: Record<Show, ListQuery> = {
  mine: { owner: 'me', state: 'open,in_progress,waiting' },
  unassigned: { owner: 'nobody', state: 'open,in_progress' },
  open: { state: 'open,in_progress' },
  waiting: { state: 'waiting' },
  snoozed: { asleep: 'true' },
  resolved: { state: 'resolved' },
  all: {},
}

export type Shown = { show?: string; q?: string; sort?: string }

/** What the address says, as the hub is asked. */
export function queryOf({ show, q, sort }: Shown): ListQuery {
  const known = shows.find(each => each === show)
  const isView = show !== undefined && known === undefined
  const order = sorts.find(each => each === sort)
  return {
    ...(isView ? { view: show } : filters[known ?? 'open']),
    ...(q && q.length >= 2 ? { text: q } : {}),
    ...(order ? { sort: order } : {}),
  }
}

const ROW_PX = 84

export function useTickets(shown: Shown) {
  const list = useInfiniteQuery(ticketList(queryOf(shown)))
  const tickets = useMemo(() => list.data?.pages.flatMap(page => page.items) ?? [], [list.data])
  return { ...list, tickets }
}

export function TicketList({ shown, current }: { shown: Shown; current: string | undefined }) {
  const { inbox } = useText()
  const { tickets, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTickets(shown)
  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: tickets.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    getItemKey: nth => tickets[nth]?.id ?? nth,
  })
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= tickets.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, tickets.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  const navigate = useNavigate()
  const open = useCallback(
    (ticket: string) => void navigate({ to: '/inbox/$ticket', params: { ticket }, search: true }),
    [navigate],
  )
  const at = tickets.findIndex(row => row.number === current)
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [at, rows])
  return (
    <>
      <Top shown={shown} />
      <div ref={box} className="scroller min-h-0 grow overflow-y-auto">
        {error && <Trouble error={error} retry={() => void refetch()} />}
        {isPending && <Skeletons />}
        {!isPending && !error && tickets.length === 0 && (
          <Empty icon={<InboxIcon />} title={inbox.empty} lead={inbox.emptyLead} />
        )}
        <ul aria-label={inbox.list} className="relative" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const ticket = tickets[index]
            return (
              ticket && (
                <li
                  key={key}
                  className="absolute inset-x-0 top-0"
                  style={{ height: ROW_PX, transform: `translateY(${start}px)` }}
                >
                  <Row ticket={ticket} isCurrent={ticket.number === current} onOpen={open} />
                </li>
              )
            )
          })}
        </ul>
      </div>
    </>
  )
}

function Top({ shown }: { shown: Shown }) {
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

const Row = memo(function Row({
  ticket,
  isCurrent,
  onOpen,
}: {
  ticket: Ticket
  isCurrent: boolean
  onOpen: (number: string) => void
}) {
  const me = useMe()
  const { inbox } = useText()
  const dates = useDates()
  const { contact, subject, number, owner, priority, last, unanswered } = ticket
  const name = contact.name ?? contact.phone ?? number
  return (
    // No `Link`: each works out its address whenever anything moves, and this list scrolls through thousands.
    <a
      href={`/inbox/${number}${location.search}`}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        onOpen(number)
      }}
      aria-current={isCurrent ? 'true' : undefined}
      className={cx(
        'flex h-full items-center gap-3 border-b border-line px-3 outline-offset-[-2px]',
        isCurrent ? 'bg-soft' : 'hover:bg-page',
      )}
    >
      <Avatar name={name} size={40} />
      <span className="flex min-w-0 grow flex-col gap-1">
        <span className="flex items-baseline gap-2">
          <span className="truncate font-semibold">{name}</span>
          {(priority === 'urgent' || priority === 'high') && <PriorityMark priority={priority} />}
          <span className="ml-auto shrink-0 text-xs text-quiet">
            {number}
            {last?.at && ` · ${dates.short(last.at)}`}
          </span>
        </span>
        <span className="flex items-center gap-2 text-sm">
          <span className={cx('min-w-0 grow truncate', unanswered > 0 ? 'font-medium' : 'text-quiet')}>
            {last?.direction === 'out' && (
              <span className="text-quiet">{last.author?.split(' ')[0] ?? inbox.we}: </span>
            )}
            {last?.text ?? subject}
          </span>
          {unanswered > 0 && (
            <span
              title={inbox.unanswered(unanswered)}
              className="shrink-0 rounded-full bg-accent px-1.5 text-xs leading-5 font-semibold text-on-accent"
            >
              {unanswered >= 100 ? '99+' : unanswered}
              <span className="sr-only"> {inbox.unanswered(unanswered)}</span>
            </span>
          )}
        </span>
        <span className="flex items-center gap-1.5 overflow-hidden">
          <SlaChip ticket={ticket} />
          {ticket.dueAt && <Waits since={ticket.waitingSince} />}
          <WindowChip ticket={ticket} />
          {owner && owner.id !== me.person?.id && (
            <span title={owner.name} className="ml-auto shrink-0">
              <Avatar name={owner.name} size={20} />
              <span className="sr-only">{owner.name}</span>
            </span>
          )}
        </span>
      </span>
    </a>
  )
})

function PriorityMark({ priority }: { priority: 'urgent' | 'high' }) {
  const { priority: words } = useText()
  return <Chip tone={priority === 'urgent' ? 'danger' : 'warn'}>{words[priority]}</Chip>
}

/** The nearest promise while the ball is with us; else since when they wait. */
export function SlaChip({ ticket }: { ticket: Ticket }) {
  const { inbox } = useText()
  const [now, span] = [useNow(), useSpan()]
  if (ticket.asleepSince) {
    return (
      <Chip>
        <Moon /> {inbox.snoozed}
      </Chip>
    )
  }
  if (ticket.dueAt) {
    const left = Date.parse(ticket.dueAt) - now
    const clock = ticket.clocks.find(each => each.dueAt === ticket.dueAt)
    const isNear = clock?.warnAt !== undefined && clock.warnAt !== null && Date.parse(clock.warnAt) <= now
    const tone = left < 0 ? 'danger' : isNear ? 'warn' : 'plain'
    return (
      <Chip tone={tone}>
        <Timer /> {left < 0 ? inbox.overdue(span(-left)) : inbox.dueIn(span(left))}
      </Chip>
    )
  }
  return <Waits since={ticket.waitingSince} />
}

/** Since when the ball is with us. */
function Waits({ since }: { since: string | null }) {
  const { inbox } = useText()
  const [now, span] = [useNow(), useSpan()]
  const ms = since ? now - Date.parse(since) : 0
  // Who has only just written does not wait yet.
  if (!since || ms < 60_000) return null
  return (
    <Chip>
      <Clock3 /> {inbox.waitingFor(span(ms))}
    </Chip>
  )
}

const HOUR = 3_600_000

/** Only while it matters: in its last hours, and when it is closed. */
export function WindowChip({ ticket, always = false }: { ticket: Pick<Ticket, 'window' | 'state'>; always?: boolean }) {
  const { inbox } = useText()
  const [now, span] = [useNow(), useSpan()]
  const { closesAt } = ticket.window
  if (ticket.state === 'resolved' && !always) return null
  const left = closesAt ? Date.parse(closesAt) - now : -1
  if (left <= 0) return <Chip tone="warn">{inbox.windowClosed}</Chip>
  if (left > 6 * HOUR && !always) return null
  return <Chip tone={left < 2 * HOUR ? 'warn' : 'accent'}>{inbox.windowFor(span(left))}</Chip>
}

const Skeletons = () => (
  <div aria-hidden>
    {Array.from({ length: 8 }, (_, nth) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
      <div key={nth} className="flex items-center gap-3 border-b border-line px-3" style={{ height: ROW_PX }}>
        <span className="pulse size-10 rounded-full" />
        <span className="flex grow flex-col gap-2">
          <span className="pulse h-4 w-2/5" />
          <span className="pulse h-3 w-4/5" />
        </span>
      </div>
    ))}
  </div>
)
