/** Three panes: the list, the conversation, and what is known of the customer. On a phone, one at a time. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { MessageCircle } from 'lucide-react'
import { useEffect } from 'react'
import { acts, oneTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { cx } from '../ui/cx.ts'
import { useHotkeys } from '../ui/hotkeys.ts'
import { Empty } from '../ui/parts.tsx'
import { useToast } from '../ui/toasts.tsx'
import { Conversation } from './conversation.tsx'
import { TicketList } from './list.tsx'
import { useTickets } from './list-query.ts'

export function Inbox() {
  const { inbox } = useText()
  const shown = useSearch({ from: '/shell/inbox' })
  const { ticket } = useParams({ strict: false }) as { ticket?: string }
  const navigate = useNavigate()
  const client = useQueryClient()
  const say = useToast()
  const { tickets } = useTickets(shown)
  const open = (number: string | undefined) =>
    number && void navigate({ to: '/inbox/$ticket', params: { ticket: number }, search: shown })
  const step = (by: number) => {
    const at = tickets.findIndex(row => row.number === ticket)
    open(tickets[at < 0 ? 0 : Math.min(Math.max(at + by, 0), tickets.length - 1)]?.number)
  }
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    g: () =>
      void acts.next().then(
        row => open(row.number),
        error => say((error as Error).message, { isBad: true }),
      ),
  })
  // The next one down is there before it is asked for.
  useEffect(() => {
    const next = tickets[tickets.findIndex(row => row.number === ticket) + 1]
    if (ticket && next) void client.prefetchQuery(oneTicket(next.number))
  }, [ticket, tickets, client])
  return (
    <div className="flex min-h-0 grow">
      <section
        className={cx(
          'flex w-full shrink-0 flex-col border-r border-line bg-panel md:w-[22rem]',
          ticket && 'max-md:hidden',
        )}
      >
        <TicketList shown={shown} current={ticket} />
      </section>
      {ticket ? (
        <Conversation key={ticket} number={ticket} />
      ) : (
        <div className="grow self-center max-md:hidden">
          <Empty icon={<MessageCircle />} title={inbox.pick} lead={inbox.pickLead} />
        </div>
      )}
    </div>
  )
}
