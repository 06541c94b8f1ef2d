/** The chronology: messages, notes and events in the order in which they happened, by days. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowDown } from 'lucide-react'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Message, Note, TicketEvent, WholeTicket } from '../api/tickets.ts'
import { acts, agentsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { IconButton } from '../ui/button.tsx'
import { useDates } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'
import { eventWords } from './event-words.ts'
import { Bubble } from './message.tsx'

type Entry =
  | { kind: 'message'; at: string; message: Message }
  | { kind: 'note'; at: string; note: Note }
  | { kind: 'event'; at: string; event: TicketEvent }

/** What the messages themselves show. */
const SILENT = new Set(['customer wrote', 'answered', 'noted', 'known'])

function entriesOf({ messages, notes, events }: WholeTicket): Entry[] {
  const all: Entry[] = [
    ...messages
      .filter(message => message.kind !== 'reaction')
      .map(message => ({ kind: 'message' as const, at: message.at ?? '', message })),
    ...notes.map(note => ({ kind: 'note' as const, at: note.createdAt ?? '', note })),
    ...events
      .filter(event => !SILENT.has(event.kind))
      .map(event => ({ kind: 'event' as const, at: event.at ?? '', event })),
  ]
  // A ticket opens in the instant of its first message, and stands before it.
  const rank = { event: 0, message: 1, note: 2 }
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || rank[a.kind] - rank[b.kind])
}

export function Thread({ ticket, onAnswer }: { ticket: WholeTicket; onAnswer: (messageId: string) => void }) {
  const { message: text, ticket: words } = useText()
  const dates = useDates()
  const entries = useMemo(() => entriesOf(ticket), [ticket])
  const reactions = useMemo(() => reactionsOf(ticket.messages), [ticket.messages])
  const byWamid = useMemo(() => new Map(ticket.messages.map(each => [each.wamid, each])), [ticket.messages])
  const box = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const decide = useDecision()
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight })
  const count = entries.length
  // Whoever reads further up is left there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new entry is what it waits for
  useLayoutEffect(() => {
    if (isAtEnd) toEnd()
  }, [count])
  let day = ''
  return (
    <div className="relative min-h-0 grow">
      <div
        ref={box}
        role="log"
        aria-label={words.conversation}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        onScroll={({ currentTarget: at }) => setAtEnd(at.scrollHeight - at.scrollTop - at.clientHeight < 80)}
        className="scroller flex h-full flex-col gap-1.5 overflow-y-auto px-3 py-4 md:px-6"
      >
        {entries.map(entry => {
          const today = entry.at && dates.day(entry.at)
          const isNewDay = today !== day
          day = today
          return (
            <div key={keyOf(entry)} className="flex flex-col gap-1.5">
              {isNewDay && (
                <h2 className="mx-auto my-2 rounded-full bg-raised px-3 py-0.5 text-xs font-medium text-quiet shadow-xs">
                  {today}
                </h2>
              )}
              {entry.kind === 'message' && (
                <Bubble
                  message={entry.message}
                  original={byWamid.get(entry.message.replyToWamid ?? '')}
                  reactions={reactions.get(entry.message.wamid ?? '') ?? []}
                  customer={ticket.contact.name ?? ticket.contact.phone ?? ''}
                  onAnswer={() => onAnswer(entry.message.id)}
                  onDecide={decide}
                />
              )}
              {entry.kind === 'note' && <NoteCard note={entry.note} />}
              {entry.kind === 'event' && <EventLine event={entry.event} />}
            </div>
          )
        })}
      </div>
      {!isAtEnd && (
        <IconButton
          label={text.newest}
          look="plain"
          onClick={toEnd}
          className="absolute right-5 bottom-3 rounded-full shadow-lg"
        >
          <ArrowDown />
        </IconButton>
      )}
    </div>
  )
}

function keyOf(entry: Entry): string {
  if (entry.kind === 'message') return entry.message.id
  if (entry.kind === 'note') return entry.note.id
  return `${entry.event.kind} ${entry.at}`
}

/** The last reaction of each side to each message; an empty one takes it back. */
function reactionsOf(messages: Message[]): Map<string, string[]> {
  const of = new Map<string, Map<string, string>>()
  for (const { kind, targetWamid, direction, author, content, text } of messages) {
    if (kind !== 'reaction' || !targetWamid) continue
    const emoji = typeof content?.emoji === 'string' ? content.emoji : text
    const by = of.get(targetWamid) ?? new Map<string, string>()
    by.set(`${direction} ${author}`, emoji)
    of.set(targetWamid, by)
  }
  return new Map([...of].map(([wamid, by]) => [wamid, [...by.values()].filter(emoji => emoji !== '')]))
}

function useDecision() {
  const client = useQueryClient()
  const say = useToast()
  const { toast } = useText()
  const { mutate } = useMutation({
    mutationFn: async ({ id, again }: { id: string; again: boolean }) => {
      if (again) await acts.resend(id)
      else await acts.dismiss(id)
    },
    onSuccess: (_, { again }) => again && say(toast.sentAgain),
    onError: error => say(error.message, { isBad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets', 'one'] }),
  })
  return (id: string, again: boolean) => mutate({ id, again })
}

function NoteCard({ note }: { note: Note }) {
  const dates = useDates()
  return (
    <article className="ml-auto max-w-[85%] rounded-xl bg-note px-3.5 py-2 text-[15px] md:max-w-[70%]">
      <p className="whitespace-pre-wrap break-words">{note.text}</p>
      <footer className="mt-1 text-right text-xs text-quiet">
        {note.author} · {note.createdAt && dates.clock(note.createdAt)}
      </footer>
    </article>
  )
}

function EventLine({ event }: { event: TicketEvent }) {
  const text = useText()
  const dates = useDates()
  const { data: agents } = useQuery(agentsQuery)
  const nameOf = (id: string) => agents?.items.find(agent => agent.id === id)?.name
  return (
    <p className="mx-auto max-w-[90%] text-center text-xs text-quiet">
      {eventWords(event, text, nameOf)}
      {event.at && <time dateTime={event.at}> · {dates.clock(event.at)}</time>}
    </p>
  )
}
