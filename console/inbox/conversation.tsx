/** The middle: what was said, what happened between, and the answer being written; beside it, the customer. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowLeft, Check, Moon, MoreVertical, PanelRight, RotateCcw, Sun, UserPlus } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useMay, useMe } from '../api/session.ts'
import { acts, agentsQuery, oneTicket, type Ticket, type WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { useHotkeys } from '../ui/hotkeys.ts'
import { Heading, Item, Line, Menu } from '../ui/menu.tsx'
import { Avatar, Chip, Trouble } from '../ui/parts.tsx'
import { hubNow } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'
import { Composer, type ComposerHandle } from './composer.tsx'
import { Context } from './context.tsx'
import { SlaChip, WindowChip } from './list.tsx'
import { Thread } from './thread.tsx'

export function Conversation({ number }: { number: string }) {
  const { data: ticket, error, refetch } = useQuery(oneTicket(number))
  const [isWide, setWide] = useState(() => matchMedia('(min-width: 1180px)').matches)
  const composer = useRef<ComposerHandle>(null)
  const [answered, setAnswered] = useState<string | null>(null)
  const run = useActs(number)
  const me = useMe()
  usePresence(ticket?.id)
  useHotkeys({
    r: () => composer.current?.focus('reply'),
    n: () => composer.current?.focus('note'),
    a: () => me.person && run.assign(me.person.id, me.name),
    e: () => ticket && (ticket.state === 'resolved' ? run.reopen() : run.resolve()),
    z: () => run.snooze(null),
    u: () => run.priority('urgent'),
  })
  if (error) return <Trouble error={error} retry={() => void refetch()} />
  return (
    <>
      <section className="flex min-w-0 grow flex-col" aria-label={ticket?.subject}>
        {ticket ? (
          <>
            <Head ticket={ticket} run={run} onDetails={() => setWide(!isWide)} isWide={isWide} />
            <Thread ticket={ticket} onAnswer={setAnswered} />
            <Composer ref={composer} ticket={ticket} answered={answered} onAnswered={() => setAnswered(null)} />
          </>
        ) : (
          <Skeleton />
        )}
      </section>
      {ticket && isWide && <Context ticket={ticket} onClose={() => setWide(false)} />}
    </>
  )
}

export type Acts = ReturnType<typeof useActs>

/** What is done to a ticket: shown at once, taken back where the hub refuses, and for ten seconds by whoever did it. */
export function useActs(number: string) {
  const client = useQueryClient()
  const say = useToast()
  const { toast } = useText()
  const { queryKey } = oneTicket(number)
  const show = (change: Partial<Ticket>) =>
    client.setQueryData(queryKey, (known: WholeTicket | undefined) => known && { ...known, ...change })
  const act = useMutation({
    mutationFn: ({ work }: { work: (id: string) => Promise<unknown>; at: Partial<Ticket> }) => work(number),
    onMutate: async ({ at }) => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      show(at)
      return before
    },
    onError: (error, _, before) => {
      client.setQueryData(queryKey, before)
      say(error.message, { isBad: true })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets'] }),
  })
  const before = () => client.getQueryData(queryKey)
  const done = (text: string, at: Partial<Ticket>, work: (id: string) => Promise<unknown>, undo?: () => void) =>
    act.mutate({ work, at }, { onSuccess: () => say(text, undo ? { undo } : {}) })
  return {
    assign(agentId: string | null, name: string) {
      const owner = before()?.owner ?? null
      const text = agentId ? toast.assigned(name) : toast.unassigned
      const back = () =>
        done(owner ? toast.assigned(owner.name) : toast.unassigned, { owner }, id => acts.assign(id, owner?.id ?? null))
      done(text, { owner: agentId ? { id: agentId, name } : null }, id => acts.assign(id, agentId), back)
    },
    resolve() {
      done(toast.resolved, { state: 'resolved' }, acts.resolve, () =>
        done(toast.reopened, { state: 'open' }, acts.reopen),
      )
    },
    reopen: () => done(toast.reopened, { state: 'open' }, acts.reopen),
    wait: () => act.mutate({ work: acts.wait, at: { state: 'waiting' } }),
    resume: () => act.mutate({ work: acts.resume, at: { state: 'open' } }),
    snooze(until: Date | null) {
      const at = { asleepSince: new Date(hubNow()).toISOString(), snoozedUntil: until?.toISOString() ?? null }
      done(
        toast.snoozed,
        at,
        id => acts.snooze(id, at.snoozedUntil),
        () => act.mutate({ work: acts.wake, at: { asleepSince: null } }),
      )
    },
    wake: () => act.mutate({ work: acts.wake, at: { asleepSince: null } }),
    priority: (priority: Ticket['priority']) =>
      act.mutate({ work: id => acts.priority(id, priority), at: { priority } }),
    tags(add: string[], remove: string[]) {
      const tags = [...(before()?.tags ?? []), ...add].filter(tag => !remove.includes(tag))
      act.mutate({ work: id => acts.tags(id, add, remove), at: { tags } })
    },
  }
}

