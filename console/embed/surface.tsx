/** Messages, window, deadlines and an answer: the console's own parts in the room that a CRM gives. */
import { useQuery } from '@tanstack/react-query'
import { ExternalLink, MessageCircle } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { browserLanguage, Speaks, useText } from '../i18n/index.tsx'
import { Chronology } from '../inbox/chronology.tsx'
import { WindowChip } from '../inbox/ticket-chips.tsx'
import { Chip, Empty, Trouble } from '../ui/parts.tsx'
import { Toasts } from '../ui/toasts.tsx'
import type { Frame } from './frame.ts'
import { type Questions, questionsOf, type Shown, shownKey } from './questions.ts'
import { Reply } from './reply.tsx'

/** Nobody tells the page that somebody wrote. ms */
const AGAIN_MS = 10_000

export function Surface({ frame }: { frame: Frame }) {
  const questions = useMemo(() => questionsOf(frame), [frame])
  const { data, error, refetch } = useQuery({
    queryKey: shownKey,
    queryFn: questions.conversation,
    refetchInterval: AGAIN_MS,
  })
  useEffect(() => frame.onShown(() => void refetch()), [frame, refetch])
  return (
    <Speaks language={data?.language ?? browserLanguage()}>
      <Toasts>
        <main className="flex h-full flex-col bg-page">
          {error && <Trouble error={error} retry={() => void refetch()} />}
          {data && <Conversation shown={data} questions={questions} />}
          {!data && !error && <span className="pulse m-4 h-24" />}
        </main>
      </Toasts>
    </Speaks>
  )
}

const nothing: [] = []

function Conversation({ shown, questions }: { shown: Shown; questions: Questions }) {
  const { embed: text } = useText()
  const { ticket, customer, sla, messages } = shown
  if (!ticket) return <Empty icon={<MessageCircle />} title={text.none} lead={text.noneLead} />
  return (
    <>
      <Head ticket={ticket} customer={customer} window={shown.window} sla={sla} />
      <Chronology messages={messages} beside={nothing} customer={customer} />
      {shown.canReply ? (
        <Reply key={ticket.id} ticketId={ticket.id} shown={shown} questions={questions} />
      ) : (
        <p className="border-t border-line bg-panel px-4 py-3 text-sm text-quiet">{text.readOnly}</p>
      )}
    </>
  )
}

type HeadProps = Pick<Shown, 'window' | 'sla' | 'customer'> & { ticket: NonNullable<Shown['ticket']> }

function Head({ ticket, customer, window, sla }: HeadProps) {
  const { embed: text, state } = useText()
  const { number, url, ownerName } = ticket
  const closesAt = window?.kind === 'open' ? window.closesAt : (window?.closedAt ?? null)
  const known = ticket.state as keyof typeof state
  return (
    <header className="flex flex-col gap-1 border-b border-line bg-panel px-3 py-2 text-sm">
      <div className="flex items-center gap-2">
        <h1 className="min-w-0 grow truncate font-semibold">{customer || number}</h1>
        <a
          href={url}
          target="_blank"
          rel="noopener"
          className="flex shrink-0 items-center gap-1 font-medium text-accent"
        >
          {number} <ExternalLink aria-label={text.open} className="size-3.5" />
        </a>
      </div>
      <p className="flex flex-wrap items-center gap-1.5 text-quiet">
        <Chip tone={known === 'resolved' ? 'good' : 'plain'}>{state[known]}</Chip>
        <WindowChip
          ticket={{ window: { open: window?.kind === 'open', closesAt, freeUntil: null }, state: known }}
          always
        />
        {ownerName && <span className="truncate">{ownerName}</span>}
      </p>
      {sla?.lines.map(line => (
        <p key={line.text} className="text-xs text-quiet">
          {line.text}
        </p>
      ))}
    </header>
  )
}
