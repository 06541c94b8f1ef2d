/** What is promised of a ticket, since when its customer waits, and how long WhatsApp lets one answer. */
import { Clock3, Moon, Timer } from 'lucide-react'
import type { Ticket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Chip } from '../ui/parts.tsx'
import { useNow, useSpan } from '../ui/time.ts'

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
export function Waits({ since }: { since: string | null }) {
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

/** How many messages one has not read; nothing where one has read all. */
export function Unread({ count }: { count: number }) {
  const { inbox } = useText()
  if (count === 0) return null
  return (
    <span
      title={inbox.unread(count)}
      className="shrink-0 rounded-full bg-accent px-1.5 text-xs leading-5 font-semibold text-on-accent"
    >
      <span aria-hidden>{count >= 100 ? '99+' : count}</span>
      <span className="sr-only">{inbox.unread(count)}</span>
    </span>
  )
}
