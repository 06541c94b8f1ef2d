/** Above the conversation: whose it is, what state it is in, who else has it open, and what can be done. */
import { Link } from '@tanstack/react-router'
import { ArrowLeft, Check, PanelRight, RotateCcw } from 'lucide-react'
import { useMe } from '../api/session.ts'
import type { WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Avatar, Chip } from '../ui/parts.tsx'
import { OwnerMenu } from './owner-menu.tsx'
import { SlaChip, WindowChip } from './ticket-chips.tsx'
import { TicketMenu } from './ticket-menu.tsx'
import type { Acts } from './use-ticket-acts.ts'

type HeadProps = {
  ticket: WholeTicket
  run: Acts
  onUnread: () => void
  onDetails: () => void
  isWide: boolean
}

export function ConversationHead({ ticket, run, onUnread, onDetails, isWide }: HeadProps) {
  const { ticket: text, common, state } = useText()
  const name = ticket.contact.name ?? ticket.contact.phone ?? ticket.number
  return (
    <header className="@container border-b border-line bg-panel">
      <div className="flex items-center gap-3 px-3 py-2.5 md:px-4">
        <Link to="/inbox" search={true} aria-label={common.back} className="rounded-lg p-2 md:hidden">
          <ArrowLeft className="size-5" />
        </Link>
        <Avatar name={name} size={38} className="max-sm:hidden" />
        <div className="min-w-0 grow">
          <h1 className="truncate text-base font-semibold">{name}</h1>
          <p className="flex items-center gap-1.5 overflow-hidden text-sm text-quiet">
            <span className="shrink-0">{ticket.number}</span>
            <Chip tone={ticket.state === 'resolved' ? 'good' : 'plain'} className="@max-xl:hidden">
              {state[ticket.state]}
            </Chip>
            <WindowChip ticket={ticket} always />
            <span className="@max-3xl:hidden">
              <SlaChip ticket={ticket} />
            </span>
          </p>
        </div>
        <OwnerMenu ticket={ticket} run={run} />
        {ticket.state === 'resolved' ? (
          <Button small onClick={run.reopen} className="max-sm:w-9 max-sm:px-0">
            <RotateCcw className="size-4" /> <span className="max-sm:sr-only">{text.reopen}</span>
          </Button>
        ) : (
          <Button small look="accent" onClick={run.resolve} className="max-sm:w-9 max-sm:px-0">
            <Check className="size-4" /> <span className="max-sm:sr-only">{text.resolve}</span>
          </Button>
        )}
        <TicketMenu ticket={ticket} run={run} onUnread={onUnread} />
        <IconButton
          label={text.details}
          small
          aria-pressed={isWide}
          onClick={onDetails}
          className={cx(isWide && 'bg-soft text-accent')}
        >
          <PanelRight />
        </IconButton>
      </div>
      <Present ticket={ticket} />
    </header>
  )
}

function Present({ ticket }: { ticket: WholeTicket }) {
  const { ticket: text } = useText()
  const me = useMe()
  const others = ticket.present.filter(({ agentId }) => agentId !== me.person?.id)
  const names = (kind: string) =>
    others
      .filter(row => row.kind === kind)
      .map(row => row.name.split(' ')[0])
      .join(', ')
  const [replying, viewing] = [names('replying'), names('viewing')]
  if (!replying && !viewing) return null
  return (
    <output className={cx('block px-4 py-1 text-sm', replying ? 'bg-warn-soft text-warn' : 'bg-soft text-accent')}>
      {replying ? text.replying(replying) : text.viewing(viewing)}
    </output>
  )
}
