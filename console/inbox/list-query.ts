/** What of the list is shown: what the address says, as the hub is asked. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type ListQuery, ticketList } from '../api/tickets.ts'

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

export function useTickets(shown: Shown) {
  const list = useInfiniteQuery(ticketList(queryOf(shown)))
  const tickets = useMemo(() => list.data?.pages.flatMap(page => page.items) ?? [], [list.data])
  return { ...list, tickets }
}
