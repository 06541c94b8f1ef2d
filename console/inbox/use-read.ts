/** What of a ticket somebody has read: all of it while they have it before them, until they say that it is unread. */
import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { acts, newestMessage, oneTicket, type TicketPage, type WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { useToast } from '../ui/toasts.tsx'

/** Gives what marks it as unread, and goes back to the list. */
export function useRead(number: string, ticket: WholeTicket | undefined): () => void {
  const client = useQueryClient()
  const isLookedAt = useIsLookedAt()
  const navigate = useNavigate()
  const say = useToast()
  const { toast } = useText()
  const newest = ticket && newestMessage(ticket)
  const isUnread = (ticket?.unread ?? 0) > 0
  const { mutate: read } = useMutation({
    mutationFn: (upTo: string) => acts.readUpTo(number, upTo),
    onMutate: () => {
      client.setQueryData(oneTicket(number).queryKey, known => known && { ...known, unread: 0 })
      client.setQueriesData<InfiniteData<TicketPage>>({ queryKey: ['tickets', 'list'] }, known => known && seen(known))
    },
  })
  const unread = useMutation({
    mutationFn: () => acts.readUpTo(number, null),
    onSuccess: () => {
      say(toast.unread)
      void navigate({ to: '/inbox', search: true })
    },
    onError: error => say(error.message, { isBad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets'] }),
  })
  useEffect(() => {
    if (newest && isUnread && isLookedAt) read(newest)
  }, [newest, isUnread, isLookedAt, read])
  return () => unread.mutate()

  function seen(list: InfiniteData<TicketPage>): InfiniteData<TicketPage> {
    const pages = list.pages.map(page => ({
      ...page,
      items: page.items.map(row => (row.number === number ? { ...row, unread: 0 } : row)),
    }))
    return { ...list, pages }
  }
}

/** Not in a tab behind others. */
function useIsLookedAt(): boolean {
  const [isIt, setIt] = useState(() => document.visibilityState === 'visible')
  useEffect(() => {
    const tell = () => setIt(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  }, [])
  return isIt
}
