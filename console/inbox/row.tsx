/** One ticket of the list. */
import { memo } from 'react'
import { useMe } from '../api/session.ts'
import type { Ticket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { cx } from '../ui/cx.ts'
import { Avatar, Chip } from '../ui/parts.tsx'
import { useDates } from '../ui/time.ts'
import { SlaChip, Unread, Waits, WindowChip } from './ticket-chips.tsx'

export const Row = memo(function Row({
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
  const { contact, subject, number, owner, priority, last, unread } = ticket
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
          <span className={cx('min-w-0 grow truncate', unread > 0 ? 'font-medium' : 'text-quiet')}>
            {last?.direction === 'out' && (
              <span className="text-quiet">{last.author?.split(' ')[0] ?? inbox.we}: </span>
            )}
            {last?.text ?? subject}
          </span>
          {/* What one has open one reads, a moment before the hub knows. */}
          {!isCurrent && <Unread count={unread} />}
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
