/** The conversation of a ticket, with the team's notes and what happened to it between. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { Note, TicketEvent, WholeTicket } from '../api/tickets.ts'
import { acts, agentsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { useDates } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'
import { type Beside, Chronology } from './chronology.tsx'
import { eventWords } from './event-words.ts'

/** What the messages themselves show. */
const SILENT = new Set(['customer wrote', 'answered', 'noted', 'known'])

export function Thread({ ticket, onAnswer }: { ticket: WholeTicket; onAnswer: (messageId: string) => void }) {
  const decide = useDecision()
  const { notes, events } = ticket
  const beside = useMemo(() => besideOf(notes, events), [notes, events])
  return (
    <Chronology
      messages={ticket.messages}
      beside={beside}
      customer={ticket.contact.name ?? ticket.contact.phone ?? ''}
      onAnswer={onAnswer}
      onDecide={decide}
    />
  )
}

function besideOf(notes: Note[], events: TicketEvent[]): Beside[] {
  const noted = notes.map(note => ({ key: note.id, at: note.createdAt ?? '', shown: <NoteCard note={note} /> }))
  const happened = events
    .filter(({ kind }) => !SILENT.has(kind))
    .map(event => ({ key: `${event.kind} ${event.at}`, at: event.at ?? '', shown: <EventLine event={event} /> }))
  return [
    ...noted.map(each => ({ ...each, kind: 'note' as const })),
    ...happened.map(each => ({ ...each, kind: 'event' as const })),
  ]
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
  return useCallback((id: string, again: boolean) => mutate({ id, again }), [mutate])
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