const HERE_MS = 20_000

/** Colleagues see who has it open. */
function usePresence(id: string | undefined) {
  useEffect(() => {
    if (!id) return
    const tell = () => void acts.present(id, 'viewing').catch(() => {})
    tell()
    const timer = setInterval(() => document.visibilityState === 'visible' && tell(), HERE_MS)
    return () => {
      clearInterval(timer)
      void acts.present(id, null).catch(() => {})
    }
  }, [id])
}

type HeadProps = { ticket: WholeTicket; run: Acts; onDetails: () => void; isWide: boolean }

function Head({ ticket, run, onDetails, isWide }: HeadProps) {
  const { ticket: text, common, state } = useText()
  const name = ticket.contact.name ?? ticket.contact.phone ?? ticket.number
  return (
    <header className="border-b border-line bg-panel">
      <div className="flex items-center gap-3 px-3 py-2.5 md:px-4">
        <Link to="/inbox" search={true} aria-label={common.back} className="rounded-lg p-2 md:hidden">
          <ArrowLeft className="size-5" />
        </Link>
        <Avatar name={name} size={38} />
        <div className="min-w-0 grow">
          <h1 className="truncate text-base font-semibold">{name}</h1>
          <p className="flex items-center gap-1.5 overflow-hidden text-sm text-quiet">
            <span className="shrink-0">{ticket.number}</span>
            <Chip tone={ticket.state === 'resolved' ? 'good' : 'plain'} className="max-lg:hidden">
              {state[ticket.state]}
            </Chip>
            <WindowChip ticket={ticket} always />
            <span className="max-xl:hidden">
              <SlaChip ticket={ticket} />
            </span>
          </p>
        </div>
        <Owner ticket={ticket} run={run} />
        {ticket.state === 'resolved' ? (
          <Button small onClick={run.reopen} className="max-sm:w-9 max-sm:px-0">
            <RotateCcw className="size-4" /> <span className="max-sm:sr-only">{text.reopen}</span>
          </Button>
        ) : (
          <Button small look="accent" onClick={run.resolve} className="max-sm:w-9 max-sm:px-0">
            <Check className="size-4" /> <span className="max-sm:sr-only">{text.resolve}</span>
          </Button>
        )}
        <More ticket={ticket} run={run} />
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

function Owner({ ticket, run }: { ticket: WholeTicket; run: Acts }) {
  const { ticket: text } = useText()
  const me = useMe()
  const mayAssign = useMay('tickets.assign')
  const { data: agents } = useQuery({ ...agentsQuery, enabled: mayAssign })
  const { owner } = ticket
  const label = owner?.name ?? text.noOwner
  return (
    <Menu
      trigger={
        <Button small disabled={!mayAssign} aria-label={`${text.owner}: ${label}`} className="max-w-40">
          {owner ? <Avatar name={owner.name} size={20} /> : <UserPlus className="size-4" />}
          <span className="truncate max-[1400px]:sr-only">{label}</span>
        </Button>
      }
    >
      {me.person && owner?.id !== me.person.id && (
        <>
          <Item hotkey="A" onSelect={() => me.person && run.assign(me.person.id, me.name)}>
            <UserPlus /> {text.assignToMe}
          </Item>
          <Line />
        </>
      )}
      {agents?.items.map(agent => (
        <Item key={agent.id} checked={agent.id === owner?.id} onSelect={() => run.assign(agent.id, agent.name)}>
          <Avatar name={agent.name} size={20} /> {agent.name}
        </Item>
      ))}
      {owner && (
        <>
          <Line />
          <Item onSelect={() => run.assign(null, '')}>{text.noOwner}</Item>
        </>
      )}
    </Menu>
  )
}

const priorities = ['urgent', 'high', 'normal', 'low'] as const

function More({ ticket, run }: { ticket: WholeTicket; run: Acts }) {
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

const Skeleton = () => (
  <div aria-hidden className="flex grow flex-col gap-4 p-4">
    <span className="pulse h-10 w-1/2" />
    <span className="pulse h-16 w-3/5" />
    <span className="pulse ml-auto h-16 w-2/5" />
    <span className="pulse h-10 w-2/5" />
  </div>
)
