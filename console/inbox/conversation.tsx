/** The middle: what was said, what happened between, and the answer being written; beside it, the customer. */
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useMe } from '../api/session.ts'
import { oneTicket } from '../api/tickets.ts'
import { useHotkeys } from '../ui/hotkeys.ts'
import { Trouble } from '../ui/parts.tsx'
import { Composer, type ComposerHandle } from './composer.tsx'
import { Context } from './context.tsx'
import { ConversationHead } from './conversation-head.tsx'
import { Thread } from './thread.tsx'
import { usePresence } from './use-presence.ts'
import { useRead } from './use-read.ts'
import { useActs } from './use-ticket-acts.ts'

export function Conversation({ number }: { number: string }) {
  const { data: ticket, error, refetch } = useQuery(oneTicket(number))
  const [isWide, setWide] = useState(() => matchMedia('(min-width: 1180px)').matches)
  const composer = useRef<ComposerHandle>(null)
  const [answered, setAnswered] = useState<string | null>(null)
  const run = useActs(number)
  const me = useMe()
  usePresence(ticket?.id)
  const markUnread = useRead(number, ticket)
  useHotkeys({
    r: () => composer.current?.focus('reply'),
    n: () => composer.current?.focus('note'),
    a: () => me.person && run.assign(me.person.id, me.name),
    e: () => ticket && (ticket.state === 'resolved' ? run.reopen() : run.resolve()),
    z: () => run.snooze(null),
    u: () => run.priority('urgent'),
    m: markUnread,
  })
  if (error) return <Trouble error={error} retry={() => void refetch()} />
  return (
    <>
      <section className="flex min-w-0 grow flex-col" aria-label={ticket?.subject}>
        {ticket ? (
          <>
            <ConversationHead
              ticket={ticket}
              run={run}
              onUnread={markUnread}
              onDetails={() => setWide(!isWide)}
              isWide={isWide}
            />
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

const Skeleton = () => (
  <div aria-hidden className="flex grow flex-col gap-4 p-4">
    <span className="pulse h-10 w-1/2" />
    <span className="pulse h-16 w-3/5" />
    <span className="pulse ml-auto h-16 w-2/5" />
    <span className="pulse h-10 w-2/5" />
  </div>
)
