/** The right: who the customer is, where else they are, what was promised them and what comes next. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { connectionsQuery } from '../api/connections.ts'
import { useMay } from '../api/session.ts'
import { acts, contactQuery, tagsQuery, ticketList, type WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Avatar, Chip, inputLook, type Tone } from '../ui/parts.tsx'
import { useDates, useNow, useSpan } from '../ui/time.ts'
import { useActs } from './use-ticket-acts.ts'

export function Context({ ticket, onClose }: { ticket: WholeTicket; onClose: () => void }) {
  const { ticket: text, context, common } = useText()
  const { data: contact } = useQuery(contactQuery(ticket.contact.id))
  const name = ticket.contact.name ?? ticket.contact.phone ?? ''
  return (
    <aside
      aria-label={text.details}
      className="scroller flex w-full shrink-0 flex-col gap-5 overflow-y-auto border-l border-line bg-panel p-4 max-[1179px]:fixed max-[1179px]:inset-y-0 max-[1179px]:right-0 max-[1179px]:z-30 max-[1179px]:max-w-sm max-[1179px]:shadow-2xl min-[1180px]:w-80"
    >
      <header className="flex items-start gap-3">
        <Avatar name={name} size={48} />
        <div className="min-w-0 grow">
          <h2 className="truncate text-lg font-semibold">
            <Link to="/contacts/$id" params={{ id: ticket.contact.id }} className="hover:text-accent">
              {name}
            </Link>
          </h2>
          <p className="text-sm text-quiet select-all">{ticket.contact.phone}</p>
          {contact?.email && <p className="truncate text-sm text-quiet select-all">{contact.email}</p>}
        </div>
        <IconButton label={common.close} small onClick={onClose}>
          <X />
        </IconButton>
      </header>
      <Next ticket={ticket} />
      <Part title={context.promises}>
        <Promises ticket={ticket} />
      </Part>
      <Part title={text.tags}>
        <Tags ticket={ticket} />
      </Part>
      <Part title={context.tasks}>
        <Tasks ticket={ticket} />
      </Part>
      <Part title={context.crm}>
        <Crm links={ticket.links} />
      </Part>
      {ticket.assignmentReason && (
        <Part title={context.why}>
          <p className="text-sm text-quiet">{ticket.assignmentReason}</p>
        </Part>
      )}
      <Others contactId={ticket.contact.id} except={ticket.id} />
    </aside>
  )
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="flex flex-col gap-2">
    <h3 className="text-xs font-semibold tracking-wide text-quiet uppercase">{title}</h3>
    {children}
  </section>
)

function Next({ ticket: { nextAction } }: { ticket: WholeTicket }) {
  const { context } = useText()
  const dates = useDates()
  if (!nextAction) return null
  return (
    <p className="rounded-xl bg-soft px-3 py-2 text-sm text-accent">
      <b>{context.next}:</b> {nextAction.title ?? context.nextKinds[nextAction.kind]}
      {nextAction.at && <span className="block">{dates.whole(nextAction.at)}</span>}
    </p>
  )
}

function Promises({ ticket: { clocks } }: { ticket: WholeTicket }) {
  const { clock: names, context, inbox } = useText()
  const [now, span] = [useNow(), useSpan()]
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {clocks.map(({ kind, dueAt, stoppedAt, breachedAt, pausedAt, targetMinutes }, nth) => {
        const [tone, words] = stateOf()
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns have no name but their order
          <li key={`${kind}${nth}`} className="flex items-center justify-between gap-2">
            <span>{names[kind]}</span>
            <Chip tone={tone}>{words}</Chip>
          </li>
        )

        function stateOf(): [Tone, string] {
          if (breachedAt) return ['danger', context.missed]
          if (stoppedAt) return ['good', context.met]
          if (pausedAt || !dueAt) return ['plain', context.paused]
          const left = Date.parse(dueAt) - now
          if (left < 0) return ['danger', inbox.overdue(span(-left))]
          return [left < targetMinutes * 12_000 ? 'warn' : 'plain', inbox.dueIn(span(left))]
        }
      })}
    </ul>
  )
}

function Tags({ ticket }: { ticket: WholeTicket }) {
  const { ticket: text } = useText()
  const { data } = useQuery(tagsQuery)
  const run = useActs(ticket.number)
  const [typed, setTyped] = useState('')
  const add = (event: FormEvent) => {
    event.preventDefault()
    const tag = typed.trim()
    if (tag) run.tags([tag], [])
    setTyped('')
  }
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {ticket.tags.map(tag => (
        <Chip key={tag} tone="accent">
          {tag}
          <button type="button" aria-label={text.removeTag(tag)} onClick={() => run.tags([], [tag])}>
            <X />
          </button>
        </Chip>
      ))}
      <form onSubmit={add} className="grow">
        <input
          value={typed}
          list="known-tags"
          aria-label={text.addTag}
          placeholder={`+ ${text.addTag}`}
          onChange={event => setTyped(event.target.value)}
          className="h-7 w-full rounded-full border border-transparent bg-transparent px-2 text-xs placeholder:text-quiet hover:border-line"
        />
        <datalist id="known-tags">
          {data?.items.map(tag => (
            <option key={tag.id} value={tag.name} />
          ))}
        </datalist>
      </form>
    </div>
  )
}

function Tasks({ ticket }: { ticket: WholeTicket }) {
  const { context } = useText()
  const client = useQueryClient()
  const dates = useDates()
  const [title, setTitle] = useState('')
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: ['tickets', 'one'] }) }
  const add = useMutation({ mutationFn: (words: string) => acts.task(ticket.number, words, null), ...settled })
  const finish = useMutation({
    mutationFn: ({ id, done }: { id: string; done: boolean }) => acts.finishTask(id, done),
    ...settled,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (title.trim()) add.mutate(title.trim())
    setTitle('')
  }
  return (
    <>
      <ul className="flex flex-col gap-1 text-sm">
        {ticket.tasks.map(task => (
          <li key={task.id}>
            <label className="flex items-start gap-2">
              <input
                type="checkbox"
                checked={task.doneAt !== null}
                onChange={event => finish.mutate({ id: task.id, done: event.target.checked })}
                className="mt-0.5 size-4 accent-(--accent)"
              />
              <span className={cx(task.doneAt && 'text-quiet line-through')}>
                {task.title}
                {task.dueAt && <span className="block text-xs text-quiet">{dates.whole(task.dueAt)}</span>}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex items-center gap-1">
        <input
          value={title}
          aria-label={context.addTask}
          placeholder={context.addTask}
          onChange={event => setTitle(event.target.value)}
          className={cx(inputLook, 'h-8 text-sm')}
        />
        <IconButton label={context.addTask} small type="submit">
          <Plus />
        </IconButton>
      </form>
    </>
  )
}

function Crm({ links }: { links: WholeTicket['links'] }) {
  const { context } = useText()
  const { data } = useQuery({ ...connectionsQuery, enabled: useMay('connections.read') })
  const nameOf = (id: string) => data?.items.find(each => each.id === id)?.name
  if (links.length === 0) return <p className="text-sm text-quiet">{context.noCrm}</p>
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {links.map(({ connectionId, remoteType, remoteId }) => (
        <li key={connectionId + remoteType} className="flex justify-between gap-2">
          <span className="truncate">{nameOf(connectionId) ?? remoteType}</span>
          <code className="text-quiet select-all">{remoteId ?? context.pending}</code>
        </li>
      ))}
    </ul>
  )
}

function Others({ contactId, except }: { contactId: string; except: string }) {
  const { state, context } = useText()
  const { data } = useInfiniteQuery(ticketList({ contactId }))
  const others = data?.pages.flatMap(page => page.items).filter(row => row.id !== except) ?? []
  if (others.length === 0) return null
  return (
    <Part title={context.otherTickets}>
      <ul className="flex flex-col gap-1 text-sm">
        {others.slice(0, 8).map(row => (
          <li key={row.id}>
            <Link
              to="/inbox/$ticket"
              params={{ ticket: row.number }}
              search={true}
              className="flex items-center justify-between gap-2 rounded-lg py-1 hover:text-accent"
            >
              <span className="truncate">
                <b>{row.number}</b> {row.subject}
              </span>
              <Chip>{state[row.state]}</Chip>
            </Link>
          </li>
        ))}
      </ul>
    </Part>
  )
}
