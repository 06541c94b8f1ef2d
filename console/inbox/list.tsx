/** The list on the left: what is whose, how long it waits and what is promised, a page at a time as one scrolls. */
import { useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Inbox as InboxIcon } from 'lucide-react'
import { useCallback, useEffect, useRef } from 'react'
import { useText } from '../i18n/index.tsx'
import { Empty, Trouble } from '../ui/parts.tsx'
import { ListHead } from './list-head.tsx'
import { type Shown, useTickets } from './list-query.ts'
import { Row } from './row.tsx'

const ROW_PX = 84

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
      <ListHead shown={shown} />
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
