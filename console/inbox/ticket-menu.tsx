/** What else can be done to a ticket: sleep, priority, whose turn it is. */
import { Moon, MoreVertical, Sun } from 'lucide-react'
import type { WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { IconButton } from '../ui/button.tsx'
import { Heading, Item, Line, Menu } from '../ui/menu.tsx'
import { hubNow } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'
import type { Acts } from './use-ticket-acts.ts'

const priorities = ['urgent', 'high', 'normal', 'low'] as const

type Props = { ticket: WholeTicket; run: Acts; onUnread: () => void }

export function TicketMenu({ ticket, run, onUnread }: Props) {
  const { ticket: text, priority } = useText()
  const say = useToast()
  return (
    <Menu
      trigger={
        <IconButton label={text.actions} small>
          <MoreVertical />
        </IconButton>
      }
    >
      {ticket.asleepSince ? (
        <Item onSelect={run.wake}>
          <Sun /> {text.wake}
        </Item>
      ) : (
        <>
          <Heading>{text.snooze}</Heading>
          <Item hotkey="Z" onSelect={() => run.snooze(null)}>
            <Moon /> {text.snoozeReply}
          </Item>
          <Item onSelect={() => run.snooze(new Date(hubNow() + 3_600_000))}>
            <Moon /> {text.snoozeHour}
          </Item>
          <Item onSelect={() => run.snooze(morning(1))}>
            <Moon /> {text.snoozeTomorrow}
          </Item>
          <Item onSelect={() => run.snooze(morning(daysToMonday()))}>
            <Moon /> {text.snoozeMonday}
          </Item>
        </>
      )}
      <Heading>{text.priority}</Heading>
      {priorities.map(each => (
        <Item key={each} checked={each === ticket.priority} onSelect={() => run.priority(each)}>
          {priority[each]}
        </Item>
      ))}
      <Line />
      {ticket.state === 'waiting' ? (
        <Item onSelect={run.resume}>{text.resume}</Item>
      ) : (
        <Item onSelect={run.wait}>{text.wait}</Item>
      )}
      <Item hotkey="M" onSelect={onUnread}>
        {text.markUnread}
      </Item>
      <Item onSelect={() => void navigator.clipboard.writeText(ticket.number).then(() => say(text.copied))}>
        {text.copyNumber}
      </Item>
    </Menu>
  )
}

/** At nine in the person's own morning. */
function morning(days: number): Date {
  const at = new Date(hubNow())
  at.setDate(at.getDate() + days)
  at.setHours(9, 0, 0, 0)
  return at
}

const daysToMonday = () => (8 - new Date(hubNow()).getDay()) % 7 || 7
